using System.Text.Json.Serialization;

namespace Postern.Protocol;

/// <summary>Authorization server metadata (RFC 8414), which is OpenID Connect Discovery's document too. It names only what is really served.</summary>
public sealed record ServerMetadata
{
    [JsonPropertyName("issuer")]
    public required string Issuer { get; init; }

    [JsonPropertyName("token_endpoint")]
    public required string TokenEndpoint { get; init; }

    [JsonPropertyName("userinfo_endpoint")]
    public required string UserinfoEndpoint { get; init; }

    [JsonPropertyName("jwks_uri")]
    public required string JwksUri { get; init; }

    [JsonPropertyName("end_session_endpoint")]
    public required string EndSessionEndpoint { get; init; }

    [JsonPropertyName("response_types_supported")]
    public IReadOnlyList<string> ResponseTypesSupported { get; } = [];

    [JsonPropertyName("grant_types_supported")]
    public IReadOnlyList<string> GrantTypesSupported { get; } = [GrantTypes.RefreshToken, GrantTypes.WeChatMiniProgram];

    [JsonPropertyName("subject_types_supported")]
    public IReadOnlyList<string> SubjectTypesSupported { get; } = ["public"];

    [JsonPropertyName("id_token_signing_alg_values_supported")]
    public IReadOnlyList<string> IdTokenSigningAlgValuesSupported { get; } = ["RS256", "RS512", "ES256", "ES384", "ES512"];

    [JsonPropertyName("token_endpoint_auth_methods_supported")]
    public IReadOnlyList<string> TokenEndpointAuthMethodsSupported { get; } = ["client_secret_basic", "client_secret_post", "none"];

    [JsonPropertyName("scopes_supported")]
    public IReadOnlyList<string> ScopesSupported { get; } = ["openid", "email", "profile", "address", "phone", "offline_access"];

    [JsonPropertyName("claims_supported")]
    public IReadOnlyList<string> ClaimsSupported { get; } =
        ["iss", "sub", "aud", "iat", "exp", "auth_time", "at_hash", "sid", "id", "type", "displayName", "avatar", "email", "phone", "tag", "isAdmin", "isForbidden"];

    /// <param name="origin">The issuer; no trailing slash.</param>
    /// <param name="application">The application whose own document this is, or null for the server's.</param>
    public static ServerMetadata Of(string origin, string? application) => new()
    {
        Issuer = origin,
        TokenEndpoint = origin + "/api/login/oauth/access_token",
        UserinfoEndpoint = origin + "/api/userinfo",
        JwksUri = application is null ? origin + "/.well-known/jwks" : $"{origin}/.well-known/{Uri.EscapeDataString(application)}/jwks",
        EndSessionEndpoint = origin + "/api/logout",
    };
}
