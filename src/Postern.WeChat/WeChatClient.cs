using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Postern.WeChat;

/// <summary>WeChat's server APIs, as far as sign-in needs them. One instance serves all appids.</summary>
public sealed partial class WeChatClient
{
    private const int LongestCode = 256;
    private const int LongestId = 128;
    private const int LongestToken = 1024;

    private static readonly SearchValues<char> s_idLetters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    private readonly HttpClient _http;
    private readonly TimeProvider _clock;
    private readonly ILogger<WeChatClient> _logger;
    private readonly WeChatClientOptions _options;
    private readonly CircuitBreaker _breaker;
    private readonly AccessTokenCache _tokens;
    private readonly Func<WeChatApp, Task<(WeChatResult<string> Token, TimeSpan ExpiresIn)>> _askForToken;
    private readonly string _sessionAddress;
    private readonly Uri _tokenAddress;

    public WeChatClient(HttpClient http, TimeProvider clock, ILogger<WeChatClient> logger, WeChatClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        _http = http;
        _clock = clock;
        _logger = logger;
        _options = options;
        _breaker = new CircuitBreaker(clock, options.FailuresToOpen, options.OpenFor);
        _tokens = new AccessTokenCache(clock);
        _askForToken = AskForTokenAsync;
        var root = options.Endpoint.GetLeftPart(UriPartial.Path).TrimEnd('/');
        _sessionAddress = root + "/sns/jscode2session";
        _tokenAddress = new Uri(root + "/cgi-bin/stable_token");
    }

    /// <summary>The handler the <see cref="HttpClient"/> should stand on; keep one for the life of the process.</summary>
    /// <param name="proxy">Only a proxy that is named here is used: one from the environment could read AppSecrets on plain HTTP.</param>
    public static SocketsHttpHandler CreateHandler(IWebProxy? proxy = null) => new()
    {
        // A redirect would carry the secret in the query to wherever it points.
        AllowAutoRedirect = false,
        UseCookies = false,
        Credentials = null,
        PreAuthenticate = false,
        UseProxy = proxy is not null,
        Proxy = proxy,
        // Our trace ids are none of WeChat's business.
        ActivityHeadersPropagator = null,
        ConnectTimeout = TimeSpan.FromSeconds(3),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        // Shorter than the usual keep-alive of a gateway, so that we seldom write to a connection that it is just closing.
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(20),
        AutomaticDecompression = DecompressionMethods.All,
        MaxResponseHeadersLength = 16,
        MaxResponseDrainSize = 0,
    };

    public async Task<WeChatResult<WeChatSession>> Code2SessionAsync(WeChatApp app, string jsCode, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(app);
        if (string.IsNullOrEmpty(jsCode))
        {
            return new(WeChatErrors.ToFailure(WeChatErrors.CodeMissing, "", _clock.GetUtcNow()));
        }

        if (jsCode.Length > LongestCode)
        {
            return new(WeChatErrors.ToFailure(WeChatErrors.InvalidCode, "", _clock.GetUtcNow()));
        }

        var address = new Uri(string.Concat(
            $"{_sessionAddress}?appid={Uri.EscapeDataString(app.AppId)}",
            $"&secret={Uri.EscapeDataString(app.AppSecret)}",
            $"&js_code={Uri.EscapeDataString(jsCode)}",
            "&grant_type=authorization_code"));
        var (answer, failure) = await CallAsync(app, () => SessionRequest(address), cancellationToken).ConfigureAwait(false);
        if (failure is not null)
        {
            return new(failure);
        }

        var unionId = string.IsNullOrEmpty(answer.UnionId) ? null : answer.UnionId;
        if (!IsId(answer.OpenId) || string.IsNullOrEmpty(answer.SessionKey) || (unionId is not null && !IsId(unionId)))
        {
            return new(WeChatErrors.Unanswered("WeChat's answer names no user"));
        }

        return new(new WeChatSession(answer.OpenId!, unionId, answer.SessionKey));
    }

    /// <summary>
    /// The token of <c>stable_token</c>, kept until shortly before it expires. <paramref name="refusedToken"/> is one that
    /// WeChat just refused (40001, 40014, 42001): it is not given again unless WeChat itself gives it again.
    /// </summary>
    public Task<WeChatResult<string>> StableAccessTokenAsync(WeChatApp app, CancellationToken cancellationToken, string? refusedToken = null)
    {
        ArgumentNullException.ThrowIfNull(app);
        // The call to WeChat is everybody's, so the one who gives up waiting does not end it.
        return _tokens.GetAsync(app, refusedToken, _askForToken).WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Asks WeChat now whether it gives these credentials a token, past the kept one and without changing it: <c>stable_token</c>
    /// gives the same token again. Null = it does.
    /// </summary>
    public async Task<WeChatFailure?> ProbeTokenAsync(WeChatApp app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var (token, _) = await AskForTokenAsync(app).ConfigureAwait(false);
        return token.Succeeded ? null : token.Failure;
    }

    private static HttpRequestMessage SessionRequest(Uri address) => new(HttpMethod.Get, address)
    {
        // .NET sends a request without content again by itself when a kept-alive connection breaks before the answer.
        // The code may be spent by then; content, even of no bytes, forbids that.
        Content = new ByteArrayContent([]),
    };

    private async Task<(WeChatResult<string> Token, TimeSpan ExpiresIn)> AskForTokenAsync(WeChatApp app)
    {
        var body = TokenBody(app);
        var (answer, failure) = await CallAsync(app, () => TokenRequest(body), CancellationToken.None).ConfigureAwait(false);
        if (failure is not null)
        {
            return (new(failure), default);
        }

        if (string.IsNullOrEmpty(answer.AccessToken) || answer.AccessToken.Length > LongestToken || answer.ExpiresIn is <= 0 or > 86400)
        {
            return (new(WeChatErrors.Unanswered("WeChat's answer holds no access token")), default);
        }

        return (new(answer.AccessToken), TimeSpan.FromSeconds(answer.ExpiresIn));
    }

    private HttpRequestMessage TokenRequest(byte[] body)
    {
        // Of known length: WeChat refuses chunked bodies with 412.
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return new HttpRequestMessage(HttpMethod.Post, _tokenAddress) { Content = content };
    }

    private static byte[] TokenBody(WeChatApp app)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("grant_type"u8, "client_credential"u8);
            json.WriteString("appid"u8, app.AppId);
            json.WriteString("secret"u8, app.AppSecret);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>One deadline for everything, a second try where the first cannot have spent anything, and the breaker's book-keeping.</summary>
    private async Task<(Answer Answer, WeChatFailure? Failure)> CallAsync(
        WeChatApp app, Func<HttpRequestMessage> newRequest, CancellationToken cancellationToken)
    {
        if (_breaker.Enter(app.AppId) is { } wait)
        {
            return (default, new(WeChatFailureKind.Busy, 0, "WeChat did not answer lately; not asked again yet", wait));
        }

        using var timer = new CancellationTokenSource(_options.Deadline, _clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        var (ending, answer) = await TryAsync(newRequest, both.Token).ConfigureAwait(false);
        if (ending == Ending.NotSent || (ending == Ending.Answered && answer.ErrCode == WeChatErrors.SystemBusy))
        {
            LogSecondTry(_logger, app.AppId, ending == Ending.NotSent ? "no connection" : "system busy");
            if (await PauseAsync(both.Token).ConfigureAwait(false))
            {
                (ending, answer) = await TryAsync(newRequest, both.Token).ConfigureAwait(false);
            }
        }

        if (ending != Ending.Answered)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_breaker.Failed(app.AppId))
            {
                LogOpened(_logger, app.AppId, _options.FailuresToOpen, _options.OpenFor.TotalSeconds);
            }

            return (default, WeChatErrors.Unanswered(InWords(ending)));
        }

        _breaker.Succeeded(app.AppId);
        return answer.ErrCode == 0 ? (answer, null) : (answer, WeChatErrors.ToFailure(answer.ErrCode, answer.Rid, _clock.GetUtcNow()) with { RefusedAddress = answer.RefusedAddress });
    }

    private async Task<(Ending, Answer)> TryAsync(Func<HttpRequestMessage> newRequest, CancellationToken deadline)
    {
        using var request = newRequest();
        return await Exchange.RunAsync(_http, request, _options.LargestAnswer, deadline).ConfigureAwait(false);
    }

    private async Task<bool> PauseAsync(CancellationToken deadline)
    {
        try
        {
            var jitter = 0.75 + (Random.Shared.NextDouble() / 2);
            await Task.Delay(_options.RetryDelay * jitter, _clock, deadline).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Whether it can be an openid or a unionid: it becomes a part of a user's name, so nothing else may pass for one.</summary>
    private static bool IsId(string? text) =>
        text is { Length: > 0 and <= LongestId } && !text.AsSpan().ContainsAnyExcept(s_idLetters);

    private static string InWords(Ending ending) => ending switch
    {
        Ending.NotSent => "no connection to WeChat",
        Ending.TimedOut => "WeChat did not answer in time",
        Ending.Broken => "the connection to WeChat broke",
        Ending.WrongStatus => "WeChat's gateway answered with an HTTP error",
        Ending.TooLarge => "WeChat's answer is too large",
        _ => "WeChat's answer is not the JSON we know",
    };

    [LoggerMessage(3001, LogLevel.Information, "WeChat is asked a second time for {AppId}: {Why}")]
    private static partial void LogSecondTry(ILogger logger, string appId, string why);

    [LoggerMessage(3002, LogLevel.Warning, "{Failures} calls in a row for {AppId} had no usable answer from WeChat; it is not asked again for {Seconds} s")]
    private static partial void LogOpened(ILogger logger, string appId, int failures, double seconds);
}
