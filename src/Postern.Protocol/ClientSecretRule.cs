namespace Postern.Protocol;

/// <summary>
/// Which clients need their secret. Imported applications all have one, and Mini Programs and browser apps use them
/// without; no field of theirs tells public from confidential, so an empty method allows a secret-less start only to the
/// grants that carry another proof.
/// </summary>
public static class ClientSecretRule
{
    public const string None = "none";

    /// <summary>Whether this client may begin this grant without its secret.</summary>
    public static bool MayBeginWithout(string tokenEndpointAuthMethod, string grantType) =>
        tokenEndpointAuthMethod == None || (tokenEndpointAuthMethod.Length == 0 && grantType is GrantTypes.WeChatMiniProgram);

    /// <summary>Whether a grant may go on (refresh, revocation) without the secret: only if it began so.</summary>
    public static bool MayGoOnWithout(string tokenEndpointAuthMethod, bool beganWithSecret) =>
        tokenEndpointAuthMethod == None || (tokenEndpointAuthMethod.Length == 0 && !beganWithSecret);
}
