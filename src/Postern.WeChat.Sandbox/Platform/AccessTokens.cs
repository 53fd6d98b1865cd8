using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;

namespace Postern.WeChat.Sandbox.Platform;

/// <summary>Tokens of <c>/cgi-bin/token</c>: each call makes a new one, and the one before works five minutes more, as WeChat documents it.</summary>
internal sealed class AccessTokens(SandboxClock clock)
{
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(7200);
    public static readonly TimeSpan Overlap = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, Token[]> _byApp = new(StringComparer.Ordinal);

    public string Make(string appId)
    {
        var now = clock.Now;
        var made = new Token(NewText(), now + Life, now + Life);
        _byApp.AddOrUpdate(
            appId,
            static (_, made) => [made],
            (_, before, made) => [.. before.Where(token => token.Works(now)).Select(token => token.VoidFrom(now + Overlap)), made],
            made);
        return made.Text;
    }

    /// <summary>0, 42001 when it expired, 40001 when a newer one took its place or nobody knows it.</summary>
    public int Verdict(string appId, string text)
    {
        var now = clock.Now;
        var token = _byApp.TryGetValue(appId, out var tokens) ? Array.Find(tokens, token => token.Text == text) : null;
        return token is null ? 40001 : token.VerdictAt(now);
    }

    public static string NewText()
    {
        var family = RandomNumberGenerator.GetInt32(70, 100).ToString(CultureInfo.InvariantCulture);
        return $"{family}_{RandomNumberGenerator.GetString("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_", 133)}";
    }
}

/// <param name="Text">What the caller presents.</param>
/// <param name="End">When it expires by age: 42001.</param>
/// <param name="Void">When a successor takes over: 40001.</param>
internal sealed record Token(string Text, DateTimeOffset End, DateTimeOffset Void)
{
    public bool Works(DateTimeOffset now) => VerdictAt(now) == 0;

    public int VerdictAt(DateTimeOffset now) => now >= End ? 42001 : now >= Void ? 40001 : 0;

    public Token VoidFrom(DateTimeOffset moment) => moment < Void ? this with { Void = moment } : this;
}
