using System.Net;
using System.Net.Sockets;
using Postern.WeChat;
using Xunit;

namespace Postern.UnitTests.WeChat;

public sealed class UsedConnectionTests
{
    /// <summary>.NET's handler repeats a request without content by itself here; a code may be spent by then.</summary>
    [Fact]
    public async Task A_code_is_not_sent_again_when_a_kept_connection_closes_before_the_answer()
    {
        var ends = TestContext.Current.CancellationToken;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var requests = 0;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ends);
        var serving = ServeAsync(listener, () => Interlocked.Increment(ref requests) != 2, stop.Token);

        using var http = new HttpClient(WeChatClient.CreateHandler());
        var options = new WeChatClientOptions { Endpoint = new Uri($"http://{listener.LocalEndpoint}") };
        var client = new WeChatClient(http, TimeProvider.System, new CapturingLogger<WeChatClient>(), options);
        Assert.True((await client.Code2SessionAsync(SandboxedClient.App, "0first", ends)).Succeeded);
        Assert.Equal(WeChatFailureKind.Busy, (await client.Code2SessionAsync(SandboxedClient.App, "0second", ends)).Failure.Kind);
        Assert.Equal(2, requests);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => serving);
    }

    private static async Task ServeAsync(TcpListener listener, Func<bool> answers, CancellationToken stop)
    {
        while (true)
        {
            using var connection = await listener.AcceptTcpClientAsync(stop);
            var stream = connection.GetStream();
            var buffer = new byte[4096];
            while (await stream.ReadAsync(buffer, stop) > 0 && answers())
            {
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 33\r\n\r\n{\"openid\":\"o1\",\"session_key\":\"k\"}"u8.ToArray(), stop);
            }
        }
    }
}
