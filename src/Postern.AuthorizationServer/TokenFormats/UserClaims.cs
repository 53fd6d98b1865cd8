using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Directory.Objects;
using Postern.Directory.Objects.TokenFields;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.TokenFormats;

/// <summary>A user's properties as claims: typed columns first, then the body, then Casdoor's zero value.</summary>
/// <param name="user">The user whose claims they are.</param>
/// <param name="detail">How much of it a token has room for.</param>
public sealed class UserClaims(User user, TokenDetail detail = TokenDetail.Whole) : IDisposable
{
    /// <summary>The longest value, in characters of JSON, of a token that has no room for long ones.</summary>
    private const int Short = 256;

    private static readonly Dictionary<string, (string Property, string Unset)> ByName =
        CasdoorClaims.All.Append(("emailVerified", "emailVerified", "false")).Append(("tag", "tag", "\"\"")).Append(("realName", "realName", "\"\""))
            .DistinctBy(c => c.Item1, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(c => c.Item1, c => (c.Item2, c.Item3), StringComparer.OrdinalIgnoreCase);

    private static readonly HashSet<string> NeverTold =
        new(["password", "passwordSalt", "passwordType", "totpSecret", "recoveryCodes", "managedAccounts", "hash", "preHash", "wechat"], StringComparer.Ordinal);

    private readonly JsonDocument? body = user.Body.Length > 2 ? JsonDocument.Parse(user.Body) : null;

    public void Dispose() => body?.Dispose();

    /// <summary>A property by any spelling of its name (Casdoor's token fields are its code's names: DisplayName, WeChat).</summary>
    public bool TryWrite(Utf8JsonWriter writer, string claim, string property)
    {
        if (property.StartsWith("Properties.", StringComparison.OrdinalIgnoreCase))
        {
            return TryWriteOwnProperty(writer, claim, property["Properties.".Length..]);
        }

        if (!ByName.TryGetValue(property, out var known))
        {
            return false;
        }

        Write(writer, claim, known.Property, known.Unset);
        return true;
    }

    public void Write(Utf8JsonWriter writer, string claim, string property, string unset)
    {
        writer.WritePropertyName(claim);
        if (NeverTold.Contains(property))
        {
            writer.WriteRawValue(unset);
        }
        else if (property == "properties")
        {
            WriteProperties(writer);
        }
        else if (property is "groups" or "roles" or "permissions")
        {
            WriteHoldings(writer, property);
        }
        else if (Text(property) is { } text)
        {
            writer.WriteStringValue(text);
        }
        else if (Flag(property) is { } flag)
        {
            writer.WriteBooleanValue(flag);
        }
        else if (property == "signinWrongTimes")
        {
            writer.WriteNumberValue(user.SigninWrongTimes);
        }
        else if (Body(property) is { ValueKind: not JsonValueKind.Null } value && HasRoomFor(value))
        {
            value.WriteTo(writer);
        }
        else
        {
            writer.WriteRawValue(unset);
        }
    }

    /// <summary>A text property, from the column or object that holds it; empty where it is unset.</summary>
    public string Value(string property) =>
        Text(property) ?? (Body(property) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : "");

    public bool IsEmailVerified => Body("emailVerified") is { ValueKind: JsonValueKind.True };

    public EffectiveRoles Holdings => detail >= TokenDetail.NoHoldings ? EffectiveRoles.None : user.Holdings ?? EffectiveRoles.None;

    /// <summary>Texts of a JSON array in the body.</summary>
    public IEnumerable<string> Values(string property) =>
        Body(property) is { ValueKind: JsonValueKind.Array } array
            ? array.EnumerateArray().Where(v => v.ValueKind == JsonValueKind.String).Select(v => v.GetString()!)
            : [];

    /// <summary>Objects of a JSON array in the body.</summary>
    public IEnumerable<JsonElement> Objects(string property) =>
        Body(property) is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray().Where(v => v.ValueKind == JsonValueKind.Object) : [];

    /// <summary>A text among the user's own properties; empty where there is none.</summary>
    public string OwnProperty(string name) =>
        Body("properties") is { ValueKind: JsonValueKind.Object } properties && properties.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : "";

    private string? Text(string property) => property switch
    {
        "owner" => user.Owner,
        "name" => user.Name,
        "id" => user.Id,
        "createdTime" => KeptTime.Show(Body(property), user.CreatedTime),
        "updatedTime" => KeptTime.Show(Body(property), user.UpdatedTime),
        "deletedTime" => KeptTime.Show(Body(property), user.DeletedTime),
        "type" => user.Type,
        "displayName" => user.DisplayName,
        "avatar" => user.Avatar,
        "email" => user.Email,
        "phone" => user.Phone,
        "countryCode" => user.CountryCode,
        "signupApplication" => user.SignupApplication,
        "lastSigninTime" => KeptTime.Show(Body(property), user.LastSigninTime),
        "lastSigninIp" => user.LastSigninIp,
        "lastSigninWrongTime" => KeptTime.Show(Body(property), user.LastSigninWrongTime),
        _ => null,
    };

    private bool? Flag(string property) => property switch
    {
        "isAdmin" => user.IsAdmin,
        "isForbidden" => user.IsForbidden,
        "isDeleted" => user.IsDeleted,
        _ => null,
    };

    private JsonElement? Body(string property) =>
        body is not null && body.RootElement.TryGetProperty(property, out var value) ? value : null;

    private void WriteHoldings(Utf8JsonWriter writer, string property)
    {
        writer.WriteStartArray();
        if (property == "groups")
        {
            foreach (var group in Holdings.Groups)
            {
                writer.WriteStringValue(group);
            }
        }
        else
        {
            foreach (var held in property == "roles" ? Holdings.Roles : Holdings.Permissions)
            {
                if (detail == TokenDetail.Whole)
                {
                    held.WriteTo(writer);
                }
                else
                {
                    WriteName(writer, held);
                }
            }
        }

        writer.WriteEndArray();
    }

    /// <summary>Still an object, because typed clients read objects there; of the user's own organization the owner is left out.</summary>
    private void WriteName(Utf8JsonWriter writer, JsonObject held)
    {
        writer.WriteStartObject();
        if (held["owner"]?.GetValue<string>() is { Length: > 0 } owner && owner != user.Owner)
        {
            writer.WriteString("owner", owner);
        }

        writer.WriteString("name", held["name"]!.GetValue<string>());
        writer.WriteEndObject();
    }

    private bool HasRoomFor(JsonElement value) => detail < TokenDetail.ShortValues || value.GetRawText().Length <= Short;

    /// <summary>Without stored tokens of other providers and without WeChat's identifiers, which belong to the server.</summary>
    private void WriteProperties(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        if (Body("properties") is { ValueKind: JsonValueKind.Object } properties && HasRoomFor(properties))
        {
            foreach (var property in properties.EnumerateObject().Where(p => IsTold(p.Name)))
            {
                property.WriteTo(writer);
            }
        }

        writer.WriteEndObject();
    }

    private bool TryWriteOwnProperty(Utf8JsonWriter writer, string claim, string name)
    {
        if (!IsTold(name) || Body("properties") is not { ValueKind: JsonValueKind.Object } properties || !properties.TryGetProperty(name, out var value) || !HasRoomFor(value))
        {
            return false;
        }

        writer.WritePropertyName(claim);
        value.WriteTo(writer);
        return true;
    }

    private static bool IsTold(string property) =>
        !property.StartsWith("oauth_", StringComparison.Ordinal) && property is not ("wechatOpenId" or "wechatUnionId");
}
