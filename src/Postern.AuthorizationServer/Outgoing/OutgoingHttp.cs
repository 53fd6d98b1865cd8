using System.Net;
using System.Net.Sockets;

namespace Postern.AuthorizationServer.Outgoing;

/// <summary>What came back: a status and at most so many bytes.</summary>
public sealed record OutgoingAnswer(int Status, string ContentType, byte[] Body)
{
    public bool IsGood => Status is >= 200 and < 300;
}

/// <summary>
/// The one HTTP client for addresses that clients and administrators supply, protected against server-side request forgery: it resolves
/// names itself and refuses private addresses when it connects, so that a later answer of a name server has no effect. It follows no
/// redirects, and time and size are limited.
/// </summary>
public sealed class OutgoingHttp : IDisposable
{
    private const int LargestBody = 512 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly HashSet<string> Framing = new(StringComparer.OrdinalIgnoreCase)
        { "Host", "Connection", "Keep-Alive", "TE", "Trailer", "Upgrade", "Expect", "Transfer-Encoding", "Content-Length", "Content-Type" };

    private readonly bool allowsPrivate;
    private readonly HttpClient http;

    public OutgoingHttp(AuthorizationServerOptions options)
    {
        allowsPrivate = options.AllowPrivateTargets;
        http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectTimeout = Patience,
            ConnectCallback = ConnectAsync,
            MaxResponseHeadersLength = 16,
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            ActivityHeadersPropagator = null,
        })
        { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Whether an address may be given at all: https, without credentials; http only where private targets are allowed.</summary>
    public bool IsAllowed(string address) =>
        address.Length <= 2000 && Uri.TryCreate(address, UriKind.Absolute, out var uri)
        && uri.UserInfo.Length == 0 && (uri.Scheme == "https" || (allowsPrivate && uri.Scheme == "http"));

    /// <exception cref="OutgoingException">It cannot be reached, is not allowed, or answers too slowly or too much. The message names no address.</exception>
    public Task<OutgoingAnswer> GetAsync(string address, CancellationToken cancel) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, Allowed(address)), cancel);

    /// <inheritdoc cref="GetAsync"/>
    public Task<OutgoingAnswer> PostFormAsync(string address, IEnumerable<KeyValuePair<string, string>> form, CancellationToken cancel) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, Allowed(address)) { Content = new FormUrlEncodedContent(form) }, cancel);

    /// <summary>Sends content with headers that an administrator chose; those that frame the message are ours.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public Task<OutgoingAnswer> SendAsync(HttpMethod method, string address, IEnumerable<KeyValuePair<string, string>> headers, HttpContent content, CancellationToken cancel)
    {
        var request = new HttpRequestMessage(method, Allowed(address)) { Content = content };
        foreach (var (name, value) in headers.Where(h => !Framing.Contains(h.Key) && !h.Value.Any(char.IsControl)))
        {
            // A name that belongs to the content goes there.
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return SendAsync(request, cancel);
    }

    public void Dispose() => http.Dispose();

    private Uri Allowed(string address) => IsAllowed(address)
        ? new Uri(address)
        : throw new OutgoingException(
            OutgoingReasons.AddressNotAllowed, "only https addresses without credentials are called (allowPrivateTargets permits http too)");

    private async Task<OutgoingAnswer> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        using var sent = request;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(Patience);
        try
        {
            using var response = await http.SendAsync(sent, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            await using var stream = await response.Content.ReadAsStreamAsync(deadline.Token);
            using var body = new MemoryStream();
            var chunk = new byte[16 * 1024];
            int read;
            while ((read = await stream.ReadAsync(chunk, deadline.Token)) > 0)
            {
                if (body.Length + read > LargestBody)
                {
                    throw new OutgoingException(OutgoingReasons.TooLarge, "the answer is larger than 512 kB");
                }

                body.Write(chunk, 0, read);
            }

            return new OutgoingAnswer((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType ?? "", body.ToArray());
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new OutgoingException(OutgoingReasons.Timeout, "no whole answer within five seconds", inner: e);
        }
        catch (HttpRequestException e) when (e.HttpRequestError != HttpRequestError.Unknown)
        {
            // The framework's message ends with the address; our log states only the reason.
            throw e.InnerException is OutgoingException refused
                ? new OutgoingException(refused.Reason, refused.Message, e.HttpRequestError, e)
                : new OutgoingException(OutgoingReasons.Unreachable, $"it cannot be reached: {e.HttpRequestError}", e.HttpRequestError, e);
        }
        catch (IOException e)
        {
            throw new OutgoingException(OutgoingReasons.Unreachable, "the connection was cut", HttpRequestError.ResponseEnded, e);
        }
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var found = IPAddress.TryParse(host.Trim('[', ']'), out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancel);
        var addresses = allowsPrivate ? found : Array.FindAll(found, PublicAddresses.IsPublic);
        if (addresses.Length == 0)
        {
            throw new OutgoingException(
                OutgoingReasons.PrivateAddress, "the name has no public address (allowPrivateTargets permits others)");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
