using System.Data.Common;
using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Directory.Objects;

namespace Postern.CasdoorApi.Calls;

/// <summary>A user as one caller is shown it.</summary>
internal static class UserView
{
    private static readonly string[] MultiFactors = ["sms", "email", "app", "radius", "push"];

    /// <summary>What only the user and the administrators of the user see, whatever the organization publishes.</summary>
    private static readonly string[] Private =
    [
        "passwordType", "passwordSalt", "webauthnCredentials", "faceIds", "managedAccounts", "mfaAccounts", "applicationScopes", "createdIp",
        "lastSigninIp", "lastSigninWrongTime", "signinWrongTimes", "ipWhitelist", "invitation", "invitationCode", "ldap", "wechat",
        "multiFactorAuths", "registerSource", "cart",
    ];

    public static bool SeesAll(Caller caller, StoredObject user) => caller.UserId == user.Id || caller.IsAdminOf(user.Owner);

    /// <summary>The whole user, as <c>get-account</c> shows it to the user.</summary>
    public static async Task<JsonObject> WholeAsync(DbConnection connection, StoredObject user)
    {
        var shown = (await ObjectStore.ShowAsync(connection, [user]))[0];
        shown["multiFactorAuths"] = new JsonArray([.. MultiFactors.Select(type => new JsonObject
        {
            ["enabled"] = false,
            ["isPreferred"] = false,
            ["mfaType"] = type,
            ["mfaRememberInHours"] = 0,
        })]);
        return shown;
    }

    /// <summary>The user as <c>get-user</c> shows it: what the account items keep from this caller is set to its zero value.</summary>
    public static JsonObject Filter(JsonObject shown, StoredObject user, AccountItemRules items, Caller caller)
    {
        var isAdmin = caller.IsAdminOf(user.Owner);
        foreach (var (property, item) in items.ByProperty)
        {
            if (item.ViewRule == "Admin" ? !isAdmin : item.ViewRule == "Self" && !isAdmin && caller.UserId != user.Id)
            {
                Hide(shown, property);
            }
        }

        if (SeesAll(caller, user))
        {
            return shown;
        }

        foreach (var property in Private)
        {
            Hide(shown, property);
        }

        if (shown["properties"] is JsonObject properties)
        {
            foreach (var key in properties.Select(p => p.Key).Where(k => k is "wechatOpenId" or "wechatUnionId" || k.StartsWith("oauth_", StringComparison.Ordinal)).ToList())
            {
                properties.Remove(key);
            }
        }

        return shown;
    }

    /// <summary>The organization beside an account, without what is secret in it.</summary>
    public static JsonObject MaskOrganization(JsonObject organization)
    {
        foreach (var property in new[] { "masterPassword", "defaultPassword", "masterVerificationCode", "kerberosKeytab" })
        {
            Mask(organization, property);
        }

        return organization;
    }

    private static void Mask(JsonObject document, string property)
    {
        if (document[property] is { } value && value.GetValueKind() == JsonValueKind.String && value.GetValue<string>().Length > 0)
        {
            document[property] = ObjectStore.Masked;
        }
    }

    private static void Hide(JsonObject user, string property) => user[property] = ObjectKinds.User.Shape.ZeroOf(property);
}
