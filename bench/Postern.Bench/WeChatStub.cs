using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Postern.Bench;

/// <summary>Answers code2Session at the least cost, after a fixed delay: code <c>u17-4-…</c> is the person with openid <c>o17</c>.</summary>
public sealed class WeChatStub : IDisposable
{
    private const int Remembered = 1 << 16;
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly TimeSpan delay;
    private readonly long[] times = new long[Remembered];

    public WeChatStub(TimeSpan delay)
    {
        this.delay = delay;
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(512);
        _ = Task.Run(AcceptAsync);
    }

    public int Port => ((IPEndPoint)listener.LocalEndPoint!).Port;

    /// <summary>From the request's arrival to its answer, in ticks of the stopwatch; of the last 65,536 numbers.</summary>
    public long TimeOf(long number) => Volatile.Read(ref times[number % Remembered]);

    public void Dispose() => listener.Dispose();

    private async Task AcceptAsync()
    {
        while (true)
        {
            _ = AnswerAsync(await listener.AcceptAsync());
        }
    }

    private async Task AnswerAsync(Socket socket)
    {
        using (socket)
        {
            socket.NoDelay = true;
            var buffer = new byte[8 * 1024];
            var received = 0;
            try
            {
                while (await socket.ReceiveAsync(buffer.AsMemory(received)) is > 0 and var read)
                {
                    received += read;
                    if (!buffer.AsSpan(0, received).EndsWith("\r\n\r\n"u8))
                    {
                        continue;
                    }

                    var arrived = Stopwatch.GetTimestamp();
                    var (answer, number) = Answer(buffer.AsSpan(0, received));
                    if (delay > TimeSpan.Zero)
                    {
                        await Task.Delay(delay);
                    }

                    Volatile.Write(ref times[number % Remembered], Stopwatch.GetTimestamp() - arrived);
                    await socket.SendAsync(answer);
                    received = 0;
                }
            }
            catch (SocketException)
            {
                // The server that asked has ended.
            }
        }
    }

    private static (byte[] Answer, long Number) Answer(ReadOnlySpan<byte> request)
    {
        var code = request[(request.IndexOf("js_code=u"u8) + "js_code=u".Length)..];
        if (!Utf8Parser.TryParse(code, out long person, out var digits) || !Utf8Parser.TryParse(code[(digits + 1)..], out long number, out _))
        {
            throw new InvalidOperationException("Only the load generator's codes are known here.");
        }

        var body = string.Create(CultureInfo.InvariantCulture, $$"""{"session_key":"AAAAAAAAAAAAAAAAAAAAAA==","openid":"o{{person}}"}""");
        return (Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {body.Length}\r\n\r\n{body}")), number);
    }
}
