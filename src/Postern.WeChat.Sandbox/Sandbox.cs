using Postern.WeChat.Sandbox.Platform;

namespace Postern.WeChat.Sandbox;

/// <summary>A running sandbox, and what a test in the same process may do with it.</summary>
public sealed class Sandbox : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly WeChatPlatform _platform;

    internal Sandbox(WebApplication app, WeChatPlatform platform, Uri baseUri)
    {
        _app = app;
        _platform = platform;
        BaseUri = baseUri;
    }

    public Uri BaseUri { get; }

    /// <summary>What <c>wx.login</c> gives the persona's phone.</summary>
    public string MintCode(string appId, string persona) => _platform.MintCode(appId, persona);

    public void Register(SandboxApp app) => _platform.Register(app);

    public void Block(string persona, bool blocked = true) => _platform.People.Block(persona, blocked);

    public void Inject(SandboxFault fault) => _platform.Faults.Add(fault);

    public void ClearFaults() => _platform.Faults.Clear();

    public void AdvanceClock(TimeSpan by) => _platform.Clock.Advance(by);

    public int CallsTo(string route, string appId) => _platform.Calls.Of(route, appId);

    /// <summary>Ends when so many calls of the route have arrived, before any delay that a fault asks for.</summary>
    public Task WaitForCallsAsync(string route, string appId, int count, CancellationToken cancellationToken) =>
        _platform.Calls.WaitForAsync(route, appId, count, cancellationToken);

    public Task WaitForShutdownAsync(CancellationToken cancellationToken = default) => _app.WaitForShutdownAsync(cancellationToken);

    public ValueTask DisposeAsync()
    {
        _platform.Dispose();
        return _app.DisposeAsync();
    }
}
