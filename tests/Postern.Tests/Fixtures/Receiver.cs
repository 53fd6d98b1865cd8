using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Postern.Tests.Fixtures;

/// <summary>One request that reached a <see cref="Receiver"/>.</summary>
internal sealed record Received(string Method, string ContentType, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public Dictionary<string, string> Form => QueryHelpers.ParseQuery(Body).ToDictionary(p => p.Key, p => p.Value.ToString());
}

/// <summary>Somebody who is told things by the server, on loopback.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly Channel<Received> received = Channel.CreateUnbounded<Received>();
    private LoopbackSite site = null!;

    public string Address => site.Address + "/told";

    /// <summary>What it answers.</summary>
    public int Status { get; set; } = StatusCodes.Status200OK;

    /// <summary>How many requests wait to be read.</summary>
    public int Waiting => received.Reader.Count;

    public static async Task<Receiver> StartAsync()
    {
        var receiver = new Receiver();
        receiver.site = await LoopbackSite.StartAsync(receiver.ReceiveAsync);
        return receiver;
    }

    public async Task<Received> NextAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        return await received.Reader.ReadAsync(patience.Token);
    }

    public ValueTask DisposeAsync() => site.DisposeAsync();

    private async Task ReceiveAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var headers = context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        received.Writer.TryWrite(new Received(context.Request.Method, context.Request.ContentType ?? "", headers, await reader.ReadToEndAsync()));
        context.Response.StatusCode = Status;
        await context.Response.WriteAsync("thank you");
    }
}
