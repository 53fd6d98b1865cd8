using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Server.Casdoor.Objects;

namespace Postern.Server.Casdoor.AuditTrail;

/// <summary>
/// Which values are secret by the name that they go by, also where no kind declares them: in properties of a client's own,
/// in lists and maps. Rather too many than too few: what is masked here is only missing in the audit trail.
/// </summary>
internal static class SecretNames
{
    private const string Key = "PRIVATE KEY-----";

    private static readonly string[] Parts =
    [
        "password", "passwd", "secret", "token", "code", "privatekey", "accesskey", "apikey", "obfuscatorkey", "credential", "salt", "keytab", "authorization",
        "cookie", "totp", "faceid", "jwk", "assertion", "signature",
    ];

    /// <summary>Casdoor's properties that only sound so.</summary>
    private static readonly HashSet<string> Harmless = new(StringComparer.OrdinalIgnoreCase)
    {
        "countryCode", "countryCodes", "templateCode", "languageCode", "currencyCode", "postalCode", "zipCode",
        "passwordType", "passwordOptions", "passwordObfuscatorType", "lastChangePasswordTime",
        "tokenFormat", "defaultTokenFormat", "tokenFields", "tokenAttributes", "tokenSigningMethod", "tokenEndpointAuthMethod", "customTokenUrl", "jwksUri",
    };

    public static bool IsOne(string name)
    {
        var plain = name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);
        return !Harmless.Contains(plain) && Array.Exists(Parts, part => plain.Contains(part, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>A copy in which everything secret is masked, however deep.</summary>
    public static JsonNode? Masked(string name, JsonNode? value) => IsOne(name) ? Mask(value) : value switch
    {
        JsonObject map => MaskedMap(map),
        JsonArray list => new JsonArray([.. list.Select(item => Masked("", item))]),
        JsonValue text when text.GetValueKind() == JsonValueKind.String && text.GetValue<string>().Contains(Key, StringComparison.Ordinal) => ObjectStore.Masked,
        _ => value?.DeepClone(),
    };

    /// <summary>Texts, lists and maps as <c>***</c>; switches, numbers and what is empty as they are.</summary>
    public static JsonNode? Mask(JsonNode? value) => value switch
    {
        null or JsonObject { Count: 0 } or JsonArray { Count: 0 } => value?.DeepClone(),
        JsonValue other when other.GetValueKind() is JsonValueKind.True or JsonValueKind.False or JsonValueKind.Number => other.DeepClone(),
        JsonValue text when text.GetValue<string>().Length == 0 => "",
        _ => ObjectStore.Masked,
    };

    private static JsonObject MaskedMap(JsonObject map)
    {
        // {"name": "Authorization", "value": "…"}: the value goes by the name beside it.
        var names = map.Where(p => p.Key is "name" or "key" && p.Value?.GetValueKind() == JsonValueKind.String).Select(p => p.Value!.GetValue<string>());
        var isNamedSo = names.Any(IsOne);
        var masked = new JsonObject();
        foreach (var (property, value) in map)
        {
            masked[property] = isNamedSo && property == "value" ? Mask(value) : Masked(property, value);
        }

        return masked;
    }
}
