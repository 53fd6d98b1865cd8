using System.Text.Json;
using Postern.AuthorizationServer.TokenFormats;
using Postern.Directory.Objects.TokenFields;
using Postern.Protocol;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.Accounts;

/// <summary>
/// Userinfo of an application whose id_tokens are Casdoor's: the standard's claims, and beside them what Casdoor's clients read under the
/// same scopes. The address is one line of text, and email_verified stands only where it is true, as they expect it.
/// </summary>
internal static class CasdoorUserInfo
{
    public static void Write(Utf8JsonWriter writer, Application client, string scope, IReadOnlyList<Claim> told, User user, UserClaims own)
    {
        var scopes = Scopes.Words(scope);
        var fields = TokenAttribute.ReadFields(client.TokenFields).ToHashSet(StringComparer.OrdinalIgnoreCase);
        IdentityClaims.Write(writer, told.Where(c => c.Name != "address" && (c.Name != "email_verified" || own.IsEmailVerified)), user, own);
        if (scopes.Contains("profile"))
        {
            var held = Claims.OfUsers.Where(c => c.Type == ClaimType.Texts && !told.Contains(c) && (fields.Count == 0 || c.Fields.Any(fields.Contains)));
            IdentityClaims.Write(writer, held, user, own);
            Add("real_name", "RealName", own.Value("realName"));
        }

        if (scopes.Contains("address"))
        {
            Add("address", "Location", own.Value("location"));
        }

        if (scopes.Contains("phone"))
        {
            Add("phone", "Phone", user.Phone);
        }

        void Add(string claim, string field, string value)
        {
            if (value.Length > 0 && (fields.Count == 0 || fields.Contains(field)))
            {
                writer.WriteString(claim, value);
            }
        }
    }
}
