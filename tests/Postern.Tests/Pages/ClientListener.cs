using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Postern.Tests.Pages;

/// <summary>A client's own little web server: where its users come back to with the answer, by GET or by a posted form.</summary>
public sealed class ClientListener : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, TaskCompletionSource<Arrival>> arrivals = new(StringComparer.Ordinal);

    private ClientListener(WebApplication app) => this.app = app;

    public int Port { get; private set; }

    public string RedirectUri => $"http://localhost:{Port}/callback";

    /// <summary>The same, for a browser that is at another site than the server.</summary>
    public string ForeignRedirectUri => $"http://127.0.0.1:{Port}/callback";

    public string SignedOutUri => $"http://localhost:{Port}/signed-out";

    public static async Task<ClientListener> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var listener = new ClientListener(builder.Build());
        listener.app.MapMethods("/callback", ["GET", "POST"], listener.TakeAsync);
        listener.app.MapGet("/signed-out", context => WriteAsync(context, "<h1>Signed out at the client</h1>"));
        // Silent sign-in as browser applications do it.
        listener.app.MapGet("/frame", context => WriteAsync(context, $"<h1>Frame</h1><iframe src=\"{System.Net.WebUtility.HtmlEncode(context.Request.Query["src"])}\"></iframe>"));
        await listener.app.StartAsync();
        listener.Port = new Uri(listener.app.Urls.Single()).Port;
        return listener;
    }

    /// <summary>The answer to the request that carried this state.</summary>
    public Task<Arrival> NextOfAsync(string state, CancellationToken cancel) => Of(state).Task.WaitAsync(TimeSpan.FromSeconds(60), cancel);

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        var isForm = context.Request.HasFormContentType;
        var sent = isForm ? (await context.Request.ReadFormAsync()).ToDictionary(p => p.Key, p => p.Value.ToString()) : context.Request.Query.ToDictionary(p => p.Key, p => p.Value.ToString());
        await WriteAsync(context, "<h1>Arrived at the client</h1>");
        Of(sent.GetValueOrDefault("state", "")).TrySetResult(new Arrival(context.Request.Method, sent, $"http://{context.Request.Host}{context.Request.Path}{context.Request.QueryString}"));
    }

    private TaskCompletionSource<Arrival> Of(string state) => arrivals.GetOrAdd(state, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

    private static Task WriteAsync(HttpContext context, string body)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync($"<!doctype html><html lang=\"en\"><title>Client</title><link rel=\"icon\" href=\"data:,\">{body}</html>");
    }
}

/// <summary>What came back to the client.</summary>
public sealed record Arrival(string Method, IReadOnlyDictionary<string, string> Parameters, string Address)
{
    public string? this[string name] => Parameters.GetValueOrDefault(name);
}
