using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Postern.Tests.Fixtures;

/// <summary>Somebody else's server on this computer.</summary>
internal sealed class LoopbackSite : IAsyncDisposable
{
    private readonly WebApplication app;
    private int requests;

    private LoopbackSite(WebApplication app) => this.app = app;

    public string Address => app.Urls.First();

    /// <summary>How many requests reached it.</summary>
    public int Requests => requests;

    public static async Task<LoopbackSite> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var site = new LoopbackSite(app);
        app.Run(context =>
        {
            Interlocked.Increment(ref site.requests);
            return answer(context);
        });
        await app.StartAsync();
        return site;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
