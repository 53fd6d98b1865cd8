namespace Postern.AuthorizationServer.OAuth.Token;

/// <summary>One grant of the token endpoint. The file of its handler declares it, and <see cref="GrantKinds"/> lists it.</summary>
/// <param name="Type">The <c>grant_type</c> of the request.</param>
/// <param name="Label">Statistics count its tokens by this label, and its sign-ins where it begins one. Labels are stored, so they stay as they are.</param>
/// <param name="Handler">The <see cref="IGrantHandler"/>.</param>
public sealed record GrantKind(string Type, string Label, Type Handler)
{
    /// <summary>Whether only the applications that list it in <c>grantTypes</c> are served.</summary>
    public required bool MustBeListed { get; init; }

    /// <summary>Whether it is a sign-in of its own. The sign-in of a code or of a refresh token was before it.</summary>
    public required bool BeginsSignIn { get; init; }

    /// <summary>Whether a client needs its secret for it.</summary>
    public required SecretNeed Secret { get; init; }

    /// <summary>OAuth 2.1 has it no more: metadata names it only for the applications that list it.</summary>
    public bool IsLegacy { get; init; }

    /// <summary>Whether a client that registers itself (RFC 7591) is given it.</summary>
    public bool IsForRegisteredClients { get; init; }
}

/// <summary>Whether a client needs its secret for a grant (<see cref="Protocol.ClientSecretRule"/>).</summary>
public enum SecretNeed
{
    /// <summary>Always: nothing else in the request shows which client asks (docs/design/tokens-and-refresh.md).</summary>
    Always,

    /// <summary>Unless the client's method allows a start without it: the request carries a proof that was given to this client.</summary>
    UnlessAllowed,

    /// <summary>As the grant began that the request continues. The handler judges it.</summary>
    AsBegun,
}
