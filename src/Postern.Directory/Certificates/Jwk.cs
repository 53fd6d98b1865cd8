using System.Text.Json.Serialization;

namespace Postern.Directory.Certificates;

/// <summary>A JSON Web Key (RFC 7517), public.</summary>
public sealed record Jwk(
    [property: JsonPropertyName("use")] string Use,
    [property: JsonPropertyName("kty")] string Kty,
    [property: JsonPropertyName("kid")] string Kid,
    [property: JsonPropertyName("alg")] string Alg,
    [property: JsonPropertyName("x5c")] IReadOnlyList<string> X5c)
{
    [JsonPropertyName("n")]
    public string? N { get; init; }

    [JsonPropertyName("e")]
    public string? E { get; init; }

    [JsonPropertyName("crv")]
    public string? Crv { get; init; }

    [JsonPropertyName("x")]
    public string? X { get; init; }

    [JsonPropertyName("y")]
    public string? Y { get; init; }
}

public sealed record JwkSet([property: JsonPropertyName("keys")] IReadOnlyList<Jwk> Keys);
