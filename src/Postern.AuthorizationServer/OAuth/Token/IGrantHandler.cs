using Postern.AuthorizationServer.OAuth.Clients;
using Postern.Protocol;

namespace Postern.AuthorizationServer.OAuth.Token;

/// <summary>Turns one kind of grant into an answer. Each handler's file declares its <see cref="GrantKind"/>.</summary>
public interface IGrantHandler
{
    Task<Outcome<TokenAnswer>> HandleAsync(OAuthRequest request, Client client, TokenRequestContext caller, CancellationToken cancel);
}

/// <summary>Where a token request came from, for its record, and the key it proved to hold (RFC 9449); empty = none.</summary>
public sealed record TokenRequestContext(string Address, string Path, string Jkt)
{
    /// <summary>The host that the request was sent to.</summary>
    public string Host { get; init; } = "";
}
