using System.Collections.Concurrent;

namespace Postern.WeChat;

/// <summary>One access token per appid, asked for by one call at a time; all other calls share it.</summary>
internal sealed class AccessTokenCache(TimeProvider clock)
{
    private static readonly TimeSpan RenewBefore = TimeSpan.FromSeconds(300);
    private static readonly TimeSpan Jitter = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ShortestStay = TimeSpan.FromSeconds(5);

    /// <summary>More appids than one server serves; what is forgotten is asked for again.</summary>
    private const int MostApps = 10_000;

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    public Task<WeChatResult<string>> GetAsync(
        WeChatApp app, string? refusedToken, Func<WeChatApp, Task<(WeChatResult<string> Token, TimeSpan ExpiresIn)>> ask)
    {
        if (_entries.Count >= MostApps && !_entries.ContainsKey(app.AppId))
        {
            _entries.Clear();
        }

        var entry = _entries.GetOrAdd(app.AppId, static _ => new Entry());
        lock (entry)
        {
            // A new secret asks anew: the old token may belong to credentials that were taken away.
            var sameSecret = entry.AppSecret == app.AppSecret;
            if (sameSecret && entry.Token is { } held && held.Value != refusedToken && clock.GetUtcNow() < entry.UseUntil)
            {
                return Task.FromResult(held);
            }

            if (sameSecret && entry.Flight is { IsCompleted: false } flight)
            {
                return flight;
            }

            entry.AppSecret = app.AppSecret;
            entry.Token = null;
            return entry.Flight = AskAsync(app, entry, ask);
        }
    }

    private async Task<WeChatResult<string>> AskAsync(
        WeChatApp app, Entry entry, Func<WeChatApp, Task<(WeChatResult<string> Token, TimeSpan ExpiresIn)>> ask)
    {
        // Leaves the caller's lock before anything is sent.
        await Task.Yield();
        var (token, expiresIn) = await ask(app).ConfigureAwait(false);
        if (!token.Succeeded)
        {
            return token;
        }

        lock (entry)
        {
            if (entry.AppSecret == app.AppSecret)
            {
                entry.Token = token;
                entry.UseUntil = clock.GetUtcNow() + StayFor(expiresIn);
            }
        }

        return token;
    }

    private static TimeSpan StayFor(TimeSpan expiresIn)
    {
        // WeChat renews with five minutes left; nodes that ask at different moments do not ask together.
        var stay = expiresIn - RenewBefore - (Jitter * Random.Shared.NextDouble());
        var shortest = expiresIn / 2 < ShortestStay ? expiresIn / 2 : ShortestStay;
        return stay > shortest ? stay : shortest;
    }

    private sealed class Entry
    {
        public string? AppSecret;
        public WeChatResult<string>? Token;
        public DateTimeOffset UseUntil;
        public Task<WeChatResult<string>>? Flight;
    }
}
