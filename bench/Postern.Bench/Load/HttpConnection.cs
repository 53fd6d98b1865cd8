using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;

namespace Postern.Bench.Load;

/// <summary>One kept-alive HTTP/1.1 connection that can do no more than a load needs, so that it costs little of the shared cores.</summary>
public sealed class HttpConnection : IDisposable
{
    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] buffer = new byte[256 * 1024];

    /// <summary>The body of the last answer; of a chunked one, with its chunk lines.</summary>
    public ReadOnlySpan<byte> Body => buffer.AsSpan(BodyStart..Received);

    /// <summary>Status line and headers of the last answer.</summary>
    public ReadOnlySpan<byte> Head => buffer.AsSpan(0..BodyStart);

    private int BodyStart { get; set; }

    private int Received { get; set; }

    public async ValueTask ConnectAsync(int port) => await socket.ConnectAsync(IPAddress.Loopback, port);

    /// <summary>Sends one request and reads its whole answer.</summary>
    /// <returns>The status.</returns>
    /// <exception cref="SocketException">The connection broke.</exception>
    /// <exception cref="IOException">The connection ended before the answer did.</exception>
    public async ValueTask<int> AskAsync(ReadOnlyMemory<byte> request)
    {
        await socket.SendAsync(request);
        (Received, BodyStart) = (0, 0);
        while (!IsWhole())
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(Received));
            if (read == 0)
            {
                throw new IOException("The connection ended before the answer did.");
            }

            Received += read;
        }

        return Utf8Parser.TryParse(buffer.AsSpan("HTTP/1.1 ".Length, 3), out int status, out _) ? status : 0;
    }

    public void Dispose() => socket.Dispose();

    private bool IsWhole()
    {
        var answer = buffer.AsSpan(0, Received);
        if (BodyStart == 0)
        {
            var end = answer.IndexOf("\r\n\r\n"u8);
            if (end < 0)
            {
                return false;
            }

            BodyStart = end + 4;
        }

        var head = answer[..BodyStart];
        var length = head.IndexOf("\r\nContent-Length: "u8);
        return length >= 0
            ? Utf8Parser.TryParse(head[(length + "\r\nContent-Length: ".Length)..], out int bytes, out _) && Received >= BodyStart + bytes
            : answer.EndsWith("\r\n0\r\n\r\n"u8);
    }
}
