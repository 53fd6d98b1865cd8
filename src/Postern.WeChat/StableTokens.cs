using System.Collections.Concurrent;

namespace Postern.WeChat;

/// <summary>One access token per appid, fetched by one call at a time.</summary>
internal sealed class StableTokens
{
    private readonly ConcurrentDictionary<string, Entry> entries = new(StringComparer.Ordinal);

    public Task<WeChatResult<string>> GetAsync(
        string appid, DateTimeOffset now, string? refused, Func<Task<(WeChatResult<string> Token, DateTimeOffset Until)>> fetch)
    {
        var entry = entries.GetOrAdd(appid, _ => new Entry());
        lock (entry)
        {
            if (entry.Token is { } token && token != refused && now < entry.Until)
            {
                return Task.FromResult<WeChatResult<string>>(token);
            }

            return entry.Fetching ??= FetchAsync(entry, fetch);
        }
    }

    private static async Task<WeChatResult<string>> FetchAsync(Entry entry, Func<Task<(WeChatResult<string> Token, DateTimeOffset Until)>> fetch)
    {
        // Leaves the lock before anything is awaited to its end.
        await Task.Yield();
        try
        {
            var (token, until) = await fetch().ConfigureAwait(false);
            lock (entry)
            {
                (entry.Token, entry.Until) = token.Succeeded ? (token.Value, until) : (null, default);
            }

            return token;
        }
        finally
        {
            lock (entry)
            {
                entry.Fetching = null;
            }
        }
    }

    private sealed class Entry
    {
        public string? Token;
        public DateTimeOffset Until;
        public Task<WeChatResult<string>>? Fetching;
    }
}
