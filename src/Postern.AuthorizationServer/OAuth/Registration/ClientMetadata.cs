using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.AuthorizationServer.OAuth.Token;
using Postern.AuthorizationServer.Outgoing;
using Postern.AuthorizationServer.SignIn.Gate;
using Postern.Directory.Certificates;
using Postern.Protocol;

namespace Postern.AuthorizationServer.OAuth.Registration;

/// <summary>
/// The metadata that a client registers (RFC 7591 §2), reduced to what an unverified client may have: the authorization code grant with
/// PKCE and refresh, at redirect addresses that no other party can receive at.
/// </summary>
public sealed record ClientMetadata
{
    private const int MostRedirectUris = 20;
    private const int LongestText = 200;
    private const int LongestKeys = 16 * 1024;
    private static readonly string[] Methods = ["client_secret_basic", "client_secret_post", ClientSecretRule.None, ClientSecretRule.PrivateKeyJwt];

    /// <summary>What would change the form of our answers or of the client's requests and is not offered. A client must not wait for it in vain.</summary>
    private static readonly string[] NotOffered =
    [
        "id_token_encrypted_response_alg", "userinfo_signed_response_alg", "userinfo_encrypted_response_alg", "introspection_signed_response_alg",
        "introspection_encrypted_response_alg", "authorization_signed_response_alg", "authorization_encrypted_response_alg", "require_signed_request_object",
        "tls_client_certificate_bound_access_tokens", "dpop_bound_access_tokens", "require_pushed_authorization_requests",
    ];

    private static readonly string[] Grants = [.. GrantKinds.All.Where(kind => kind.IsForRegisteredClients).Select(kind => kind.Type)];

    public required string Name { get; init; }
    public required IReadOnlyList<string> RedirectUris { get; init; }
    public required string Method { get; init; }
    public string Scope { get; init; } = "";
    public string Uri { get; init; } = "";
    public string Logo { get; init; } = "";
    public string PolicyUri { get; init; } = "";
    public string TermsUri { get; init; } = "";
    public string JwksUri { get; init; } = "";
    public string Jwks { get; init; } = "";

    /// <summary>The algorithm that signs its tokens.</summary>
    public string IdTokenAlgorithm { get; init; } = SigningAlgorithms.Rs256.Name;

    public bool HasSecret => Method is "client_secret_basic" or "client_secret_post";

    public static Outcome<ClientMetadata> Read(JsonElement sent, OutgoingHttp outgoing)
    {
        if (sent.ValueKind != JsonValueKind.Object)
        {
            return Invalid("the body must be a JSON object");
        }

        var redirectUris = Texts(sent, "redirect_uris");
        if (redirectUris is not { Count: > 0 and <= MostRedirectUris } || !redirectUris.TrueForAll(Protocol.RedirectUris.MayBeRegisteredByAnyone))
        {
            return new OAuthError("invalid_redirect_uri", "redirect_uris must be 1 to 20 addresses, each https, http of this computer (127.0.0.1, [::1], localhost), or of a scheme with a dot in it; none with a fragment");
        }

        var method = Text(sent, "token_endpoint_auth_method") is { Length: > 0 } named ? named : "client_secret_basic";
        if (!Methods.Contains(method))
        {
            return Invalid("token_endpoint_auth_method must be one of " + string.Join(", ", Methods));
        }

        var grants = Texts(sent, "grant_types");
        if (grants is { Count: > 0 } && !grants.Contains(GrantTypes.AuthorizationCode))
        {
            return Invalid("a registered client gets the grants authorization_code and refresh_token, so grant_types must name the first");
        }

        var responses = Texts(sent, "response_types");
        if (responses is { Count: > 0 } && !responses.Contains("code"))
        {
            return Invalid("a registered client gets response_type code");
        }

        if (RefuseOffer(sent) is { } wrongOffer)
        {
            return wrongOffer;
        }

        var metadata = new ClientMetadata
        {
            Name = Text(sent, "client_name"),
            RedirectUris = redirectUris,
            Method = method,
            Scope = Text(sent, "scope") is { Length: > 0 } scope ? scope : string.Join(' ', Scopes.Standard),
            Uri = Text(sent, "client_uri"),
            Logo = Text(sent, "logo_uri"),
            PolicyUri = Text(sent, "policy_uri"),
            TermsUri = Text(sent, "tos_uri"),
            JwksUri = Text(sent, "jwks_uri"),
            IdTokenAlgorithm = Text(sent, "id_token_signed_response_alg") is { Length: > 0 } algorithm ? algorithm : SigningAlgorithms.OfTokens[0],
            Jwks = sent.TryGetProperty("jwks", out var jwks) && jwks.ValueKind == JsonValueKind.Object ? jwks.GetRawText() : "",
        };
        return metadata.Refuse(outgoing) is { } refusal ? refusal : metadata;
    }

    /// <summary>As registered, in the answer (RFC 7591 §3.2.1): what we left out is not there.</summary>
    public JsonObject Show()
    {
        var shown = new JsonObject
        {
            ["client_name"] = Name,
            ["redirect_uris"] = new JsonArray([.. RedirectUris.Select(u => JsonValue.Create(u))]),
            ["token_endpoint_auth_method"] = Method,
            ["grant_types"] = new JsonArray([.. Grants.Select(g => JsonValue.Create(g))]),
            ["response_types"] = new JsonArray("code"),
            ["subject_type"] = "public",
            ["id_token_signed_response_alg"] = IdTokenAlgorithm,
        };
        foreach (var (name, value) in new[]
        {
            ("scope", Scope), ("client_uri", Uri), ("logo_uri", Logo), ("policy_uri", PolicyUri), ("tos_uri", TermsUri), ("jwks_uri", JwksUri),
        })
        {
            if (value.Length > 0)
            {
                shown[name] = value;
            }
        }

        if (Jwks.Length > 0)
        {
            shown["jwks"] = JsonNode.Parse(Jwks);
        }

        return shown;
    }

    /// <summary>The same as properties of a Casdoor application.</summary>
    public JsonObject ToApplication(string clientId, string organization, string name) => new()
    {
        ["owner"] = "admin",
        ["name"] = name,
        ["displayName"] = Name.Length > 0 ? Name : name,
        ["organization"] = organization,
        ["category"] = "Agent",
        ["type"] = "MCP",
        ["tags"] = new JsonArray(ApplicationTags.Registered),
        ["clientId"] = clientId,
        ["enablePassword"] = true,
        ["enableSignUp"] = false,
        ["apiAccess"] = Postern.Storage.Tables.ApiAccess.None,
        ["grantTypes"] = new JsonArray([.. Grants.Select(g => JsonValue.Create(g))]),
        ["redirectUris"] = new JsonArray([.. RedirectUris.Select(u => JsonValue.Create(u))]),
        ["tokenEndpointAuthMethod"] = Method,
        ["homepageUrl"] = Uri,
        ["termsOfUse"] = TermsUri,
        ["policyUri"] = PolicyUri,
        ["logo"] = Logo,
        // A client never gets more than the scopes that it registered.
        ["scopes"] = new JsonArray([.. Scopes.Words(Scope).Select(word => new JsonObject { ["name"] = word })]),
        ["jwksUri"] = JwksUri,
        ["jwks"] = Jwks,
        ["tokenSigningMethod"] = IdTokenAlgorithm,
    };

    /// <summary>OpenID Connect Dynamic Client Registration §2.</summary>
    private static OAuthError? RefuseOffer(JsonElement sent) =>
        Text(sent, "subject_type") is not ("" or "public") || Text(sent, "sector_identifier_uri").Length > 0
            ? Invalid("subject identifiers are public: leave out subject_type pairwise and sector_identifier_uri")
        : Text(sent, "id_token_signed_response_alg") is { Length: > 0 } signing && !SigningAlgorithms.OfTokens.Contains(signing)
            ? Invalid("id_token_signed_response_alg must be one of " + string.Join(", ", SigningAlgorithms.OfTokens))
        : Text(sent, "token_endpoint_auth_signing_alg") is { Length: > 0 } assertion && !SecurityProfile.Usual.Algorithms.Contains(assertion)
            ? Invalid("token_endpoint_auth_signing_alg must be one of " + string.Join(", ", SecurityProfile.Usual.Algorithms))
        : NotOffered.FirstOrDefault(name => Asks(sent, name)) is { } name
            ? Invalid($"{name} is not offered: leave it out")
        : null;

    private static bool Asks(JsonElement sent, string name) =>
        sent.TryGetProperty(name, out var value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.False) && Text(sent, name) is not "none";

    private OAuthError? Refuse(OutgoingHttp outgoing)
    {
        if (new[] { Name, Scope, Uri, Logo, PolicyUri, TermsUri, JwksUri }.Any(t => t.Length > LongestText || t.Any(char.IsControl)))
        {
            return Invalid("texts may have at most 200 characters and no control characters");
        }

        if (new[] { Uri, PolicyUri, TermsUri, Logo }.Any(t => t.Length > 0 && !(System.Uri.TryCreate(t, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http")))
        {
            return Invalid("client_uri, logo_uri, policy_uri and tos_uri must be http or https");
        }

        if (JwksUri.Length > 0 && (!outgoing.IsAllowed(JwksUri) || Jwks.Length > 0))
        {
            return Invalid("jwks_uri must be https, and not beside jwks");
        }

        if (Jwks.Length > LongestKeys || (Jwks.Length > 0 && ClientKeySet.TryParse(Jwks) is not { Count: > 0 }))
        {
            return Invalid("jwks must hold a key for signatures (use, key_ops): RSA of 2048 bits or more, EC or Ed25519");
        }

        return Method == ClientSecretRule.PrivateKeyJwt && JwksUri.Length == 0 && Jwks.Length == 0
            ? Invalid("private_key_jwt needs jwks_uri or jwks")
            : null;
    }

    private static OAuthError Invalid(string description) => new("invalid_client_metadata", description);

    private static string Text(JsonElement sent, string name) =>
        sent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static List<string>? Texts(JsonElement sent, string name) =>
        sent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(v => v.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(v => v.GetString()!)]
            : null;
}
