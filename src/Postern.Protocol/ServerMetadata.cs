using System.Text.Json.Serialization;

namespace Postern.Protocol;

/// <summary>What one document tells of: the server, or one application of it.</summary>
/// <param name="Name">The application's.</param>
/// <param name="ImplicitTypes">The response types of the implicit grant that it lists.</param>
/// <param name="Scopes">Its own scopes.</param>
public sealed record ApplicationMetadata(string Name, IReadOnlyList<string> ImplicitTypes, IReadOnlyList<string> Scopes)
{
    public SecurityProfile Profile { get; init; } = SecurityProfile.Usual;

    /// <summary>The setting <c>tokenSigningMethod</c>, which a strict profile narrows.</summary>
    public string SigningMethod { get; init; } = "";
}

/// <summary>Authorization server metadata (RFC 8414), which is OpenID Connect Discovery's document too. It names only what is really served.</summary>
public sealed record ServerMetadata
{
    private static readonly string[] Authentication = ["client_secret_basic", "client_secret_post", "private_key_jwt"];

    [JsonPropertyName("issuer")]
    public required string Issuer { get; init; }

    [JsonPropertyName("authorization_endpoint")]
    public required string AuthorizationEndpoint { get; init; }

    [JsonPropertyName("token_endpoint")]
    public required string TokenEndpoint { get; init; }

    [JsonPropertyName("userinfo_endpoint")]
    public required string UserinfoEndpoint { get; init; }

    [JsonPropertyName("device_authorization_endpoint")]
    public required string DeviceAuthorizationEndpoint { get; init; }

    [JsonPropertyName("registration_endpoint")]
    public required string RegistrationEndpoint { get; init; }

    [JsonPropertyName("pushed_authorization_request_endpoint")]
    public required string PushedAuthorizationRequestEndpoint { get; init; }

    [JsonPropertyName("introspection_endpoint")]
    public required string IntrospectionEndpoint { get; init; }

    [JsonPropertyName("revocation_endpoint")]
    public required string RevocationEndpoint { get; init; }

    [JsonPropertyName("end_session_endpoint")]
    public required string EndSessionEndpoint { get; init; }

    [JsonPropertyName("jwks_uri")]
    public required string JwksUri { get; init; }

    [JsonPropertyName("response_types_supported")]
    public required IReadOnlyList<string> ResponseTypesSupported { get; init; }

    [JsonPropertyName("response_modes_supported")]
    public IReadOnlyList<string> ResponseModesSupported { get; } = ["query", "fragment", "form_post"];

    [JsonPropertyName("grant_types_supported")]
    public required IReadOnlyList<string> GrantTypesSupported { get; init; }

    [JsonPropertyName("scopes_supported")]
    public required IReadOnlyList<string> ScopesSupported { get; init; }

    [JsonPropertyName("subject_types_supported")]
    public IReadOnlyList<string> SubjectTypesSupported { get; } = ["public"];

    [JsonPropertyName("code_challenge_methods_supported")]
    public IReadOnlyList<string> CodeChallengeMethodsSupported { get; } = [Pkce.Method];

    [JsonPropertyName("prompt_values_supported")]
    public IReadOnlyList<string> PromptValuesSupported { get; } = ["none", "login", "consent", "select_account"];

    [JsonPropertyName("ui_locales_supported")]
    public IReadOnlyList<string> UiLocalesSupported { get; } = ["en", "zh-CN"];

    [JsonPropertyName("authorization_response_iss_parameter_supported")]
    public bool AuthorizationResponseIssParameterSupported { get; } = true;

    [JsonPropertyName("request_parameter_supported")]
    public bool RequestParameterSupported { get; }

    /// <summary>Only of requests that were pushed; said because the document's default is true (OpenID Connect Discovery §3).</summary>
    [JsonPropertyName("request_uri_parameter_supported")]
    public bool RequestUriParameterSupported { get; }

    [JsonPropertyName("claims_parameter_supported")]
    public bool ClaimsParameterSupported { get; } = true;

    [JsonPropertyName("acr_values_supported")]
    public IReadOnlyList<string> AcrValuesSupported { get; } = AuthenticationContexts.Supported;

    [JsonPropertyName("id_token_signing_alg_values_supported")]
    public IReadOnlyList<string> IdTokenSigningAlgValuesSupported { get; init; } = SigningAlgorithms.OfTokens;

    [JsonPropertyName("token_endpoint_auth_methods_supported")]
    public IReadOnlyList<string> TokenEndpointAuthMethodsSupported { get; init; } = [.. Authentication, "none"];

    [JsonPropertyName("token_endpoint_auth_signing_alg_values_supported")]
    public IReadOnlyList<string> TokenEndpointAuthSigningAlgValuesSupported { get; init; } = SecurityProfile.Usual.Algorithms;

    [JsonPropertyName("introspection_endpoint_auth_methods_supported")]
    public IReadOnlyList<string> IntrospectionEndpointAuthMethodsSupported { get; init; } = Authentication;

    [JsonPropertyName("introspection_endpoint_auth_signing_alg_values_supported")]
    public IReadOnlyList<string> IntrospectionEndpointAuthSigningAlgValuesSupported { get; init; } = SecurityProfile.Usual.Algorithms;

    [JsonPropertyName("revocation_endpoint_auth_methods_supported")]
    public IReadOnlyList<string> RevocationEndpointAuthMethodsSupported { get; init; } = [.. Authentication, "none"];

    [JsonPropertyName("revocation_endpoint_auth_signing_alg_values_supported")]
    public IReadOnlyList<string> RevocationEndpointAuthSigningAlgValuesSupported { get; init; } = SecurityProfile.Usual.Algorithms;

    [JsonPropertyName("dpop_signing_alg_values_supported")]
    public IReadOnlyList<string> DpopSigningAlgValuesSupported { get; init; } = SecurityProfile.Usual.Algorithms;

    /// <summary>RFC 9126 §5; left out where it is not so.</summary>
    [JsonPropertyName("require_pushed_authorization_requests")]
    public bool? RequirePushedAuthorizationRequests { get; init; }

    [JsonPropertyName("backchannel_logout_supported")]
    public bool BackchannelLogoutSupported { get; } = true;

    [JsonPropertyName("backchannel_logout_session_supported")]
    public bool BackchannelLogoutSessionSupported { get; } = true;

    [JsonPropertyName("claims_supported")]
    public IReadOnlyList<string> ClaimsSupported { get; } = Claims.Supported;

    /// <param name="origin">The issuer; no trailing slash.</param>
    /// <param name="frontend">The base of the pages; no trailing slash.</param>
    /// <param name="grantTypes">The grants of the token endpoint.</param>
    /// <param name="application">The application whose own document this is, or null for the server's.</param>
    public static ServerMetadata Of(string origin, string frontend, IReadOnlyList<string> grantTypes, ApplicationMetadata? application)
    {
        var implicits = application?.ImplicitTypes ?? [];
        var metadata = new ServerMetadata
        {
            Issuer = origin,
            AuthorizationEndpoint = frontend + "/login/oauth/authorize",
            TokenEndpoint = origin + "/api/login/oauth/access_token",
            UserinfoEndpoint = origin + "/api/userinfo",
            DeviceAuthorizationEndpoint = origin + "/api/device-auth",
            RegistrationEndpoint = origin + "/api/oauth/register",
            PushedAuthorizationRequestEndpoint = origin + "/api/login/oauth/par",
            IntrospectionEndpoint = origin + "/api/login/oauth/introspect",
            RevocationEndpoint = origin + "/api/login/oauth/revoke",
            EndSessionEndpoint = origin + "/api/logout",
            JwksUri = application is null ? origin + "/.well-known/jwks" : $"{origin}/.well-known/{Uri.EscapeDataString(application.Name)}/jwks",
            ResponseTypesSupported = ["code", .. implicits, .. implicits.Count == 2 ? ["id_token token"] : Array.Empty<string>()],
            GrantTypesSupported = [.. grantTypes, .. implicits.Count > 0 ? [GrantTypes.Implicit] : Array.Empty<string>()],
            ScopesSupported = [.. Scopes.Standard.Concat(Scopes.OfApi).Concat(application?.Scopes ?? []).Distinct()],
        };
        return application is { Profile: { NeedsPrivateKeyJwt: true } profile } ? metadata.Under(profile, application.SigningMethod) : metadata;
    }

    /// <summary>What a strict profile leaves of it.</summary>
    private ServerMetadata Under(SecurityProfile profile, string signingMethod) => this with
    {
        GrantTypesSupported = [.. GrantTypesSupported.Where(profile.Serves)],
        RequirePushedAuthorizationRequests = profile.NeedsPushedRequest,
        IdTokenSigningAlgValuesSupported = [profile.SigningAlgorithm(signingMethod).Name],
        TokenEndpointAuthMethodsSupported = [ClientSecretRule.PrivateKeyJwt],
        IntrospectionEndpointAuthMethodsSupported = [ClientSecretRule.PrivateKeyJwt],
        RevocationEndpointAuthMethodsSupported = [ClientSecretRule.PrivateKeyJwt],
        TokenEndpointAuthSigningAlgValuesSupported = profile.Algorithms,
        IntrospectionEndpointAuthSigningAlgValuesSupported = profile.Algorithms,
        RevocationEndpointAuthSigningAlgValuesSupported = profile.Algorithms,
        DpopSigningAlgValuesSupported = profile.Algorithms,
    };
}
