using System.Collections.Concurrent;

namespace Postern.WeChat.Sandbox.Platform;

/// <summary>Everything one sandbox knows; all of it in memory.</summary>
internal sealed class WeChatPlatform : IDisposable
{
    private readonly ConcurrentDictionary<string, SandboxApp> _apps;
    private readonly CancellationTokenSource _stopping = new();

    public WeChatPlatform(SandboxOptions options)
    {
        Clock = new SandboxClock(options.Clock);
        Codes = new LoginCodes(Clock);
        SessionKeys = new SessionKeys(Clock);
        Tokens = new AccessTokens(Clock);
        StableTokens = new StableTokens(Clock);
        _apps = new(options.Apps.ToDictionary(app => app.AppId), StringComparer.Ordinal);
    }

    public SandboxClock Clock { get; }

    public LoginCodes Codes { get; }

    public SessionKeys SessionKeys { get; }

    public AccessTokens Tokens { get; }

    public StableTokens StableTokens { get; }

    public People People { get; } = new();

    public Faults Faults { get; } = new();

    public CallCounter Calls { get; } = new();

    public IEnumerable<SandboxApp> Apps => _apps.Values.OrderBy(app => app.AppId, StringComparer.Ordinal);

    /// <summary>Ends hanging answers, so that stopping does not wait for them.</summary>
    public CancellationToken Stopping => _stopping.Token;

    public SandboxApp? Find(string appId) => _apps.GetValueOrDefault(appId);

    public void Register(SandboxApp app) => _apps[app.AppId] = app;

    public string MintCode(string appId, string persona)
    {
        if (Find(appId) is null)
        {
            throw new ArgumentException("No such app in the sandbox.", nameof(appId));
        }

        ArgumentException.ThrowIfNullOrWhiteSpace(persona);
        return Codes.Mint(appId, persona);
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }
}
