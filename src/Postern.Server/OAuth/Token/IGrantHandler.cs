using Postern.Protocol;

namespace Postern.Server.OAuth.Token;

/// <summary>Turns one grant type into an answer. Handlers are looked up by grant type, not asked in turn.</summary>
public interface IGrantHandler
{
    string GrantType { get; }

    Task<Outcome<TokenAnswer>> HandleAsync(TokenRequest request, Client client, TokenCaller caller, CancellationToken cancel);
}

/// <summary>Where a token request came from, for its record.</summary>
public sealed record TokenCaller(string Address, string Path);
