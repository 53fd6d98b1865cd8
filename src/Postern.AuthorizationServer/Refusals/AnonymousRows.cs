using Postern.AuthorizationServer.Http;
using Postern.Protocol;
using Postern.Storage.Bounded;

namespace Postern.AuthorizationServer.Refusals;

/// <summary>
/// Limits the rows that callers without a secret can create: a number per address and minute, counted by each node, and a number of
/// waiting rows per client, counted by the statement that adds one. Callers with a secret have a limit of their own, so that anonymous
/// callers cannot use it up.
/// </summary>
public sealed class AnonymousRows(AuthorizationServerOptions options, TimeProvider clock)
{
    private static readonly TimeSpan Wait = TimeSpan.FromMinutes(1);
    private readonly FixedWindowCounter counts = new(cells: 65_536, clock);

    /// <summary>Counts one row; the answer to give instead of making it where the address has made its share in this minute.</summary>
    /// <param name="address">Of the caller, behind the trusted proxies.</param>
    /// <param name="kind">Of row.</param>
    public OAuthError? Refuse(string address, string kind) =>
        options.AnonymousRowsPerMinute > 0 && counts.Add(Addresses.Network(address), kind) > options.AnonymousRowsPerMinute ? TooMany(counts.Rest) : null;

    /// <summary>How many rows of one kind may wait of this client, for it to add one more.</summary>
    public int MostWaiting(bool hasSecret) => hasSecret ? options.WaitingPerClient : options.WaitingPerClient / 10;

    /// <summary>The answer where too many wait.</summary>
    public static OAuthError Full { get; } = TooMany(Wait);

    private static OAuthError TooMany(TimeSpan wait) =>
        new("temporarily_unavailable", "too many requests of this kind are waiting or were made from this address: try again later", StatusCodes.Status429TooManyRequests)
        {
            ChineseMessage = "此类请求过多，请稍后重试",
            RetryAfter = wait,
        };
}
