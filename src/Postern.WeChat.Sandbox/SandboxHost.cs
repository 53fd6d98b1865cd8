using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Postern.WeChat.Sandbox;

/// <summary>WeChat as a local simulator: the same URLs, codes, errors and quirks over real HTTP, on loopback only.</summary>
public sealed class SandboxHost : IAsyncDisposable
{
    private readonly WebApplication app;

    private SandboxHost(WebApplication app, World world) => (this.app, World) = (app, world);

    public Uri Address { get; private set; } = new("http://127.0.0.1");

    /// <summary>The simulated platform, for tests that host it in their own process.</summary>
    public World World { get; }

    public static async Task<SandboxHost> StartAsync(SandboxOptions options, CancellationToken cancel = default)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(System.Net.IPAddress.Loopback, options.Port);
        });
        var world = new World(options.Clock);
        builder.Services.AddSingleton(world);
        var app = builder.Build();
        app.Use(async (context, next) =>
        {
            context.Response.Headers["X-WeChat-Sandbox"] = "1";
            await next(context);
        });
        WeChatRoutes.Map(app, world);
        ControlRoutes.Map(app, world);
        await app.StartAsync(cancel);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new SandboxHost(app, world) { Address = new Uri(address) };
    }

    public Task WaitForShutdownAsync(CancellationToken cancel = default) => app.WaitForShutdownAsync(cancel);

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
