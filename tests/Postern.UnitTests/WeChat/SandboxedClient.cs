using Postern.WeChat;
using Postern.WeChat.Sandbox;
using Xunit;

namespace Postern.UnitTests.WeChat;

/// <summary>A sandbox and a client that speaks to it over real HTTP; both clocks stand still.</summary>
internal sealed class SandboxedClient : IAsyncDisposable
{
    public const string Route = "jscode2session";

    private readonly HttpClient _http;

    private SandboxedClient(Sandbox sandbox, StoppedClock sandboxClock, Func<WeChatClientOptions, WeChatClientOptions>? configure)
    {
        Sandbox = sandbox;
        SandboxClock = sandboxClock;
        Handler = new WatchedHandler(WeChatClient.CreateHandler());
        _http = new HttpClient(Handler);
        var options = new WeChatClientOptions { Endpoint = sandbox.BaseUri, RetryDelay = TimeSpan.Zero };
        Client = new WeChatClient(_http, Clock, Logger, configure?.Invoke(options) ?? options);
    }

    public static WeChatApp App { get; } = new(SandboxApp.Demo.AppId, SandboxApp.Demo.AppSecret);

    public static CancellationToken Ends => TestContext.Current.CancellationToken;

    public Sandbox Sandbox { get; }

    public StoppedClock SandboxClock { get; }

    public StoppedClock Clock { get; } = new();

    public WatchedHandler Handler { get; }

    public CapturingLogger<WeChatClient> Logger { get; } = new();

    public WeChatClient Client { get; }

    public int Calls => Sandbox.CallsTo(Route, App.AppId);

    public static async Task<SandboxedClient> StartAsync(Func<WeChatClientOptions, WeChatClientOptions>? configure = null)
    {
        var clock = new StoppedClock();
        var sandbox = await SandboxHost.StartAsync(new SandboxOptions { Port = 0, Clock = clock, EnvironmentName = "Development" }, Ends);
        return new SandboxedClient(sandbox, clock, configure);
    }

    public string Code(string persona = "alice") => Sandbox.MintCode(App.AppId, persona);

    public Task<WeChatResult<WeChatSession>> SignInAsync(string? code = null) => Client.Code2SessionAsync(App, code ?? Code(), Ends);

    public void Next(FaultKind fault, int times = 1, string route = Route) =>
        Sandbox.Inject(new SandboxFault { Route = route, Fault = fault, Times = times });

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Sandbox.DisposeAsync();
    }
}
