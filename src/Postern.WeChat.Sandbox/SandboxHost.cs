using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Postern.WeChat.Sandbox.Control;
using Postern.WeChat.Sandbox.Platform;

namespace Postern.WeChat.Sandbox;

/// <summary>WeChat's server APIs as a local simulator. A program that reaches its control routes can sign in as any user.</summary>
public static class SandboxHost
{
    private const int LargestBody = 64 * 1024;

    public static async Task<Sandbox> StartAsync(SandboxOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (string.Equals(options.EnvironmentName, Environments.Production, StringComparison.OrdinalIgnoreCase))
        {
            throw new InvalidOperationException("The WeChat sandbox lets anyone sign in as anyone; it does not start in Production.");
        }

        // Empty: nothing of the surrounding process (its settings, its urls, its logging) may reach in here.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, options));
        builder.Services.AddRoutingCore();
        // What stopped the start is thrown to the caller; the host would print it with a stack trace besides.
        builder.Logging.AddSimpleConsole().SetMinimumLevel(LogLevel.Warning).AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        if (!options.EndsWithConsole)
        {
            builder.Services.Replace(ServiceDescriptor.Singleton<IHostLifetime, NoLifetime>());
        }

        var app = builder.Build();
        var platform = new WeChatPlatform(options);
        app.Use(static (context, next) =>
        {
            context.Response.Headers["X-WeChat-Sandbox"] = "1";
            return next(context);
        });
        app.Use(ControlGuard.InvokeAsync);
        app.UseRouting();
        JsCode2Session.Map(app, platform);
        AccessTokenRoutes.Map(app, platform);
        CheckSession.Map(app, platform);
        ControlRoutes.Map(app, platform);
        FrontPage.Map(app, platform);
        await app.StartAsync(cancellationToken);
        return new Sandbox(app, platform, BaseUriOf(app));
    }

    private static void Configure(KestrelServerOptions kestrel, SandboxOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = LargestBody;
        if (options.Address is { } address)
        {
            kestrel.Listen(address, options.Port);
        }
        else if (options.Port == 0)
        {
            kestrel.Listen(IPAddress.Loopback, 0);
        }
        else
        {
            kestrel.ListenLocalhost(options.Port);
        }
    }

    private static Uri BaseUriOf(WebApplication app)
    {
        var bound = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new Uri(bound.Replace("[::]", "localhost", StringComparison.Ordinal).Replace("0.0.0.0", "localhost", StringComparison.Ordinal));
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
