using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Postern.WeChat.Sandbox.Platform;

/// <summary>Codes of <c>wx.login</c>: good for five minutes, once, for one appid, as WeChat documents them.</summary>
internal sealed class LoginCodes(SandboxClock clock)
{
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(300);

    private readonly ConcurrentDictionary<string, LoginCode> _codes = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<(string Code, DateTimeOffset End)> _ends = new();

    public string Mint(string appId, string persona)
    {
        var now = clock.Now;
        ForgetEnded(now);
        var code = "0" + RandomNumberGenerator.GetString("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", 31);
        _codes[code] = new LoginCode(appId, persona, now + Life);
        _ends.Enqueue((code, now + Life));
        return code;
    }

    /// <summary>0 and the persona, or the errcode.</summary>
    public (int ErrCode, string Persona) Spend(string code, string appId)
    {
        if (!_codes.TryGetValue(code, out var found) || found.AppId != appId || found.End <= clock.Now)
        {
            return (40029, "");
        }

        return found.TrySpend() ? (0, found.Persona) : (40163, "");
    }

    private void ForgetEnded(DateTimeOffset now)
    {
        while (_ends.TryPeek(out var first) && first.End <= now && _ends.TryDequeue(out first))
        {
            _codes.TryRemove(first.Code, out _);
        }
    }

    private sealed class LoginCode(string appId, string persona, DateTimeOffset end)
    {
        private int _spent;

        public string AppId => appId;

        public string Persona => persona;

        public DateTimeOffset End => end;

        public bool TrySpend() => Interlocked.Exchange(ref _spent, 1) == 0;
    }
}
