namespace Postern.Protocol;

/// <summary>
/// What the setting <c>securityProfile</c> of an application demands. Each rule that differs between profiles is a member here, and the
/// endpoints ask it (docs/fapi.md).
/// </summary>
public sealed class SecurityProfile
{
    /// <summary>OAuth 2.1 as every application has it.</summary>
    public static readonly SecurityProfile Usual = new("");

    /// <summary>The FAPI 2.0 Security Profile (final), with private_key_jwt and DPoP.</summary>
    public static readonly SecurityProfile Fapi2 = new("fapi2");

    private static readonly IReadOnlyList<string> EveryAlgorithm = SigningAlgorithms.Names(_ => true);
    private static readonly IReadOnlyList<string> StrictAlgorithms = SigningAlgorithms.Names(a => a.IsOfFapi2);

    private static readonly string[] StrictGrants = [GrantTypes.AuthorizationCode, GrantTypes.RefreshToken, GrantTypes.ClientCredentials];

    private readonly bool isFapi2;

    private SecurityProfile(string name) => (Name, isFapi2) = (name, name.Length > 0);

    /// <summary>The value of the setting.</summary>
    public string Name { get; }

    /// <summary>FAPI 2.0 §5.3.2.2: an authorization request that was not pushed is refused.</summary>
    public bool NeedsPushedRequest => isFapi2;

    /// <summary>FAPI 2.0 §5.3.2.2: PKCE, and its method named as S256.</summary>
    public bool NeedsPkce => isFapi2;

    /// <summary>FAPI 2.0 §5.3.2.1: access tokens are bound to a key. Of the two ways we have DPoP.</summary>
    public bool NeedsDpop => isFapi2;

    /// <summary>FAPI 2.0 §5.3.2.1: confidential clients only, authenticated by private_key_jwt.</summary>
    public bool NeedsPrivateKeyJwt => isFapi2;

    /// <summary>FAPI 2.0 §5.3.2.1: <c>aud</c> of a client's assertion is the issuer as one string, neither an endpoint nor a list.</summary>
    public bool NeedsIssuerAsAudience => isFapi2;

    /// <summary>FAPI 2.0 §5.3.2.1: refresh tokens are not rotated, because the client that presents one proves itself.</summary>
    public bool RotatesRefreshTokens => !isFapi2;

    /// <summary>A plain OAuth request is answered without an id_token (OpenID Connect Core §3.1.2.1).</summary>
    public bool NeedsOpenIdForIdToken => isFapi2;

    /// <summary>FAPI 2.0 §5.3.2.1: a time further in the future is refused, so that signed requests cannot be prepared and kept for later.</summary>
    public TimeSpan FutureTolerance => isFapi2 ? TimeSpan.FromMinutes(1) : TimeSpan.FromMinutes(5);

    /// <summary>What the client may sign assertions and proofs with.</summary>
    public IReadOnlyList<string> Algorithms => isFapi2 ? StrictAlgorithms : EveryAlgorithm;

    /// <summary>
    /// The algorithm of the tokens that we sign, from the setting <c>tokenSigningMethod</c>; where the setting has none that the profile
    /// permits, RS256, or PS256 for FAPI 2.0.
    /// </summary>
    public SigningAlgorithm SigningAlgorithm(string method) =>
        SigningAlgorithms.Find(method) is { SignsTokens: true } chosen && (chosen.IsOfFapi2 || !isFapi2) ? chosen
            : isFapi2 ? SigningAlgorithms.Ps256 : SigningAlgorithms.Rs256;

    /// <summary>Whether an application of this profile may be served a grant type at all.</summary>
    public bool Serves(string grantType) => !isFapi2 || StrictGrants.Contains(grantType);

    /// <summary>FAPI 2.0 §5.3.2.2: no http, except on a loopback address of a native application (RFC 8252 §7.3).</summary>
    public bool MayRedirectTo(string uri) => !isFapi2 || RedirectUris.IsHttpsOrLoopback(uri);

    /// <summary>The profile of this name, or null where there is none.</summary>
    public static SecurityProfile? Find(string name) => name == Fapi2.Name ? Fapi2 : name.Length == 0 ? Usual : null;

    /// <summary>The profile that an application is stored with. An unknown name cannot be stored; the strict profile is the safe answer to it.</summary>
    public static SecurityProfile Of(string name) => Find(name) ?? Fapi2;
}
