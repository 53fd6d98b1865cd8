using System.Text.Json;
using Postern.Server.Data;

namespace Postern.Server.Casdoor.Tokens;

/// <summary>Format <c>JWT-Custom</c>: the claims that the application's token fields and attributes choose.</summary>
internal static class CustomClaims
{
    public static void Write(Utf8JsonWriter writer, Application application, User user, UserClaims claims, IReadOnlySet<string> reserved)
    {
        var written = new HashSet<string>(reserved, StringComparer.Ordinal);
        // Attributes come after fields and may overwrite them, so they are written first and win.
        WriteAttributes(writer, application.TokenAttributes, user, claims, written);
        WriteFields(writer, application.TokenFields, claims, written);
    }

    private static void WriteFields(Utf8JsonWriter writer, string tokenFields, UserClaims claims, HashSet<string> written)
    {
        using var fields = JsonDocument.Parse(tokenFields.Length == 0 ? "[]" : tokenFields);
        if (fields.RootElement.ValueKind != JsonValueKind.Array)
        {
            return;
        }

        foreach (var field in fields.RootElement.EnumerateArray().Where(f => f.ValueKind == JsonValueKind.String).Select(f => f.GetString()!))
        {
            var claim = field.StartsWith("Properties.", StringComparison.Ordinal) ? field["Properties.".Length..] : CamelCase(field);
            if (claim.Length == 0 || written.Contains(claim))
            {
                continue;
            }

            if (field == "permissionNames")
            {
                WriteNames(writer, claim, claims.Holdings.PermissionNames);
                written.Add(claim);
            }
            else if (claims.TryWrite(writer, claim, field))
            {
                written.Add(claim);
            }
        }
    }

    private static void WriteAttributes(Utf8JsonWriter writer, string tokenAttributes, User user, UserClaims claims, HashSet<string> written)
    {
        using var attributes = JsonDocument.Parse(tokenAttributes.Length == 0 ? "[]" : tokenAttributes);
        if (attributes.RootElement.ValueKind != JsonValueKind.Array)
        {
            return;
        }

        foreach (var attribute in attributes.RootElement.EnumerateArray().Where(a => a.ValueKind == JsonValueKind.Object))
        {
            var name = Text(attribute, "name");
            if (name.Length == 0 || written.Contains(name))
            {
                continue;
            }

            if (Text(attribute, "category") == "Existing Field")
            {
                var field = Text(attribute, "value");
                if (field is "Roles" or "Permissions")
                {
                    WriteNames(writer, name, field == "Roles" ? claims.Holdings.RoleNames : claims.Holdings.PermissionNames);
                    written.Add(name);
                }
                else if (claims.TryWrite(writer, name, field))
                {
                    written.Add(name);
                }

                continue;
            }

            var values = Substitute(Text(attribute, "value"), user, claims).ToList();
            if (Text(attribute, "type") == "String")
            {
                writer.WriteString(name, values.FirstOrDefault() ?? "");
            }
            else
            {
                WriteNames(writer, name, values);
            }

            written.Add(name);
        }
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

    private static string Text(JsonElement attribute, string name) =>
        attribute.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static string CamelCase(string field) => field.Length == 0 ? "" : char.ToLowerInvariant(field[0]) + field[1..];
}
