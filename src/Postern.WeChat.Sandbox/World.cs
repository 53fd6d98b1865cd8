using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Postern.WeChat.Sandbox;

/// <summary>Apps, people, codes, keys and faults: everything in memory.</summary>
public sealed class World
{
    private static readonly TimeSpan CodeLife = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan KeyRotation = TimeSpan.FromMinutes(10);

    private readonly TimeProvider clock;
    private readonly ConcurrentDictionary<string, LoginCode> codes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string App, string Persona), (string Key, DateTimeOffset Since)> sessionKeys = new();
    private readonly ConcurrentDictionary<string, long> calls = new(StringComparer.Ordinal);
    private long skewTicks;

    public World(TimeProvider clock)
    {
        this.clock = clock;
        Tokens = new AccessTokens(this);
        foreach (var app in new[] { SandboxApp.Demo, SandboxApp.Second, SandboxApp.Unbound })
        {
            Register(app);
        }
    }

    public ConcurrentDictionary<string, SandboxApp> Apps { get; } = new(StringComparer.Ordinal);

    /// <summary>People whose sign-in WeChat refuses with 40226.</summary>
    public ConcurrentDictionary<string, bool> Blocked { get; } = new(StringComparer.Ordinal);

    public Faults Faults { get; } = new();

    public AccessTokens Tokens { get; }

    public DateTimeOffset Now => clock.GetUtcNow().AddTicks(Interlocked.Read(ref skewTicks));

    internal TimeProvider Clock => clock;

    public void Register(SandboxApp app) => Apps[app.AppId] = app;

    public void Advance(TimeSpan by) => Interlocked.Add(ref skewTicks, by.Ticks);

    /// <summary>What <c>wx.login()</c> gives this person in this Mini Program: five minutes, once.</summary>
    public string MintCode(string appid, string persona)
    {
        var code = "0" + RandomNumberGenerator.GetString("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", 31);
        codes[code] = new LoginCode(appid, persona, Now + CodeLife);
        return code;
    }

    /// <summary>0 and the person, or WeChat's number.</summary>
    public int Redeem(string appid, string code, out string persona)
    {
        persona = "";
        if (!codes.TryGetValue(code, out var minted) || minted.AppId != appid || Now >= minted.Until)
        {
            return 40029;
        }

        if (Interlocked.Exchange(ref minted.Used, 1) == 1)
        {
            return 40163;
        }

        persona = minted.Persona;
        return Blocked.ContainsKey(persona) ? 40226 : 0;
    }

    /// <summary>28 characters, the first six equal within one appid; the same person has another one in another app.</summary>
    public static string OpenId(string appid, string persona) => "o" + Hash("app " + appid)[..5] + Hash($"openid {appid} {persona}")[..22];

    public static string UnionId(string openPlatform, string persona) => "o" + Hash("platform " + openPlatform)[..5] + Hash($"unionid {openPlatform} {persona}")[..22];

    /// <summary>Kept within the rotation interval, then a new one (section 2.4).</summary>
    public string SessionKey(string appid, string persona)
    {
        var now = Now;
        return sessionKeys.AddOrUpdate(
            (appid, persona),
            _ => (NewKey(), now),
            (_, current) => now - current.Since < KeyRotation ? current : (NewKey(), now)).Key;
    }

    /// <summary>First group: the Unix time in hex.</summary>
    public string Rid() => $"{Now.ToUnixTimeSeconds():x8}-{RandomNumberGenerator.GetHexString(8, true)}-{RandomNumberGenerator.GetHexString(8, true)}";

    public void Count(string route, string? appid) => calls.AddOrUpdate($"{route} {appid}".TrimEnd(), 1, (_, n) => n + 1);

    public long CallsOf(string route, string appid) => calls.GetValueOrDefault($"{route} {appid}");

    public IReadOnlyDictionary<string, long> Calls() => new SortedDictionary<string, long>(calls, StringComparer.Ordinal);

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));

    private static string Hash(string text) =>
        Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text))).Replace('+', '-').Replace('/', '_');

    private sealed class LoginCode(string appId, string persona, DateTimeOffset until)
    {
        public string AppId => appId;
        public string Persona => persona;
        public DateTimeOffset Until => until;
        public int Used;
    }
}
