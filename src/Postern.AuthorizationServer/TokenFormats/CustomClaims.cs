using System.Text.Json;
using Postern.Directory.Objects.TokenFields;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.TokenFormats;

/// <summary>Format <c>JWT-Custom</c>: the claims that the application's token fields and attributes choose.</summary>
internal static class CustomClaims
{
    public static void Write(Utf8JsonWriter writer, Application application, User user, UserClaims claims, IReadOnlySet<string> registered)
    {
        var written = WriteAttributes(writer, application, user, claims, registered);
        WriteFields(writer, TokenAttribute.ReadFields(application.TokenFields), claims, written);
    }

    /// <summary>
    /// For id_tokens and userinfo: what the application adds under names of its own. Claims of the user that have a name in the table
    /// follow the table there.
    /// </summary>
    public static void WriteAdded(Utf8JsonWriter writer, Application application, User user, UserClaims claims, IReadOnlySet<string> registered)
    {
        var written = WriteAttributes(writer, application, user, claims, registered);
        WriteFields(writer, TokenAttribute.ReadFields(application.TokenFields).Where(TokenAttribute.IsOwnProperty), claims, written);
    }

    private static HashSet<string> WriteAttributes(Utf8JsonWriter writer, Application application, User user, UserClaims claims, IReadOnlySet<string> registered)
    {
        var written = new HashSet<string>(registered, StringComparer.OrdinalIgnoreCase);
        // Attributes come after fields and may overwrite them, so they are written first and win.
        foreach (var attribute in TokenAttribute.Read(application.TokenAttributes))
        {
            // Written before such claims were refused, or by an import: it is ignored.
            if (attribute.Refusal is null && !written.Contains(attribute.Name) && TryWrite(writer, attribute, user, claims))
            {
                written.Add(attribute.Name);
            }
        }

        return written;
    }

    private static void WriteFields(Utf8JsonWriter writer, IEnumerable<string> fields, UserClaims claims, HashSet<string> written)
    {
        foreach (var field in fields)
        {
            var claim = TokenAttribute.ClaimOf(field);
            if (claim.Length > 0 && TokenAttribute.RefuseField(field) is null && !written.Contains(claim) && TryWrite(writer, claim, field, claims))
            {
                written.Add(claim);
            }
        }
    }

    private static bool TryWrite(Utf8JsonWriter writer, string claim, string field, UserClaims claims)
    {
        if (field != "permissionNames")
        {
            return claims.TryWrite(writer, claim, field);
        }

        WriteNames(writer, claim, claims.Holdings.PermissionNames);
        return true;
    }

    private static bool TryWrite(Utf8JsonWriter writer, TokenAttribute attribute, User user, UserClaims claims)
    {
        // A standard claim keeps its defined JSON type, even if the attribute's configuration says another one.
        if (attribute.IsExistingField || (ReservedClaims.Has(attribute.Name) && attribute.Field is not null))
        {
            if (attribute.Field is "Roles" or "roles" or "Permissions" or "permissions")
            {
                WriteNames(writer, attribute.Name, attribute.Field is "Roles" or "roles" ? claims.Holdings.RoleNames : claims.Holdings.PermissionNames);
                return true;
            }

            return claims.TryWrite(writer, attribute.Name, attribute.Field!);
        }

        var values = Substitute(attribute.Value, user, claims).ToList();
        if (attribute.Type == "String")
        {
            writer.WriteString(attribute.Name, values.FirstOrDefault() ?? "");
        }
        else
        {
            WriteNames(writer, attribute.Name, values);
        }

        return true;
    }

    private static IEnumerable<string> Substitute(string value, User user, UserClaims claims) => value switch
    {
        "$user.roles" => claims.Holdings.RoleNames,
        "$user.permissions" => claims.Holdings.PermissionNames,
        "$user.groups" => claims.Holdings.Groups,
        _ =>
        [
            value.Replace("$user.owner", user.Owner, StringComparison.Ordinal)
                .Replace("$user.name", user.Name, StringComparison.Ordinal)
                .Replace("$user.email", user.Email, StringComparison.Ordinal)
                .Replace("$user.id", user.Id, StringComparison.Ordinal)
                .Replace("$user.phone", user.Phone, StringComparison.Ordinal),
        ],
    };

    private static void WriteNames(Utf8JsonWriter writer, string claim, IEnumerable<string> names)
    {
        writer.WriteStartArray(claim);
        foreach (var name in names)
        {
            writer.WriteStringValue(name);
        }

        writer.WriteEndArray();
    }
}
