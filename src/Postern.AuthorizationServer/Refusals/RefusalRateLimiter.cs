using Postern.AuthorizationServer.Http;
using Postern.Protocol;
using Postern.Storage.Bounded;

namespace Postern.AuthorizationServer.Refusals;

/// <summary>Refused token requests and sign-ins per (address, client) and minute: guessing is slowed, good sign-ins never are.</summary>
public sealed class RefusalRateLimiter(AuthorizationServerOptions options, TimeProvider clock)
{
    private readonly FixedWindowCounter counts = new(cells: 65_536, clock);

    /// <summary>Counts one refusal; the answer to give instead where the limit is passed.</summary>
    public OAuthError? Note(string address, string client) =>
        options.RefusedTokenRequestsPerMinute > 0 && counts.Add(Addresses.Network(address), client) > options.RefusedTokenRequestsPerMinute ? TooMany() : null;

    /// <summary>The answer to give at once where the limit is reached, for work that is dear before it is refused.</summary>
    public OAuthError? Judge(string address, string client) =>
        options.RefusedTokenRequestsPerMinute > 0 && counts.Of(Addresses.Network(address), client) >= options.RefusedTokenRequestsPerMinute ? TooMany() : null;

    private OAuthError TooMany() =>
        new("temporarily_unavailable", "too many refused requests: wait for a minute", StatusCodes.Status429TooManyRequests)
        {
            ChineseMessage = "被拒绝的请求过多，请一分钟后重试",
            RetryAfter = counts.Rest,
        };
}
