using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Postern.Protocol;
using Postern.Server.Hosting;

namespace Postern.Server.OAuth;

/// <summary>Refused token requests and sign-ins per (address, client) and minute: guessing is slowed, good sign-ins never are.</summary>
public sealed class RefusedRequests(PosternOptions options, TimeProvider clock)
{
    private const int MostPairs = 50_000;
    private readonly ConcurrentDictionary<(string Address, string Client), int> counts = new();
    private long minute;

    /// <summary>Counts one refusal; the answer to give instead where the limit is passed.</summary>
    public OAuthError? Note(string address, string client)
    {
        if (options.RefusedTokenRequestsPerMinute == 0)
        {
            return null;
        }

        var now = Turn();
        return counts.AddOrUpdate((Network(address), client), 1, (_, count) => count + 1) <= options.RefusedTokenRequestsPerMinute ? null : TooMany(now);
    }

    /// <summary>The answer to give at once where the limit is reached, for work that is dear before it is refused.</summary>
    public OAuthError? Judge(string address, string client)
    {
        var now = Turn();
        return options.RefusedTokenRequestsPerMinute > 0
            && counts.TryGetValue((Network(address), client), out var count)
            && count >= options.RefusedTokenRequestsPerMinute
                ? TooMany(now)
                : null;
    }

    /// <summary>Each minute begins with no counts.</summary>
    private DateTimeOffset Turn()
    {
        var now = clock.GetUtcNow();
        var current = now.ToUnixTimeSeconds() / 60;
        if (Interlocked.Exchange(ref minute, current) != current || counts.Count >= MostPairs)
        {
            counts.Clear();
        }

        return now;
    }

    private static OAuthError TooMany(DateTimeOffset now) =>
        new("temporarily_unavailable", "too many refused requests: wait for a minute", StatusCodes.Status429TooManyRequests)
        {
            ChineseMessage = "被拒绝的请求过多，请一分钟后重试",
            RetryAfter = TimeSpan.FromSeconds(60 - (now.ToUnixTimeSeconds() % 60)),
        };

    /// <summary>An IPv6 caller has the 2^64 addresses of its network to choose from.</summary>
    private static string Network(string address) =>
        IPAddress.TryParse(address, out var ip) && ip.AddressFamily == AddressFamily.InterNetworkV6
            ? new IPAddress([.. ip.GetAddressBytes()[..8], 0, 0, 0, 0, 0, 0, 0, 0]).ToString()
            : address;
}
