using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Postern.Directory.Objects;

namespace Postern.Directory.Records;

/// <summary>
/// Which values are secret by the name that they go by, also where no kind declares them: in properties of a client's own,
/// in lists and maps. Rather too many than too few: what is masked here is only missing in the audit trail.
/// </summary>
public static partial class SecretNames
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
        "tokenFormat", "idTokenClaims", "firstSigninPolicy", "defaultTokenFormat", "tokenFields", "tokenAttributes", "tokenSigningMethod", "tokenEndpointAuthMethod", "customTokenUrl", "jwksUri",
    };

    // What addresses call their secrets, beside the words above: robots of chat groups take "key", storage takes "sig".
    private static readonly HashSet<string> QueryKeys = new(["key", "sig", "sign", "auth", "pwd", "pass"], StringComparer.OrdinalIgnoreCase);

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
        JsonValue text when text.GetValueKind() == JsonValueKind.String => MaskedText(text.GetValue<string>()),
        _ => value?.DeepClone(),
    };

    /// <summary>Keys, and what an address says beside where it leads: its user and password, and values of its query that go by the name of a secret.</summary>
    public static string MaskedText(string text) =>
        text.Contains(Key, StringComparison.Ordinal) ? ObjectStore.Masked
        : !text.Contains("://", StringComparison.Ordinal) ? text
        : InQuery().Replace(
            UserInfo().Replace(text, ObjectStore.Masked + "@"), m => IsOne(m.Groups["name"].Value) || QueryKeys.Contains(m.Groups["name"].Value) ? m.Groups["name"].Value + "=" + ObjectStore.Masked : m.Value);

    [GeneratedRegex(@"(?<=://)[^/?#@\s""]+@", RegexOptions.CultureInvariant)]
    private static partial Regex UserInfo();

    [GeneratedRegex(@"(?<=[?&;#])(?<name>[^=&;#?\s""]+)=[^&;#\s""]+", RegexOptions.CultureInvariant)]
    private static partial Regex InQuery();

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
