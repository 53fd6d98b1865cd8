using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Postern.Bench;

/// <summary>Answers code2Session at the least cost: code <c>u17-…</c> is the person with openid <c>o17</c>. Plain HTTP stands beside it.</summary>
public static class StubWeChat
{
    public static async Task<(WebApplication App, Uri Address)> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.ListenLocalhost(FreePort()));
        var app = builder.Build();
        app.MapGet("/sns/jscode2session", (RequestDelegate)(context =>
        {
            var code = context.Request.Query["js_code"].ToString();
            var person = code[1..code.IndexOf('-', StringComparison.Ordinal)];
            context.Response.ContentType = "text/plain";
            return context.Response.WriteAsync($$"""{"session_key":"AAAAAAAAAAAAAAAAAAAAAA==","openid":"o{{person}}"}""");
        }));
        app.MapPost("/plain", (RequestDelegate)(context => context.Response.WriteAsync("{}")));
        await app.StartAsync();
        return (app, new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()));
    }

    public static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
