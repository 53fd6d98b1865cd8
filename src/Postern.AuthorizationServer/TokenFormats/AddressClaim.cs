using System.Text.Json;

namespace Postern.AuthorizationServer.TokenFormats;

/// <summary>The claim <c>address</c> (OpenID Connect Core §5.1.1): an object of what there is, without empty texts.</summary>
internal static class AddressClaim
{
    private const string Street = "street_address";
    private const string Locality = "locality";
    private const string Region = "region";
    private const string PostalCode = "postal_code";
    private const string Country = "country";

    public static void Write(Utf8JsonWriter writer, UserClaims own)
    {
        var parts = Parts(own).Where(part => part.Value.Length > 0).ToList();
        if (parts.Count == 0)
        {
            return;
        }

        writer.WriteStartObject("address");
        writer.WriteString("formatted", string.Join('\n', parts.Select(part => part.Value)));
        foreach (var (name, value) in parts)
        {
            writer.WriteString(name, value);
        }

        writer.WriteEndObject();
    }

    private static List<(string Name, string Value)> Parts(UserClaims own) =>
        own.Objects("addresses").Select(OfOne).FirstOrDefault(parts => parts.Exists(part => part.Value.Length > 0))
        ??
        [
            (Street, Lines([.. own.Values("address")])), (Locality, own.Value("location").Trim()), (Country, own.Value("region").Trim()),
        ];

    private static List<(string Name, string Value)> OfOne(JsonElement address) =>
    [
        (Street, Lines([Text(address, "line1"), Text(address, "line2")])), (Locality, Text(address, "city")), (Region, Text(address, "state")),
        (PostalCode, Text(address, "zipCode")), (Country, Text(address, "region")),
    ];

    private static string Lines(string[] lines) => string.Join('\n', lines.Select(l => l.Trim()).Where(l => l.Length > 0));

    private static string Text(JsonElement address, string name) =>
        address.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()!.Trim() : "";
}
