namespace Postern.Protocol;

/// <summary>
/// Which clients need their secret. Imported applications all have one, and Mini Programs and browser apps use them without it. No field
/// of an application distinguishes public from confidential clients, so an empty method allows a start without the secret only for
/// grants that carry another proof.
/// </summary>
public static class ClientSecretRule
{
    /// <summary>There is no secret.</summary>
    public const string None = "none";

    /// <summary>A signed assertion in the secret's place (RFC 7523 §2.2).</summary>
    public const string PrivateKeyJwt = "private_key_jwt";

    /// <summary>
    /// Whether this client may begin without its secret a grant whose request carries a proof that was given to this client: a code of
    /// <c>wx.login()</c>, a device code, an authorization code with a PKCE challenge.
    /// </summary>
    public static bool MayBeginWithout(string tokenEndpointAuthMethod) => tokenEndpointAuthMethod is "" or None;

    /// <summary>Whether a grant may go on (refresh, revocation) without the secret: only if it began so.</summary>
    public static bool MayGoOnWithout(string tokenEndpointAuthMethod, bool beganWithSecret) =>
        tokenEndpointAuthMethod == None || (tokenEndpointAuthMethod.Length == 0 && !beganWithSecret);
}
