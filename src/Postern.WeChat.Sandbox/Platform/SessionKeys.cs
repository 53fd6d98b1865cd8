using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Postern.WeChat.Sandbox.Platform;

/// <summary>One current session_key per person and app, not replaced more often than every ten minutes.</summary>
internal sealed class SessionKeys(SandboxClock clock)
{
    public static readonly TimeSpan ShortestRotation = TimeSpan.FromMinutes(10);
    public static readonly TimeSpan Life = TimeSpan.FromDays(3);

    private readonly ConcurrentDictionary<(string AppId, string OpenId), SessionKey> _keys = new();

    public string AtSignIn(string appId, string openId)
    {
        var now = clock.Now;
        return _keys.AddOrUpdate(
            (appId, openId),
            static (_, now) => NewKey(now),
            static (_, key, now) => now - key.Made >= ShortestRotation ? NewKey(now) : key,
            now).Text;
    }

    public string? Current(string appId, string openId) =>
        _keys.TryGetValue((appId, openId), out var key) && clock.Now - key.Made < Life ? key.Text : null;

    private static SessionKey NewKey(DateTimeOffset now) => new(Convert.ToBase64String(RandomNumberGenerator.GetBytes(16)), now);

    private sealed record SessionKey(string Text, DateTimeOffset Made);
}
