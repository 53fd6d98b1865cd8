using System.Data.Common;
using System.Text.Json.Nodes;
using Dapper;
using Postern.Directory.Credentials;
using Postern.Directory.Objects;
using Postern.Storage.Databases;
using Postern.Storage.Secrets;
using Postern.Storage.Tables;

namespace Postern.Server.FirstStart;

/// <summary>
/// Takes away what keeps <c>built-in/admin</c> from signing in to the console: limits of the account, of its organization and of the console's
/// application (docs/sign-in-rules.md). Who has the machine can always do so.
/// </summary>
internal static class AdministratorLimits
{
    private static readonly string[] OfUser = ["ipWhitelist", "needUpdatePassword", "mfaItems"];
    private static readonly string[] SecretsOfUser = ["totpSecret", "recoveryCodes"];

    /// <returns>What was taken away, in words of the API.</returns>
    public static async Task<IReadOnlyList<string>> LiftAsync(User admin, SecretStore secrets, long now, DbConnection connection, DbTransaction transaction)
    {
        var body = JsonNode.Parse(admin.Body)!.AsObject();
        var lifted = new List<string>();
        foreach (var property in OfUser.Concat(SecondFactors.None.Select(p => p.Key)).Where(body.ContainsKey).ToList())
        {
            var isSet = body[property] is { } value && value.ToJsonString() is not ("\"\"" or "false" or "[]");
            body.Remove(property);
            if (isSet)
            {
                lifted.Add($"{property} of {Organizations.BuiltIn}/{admin.Name}");
            }
        }

        var bag = admin.Secrets.Length == 0 ? "" : secrets.Read(SecretColumn.UserSecrets, admin.Id, admin.Secrets);
        var kept = bag.Length == 0 ? [] : JsonNode.Parse(bag)!.AsObject();
        foreach (var property in SecretsOfUser.Where(kept.Remove))
        {
            lifted.Add($"{property} of {Organizations.BuiltIn}/{admin.Name}");
        }

        body["lastChangePasswordTime"] = Rfc3339.Of(now);
        await connection.ExecuteAsync("update users set body = @body, secrets = @bag where id = @Id", new
        {
            admin.Id,
            body = body.ToJsonString(KeptJson.Options),
            bag = secrets.Protect(SecretColumn.UserSecrets, admin.Id, kept.Count == 0 ? "" : kept.ToJsonString(KeptJson.Options)),
        }, transaction);

        var (isOff, addresses, items) = await connection.QuerySingleAsync<(bool, string, string)>(
            "select disable_signin, ip_whitelist, mfa_items from organizations where name = @BuiltIn", new { Organizations.BuiltIn }, transaction);
        (bool IsSet, string Name)[] ofOrganization = [(isOff, "disableSignin"), (addresses.Length > 0, "ipWhitelist"), (SecondFactors.Requires(items), "mfaItems")];
        lifted.AddRange(ofOrganization.Where(p => p.IsSet).Select(p => $"{p.Name} of the organization {Organizations.BuiltIn}"));
        if (ofOrganization.Any(p => p.IsSet))
        {
            await connection.ExecuteAsync(
                "update organizations set disable_signin = false, ip_whitelist = '', mfa_items = 'null' where name = @BuiltIn", new { Organizations.BuiltIn }, transaction);
        }

        if (await connection.ExecuteAsync(
            """
            update applications set disable_signin = false, ip_whitelist = '', enable_password = true
            where name = @Console and (disable_signin or ip_whitelist <> '' or not enable_password)
            """, new { Applications.Console }, transaction) > 0)
        {
            lifted.Add($"disableSignin, ipWhitelist or enablePassword of {Applications.Console}");
        }

        return lifted;
    }
}
