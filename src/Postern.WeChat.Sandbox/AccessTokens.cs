using System.Security.Cryptography;

namespace Postern.WeChat.Sandbox;

/// <summary>Server access tokens of the two kinds, which don't invalidate each other (sections 3.1, 3.2).</summary>
public sealed class AccessTokens(World world)
{
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(7200);
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ForcedApart = TimeSpan.FromSeconds(30);
    private const int ForcedPerDay = 20;

    private readonly Lock gate = new();
    private readonly Dictionary<string, Kind> plain = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Kind> stable = new(StringComparer.Ordinal);

    /// <summary>Each call makes a new token; the one before works for five more minutes.</summary>
    public (string Token, int ExpiresIn) Plain(string appid)
    {
        lock (gate)
        {
            var kind = Of(plain, appid);
            Renew(kind, keepOld: true);
            return (kind.Token!, (int)Life.TotalSeconds);
        }
    }

    /// <summary>The same token during its life; renewed with less than five minutes left, or at once when forced.</summary>
    public (string Token, int ExpiresIn) Stable(string appid, bool force)
    {
        lock (gate)
        {
            var now = world.Now;
            var kind = Of(stable, appid);
            var mayForce = force && now - kind.Forced >= ForcedApart && kind.ForcedToday(now) < ForcedPerDay;
            if (mayForce)
            {
                kind.NoteForced(now);
            }

            if (kind.Token is null || mayForce || kind.Until - now < Overlap)
            {
                Renew(kind, keepOld: !mayForce);
            }

            return (kind.Token!, (int)(kind.Until - now).TotalSeconds);
        }
    }

    /// <summary>0, 42001 for an expired token, 40001 for any other.</summary>
    public int Check(string appid, string token)
    {
        lock (gate)
        {
            var now = world.Now;
            foreach (var kind in new[] { Of(plain, appid), Of(stable, appid) })
            {
                if (kind.Token == token)
                {
                    return now < kind.Until ? 0 : 42001;
                }

                if (kind.Old == token && now < kind.OldUntil)
                {
                    return 0;
                }
            }

            return 40001;
        }
    }

    private void Renew(Kind kind, bool keepOld)
    {
        var now = world.Now;
        (kind.Old, kind.OldUntil) = keepOld ? (kind.Token, now + Overlap) : (null, default);
        kind.Token = "92_" + RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", 133);
        kind.Until = now + Life;
    }

    private static Kind Of(Dictionary<string, Kind> kinds, string appid)
    {
        if (!kinds.TryGetValue(appid, out var kind))
        {
            kinds[appid] = kind = new Kind();
        }

        return kind;
    }

    private sealed class Kind
    {
        private int forcedCount;

        public string? Token { get; set; }
        public DateTimeOffset Until { get; set; }
        public string? Old { get; set; }
        public DateTimeOffset OldUntil { get; set; }
        public DateTimeOffset Forced { get; private set; }

        public int ForcedToday(DateTimeOffset now) => Forced.Date == now.Date ? forcedCount : 0;

        public void NoteForced(DateTimeOffset now)
        {
            forcedCount = ForcedToday(now) + 1;
            Forced = now;
        }
    }
}
