using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Postern.WeChat;

/// <summary>
/// WeChat's server APIs. AppSecret and code travel in the URL because WeChat wants them there, so nothing here logs a URL
/// or lets an exception carry one.
/// </summary>
public sealed partial class WeChatClient(HttpClient http, TimeProvider clock, ILogger<WeChatClient> logger, WeChatClientOptions options)
{
    private static readonly TimeSpan LongestDeadline = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan PauseBeforeRetry = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan TokenMargin = TimeSpan.FromMinutes(5);

    private readonly Breaker breaker = new(clock);
    private readonly StableTokens tokens = new();
    private readonly string endpoint = options.Endpoint.ToString().TrimEnd('/');
    private readonly TimeSpan deadline = options.Deadline < LongestDeadline ? options.Deadline : LongestDeadline;

    /// <summary>A handler for these calls: no redirects (a redirected URL would carry the secret elsewhere), no cookies.</summary>
    public static SocketsHttpHandler CreateHandler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = TimeSpan.FromSeconds(3),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ActivityHeadersPropagator = null,
        MaxResponseHeadersLength = 16,
    };

    /// <summary>code2Session (wechat-api section 1): what a code of <c>wx.login</c> proves.</summary>
    public async Task<WeChatResult<WeChatSession>> Code2SessionAsync(WeChatApp app, string jsCode, CancellationToken cancel)
    {
        var url = $"{endpoint}/sns/jscode2session?appid={Uri.EscapeDataString(app.AppId)}&secret={Uri.EscapeDataString(app.AppSecret)}&js_code={Uri.EscapeDataString(jsCode)}&grant_type=authorization_code";
        var called = await CallAsync(app.AppId, () => new HttpRequestMessage(HttpMethod.Get, url), cancel).ConfigureAwait(false);
        if (!called.Succeeded)
        {
            return called.Failure;
        }

        var answer = called.Value;
        return answer.GetValueOrDefault("openid") is { Length: > 0 and <= 128 } openid && answer.GetValueOrDefault("session_key") is { Length: > 0 } key
            ? new WeChatSession(openid, answer.GetValueOrDefault("unionid") is { Length: > 0 and <= 128 } unionid ? unionid : null, key)
            : Busy("the answer has no openid or no session_key");
    }

    /// <summary>
    /// The stable access token (section 3.2), cached until five minutes before its end and fetched by one call at a time.
    /// </summary>
    /// <param name="app">Whose.</param>
    /// <param name="refusedToken">A token that WeChat just refused: it is dropped if it is still the cached one.</param>
    /// <param name="cancel">Ends this caller's wait, not the call that others share.</param>
    public Task<WeChatResult<string>> StableAccessTokenAsync(WeChatApp app, CancellationToken cancel, string? refusedToken = null) =>
        tokens.GetAsync(app.AppId, clock.GetUtcNow(), refusedToken, () => FetchTokenAsync(app)).WaitAsync(cancel);

    private async Task<(WeChatResult<string> Token, DateTimeOffset Until)> FetchTokenAsync(WeChatApp app)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credential",
            ["appid"] = app.AppId,
            ["secret"] = app.AppSecret,
        }, RelaxedJson);
        var called = await CallAsync(app.AppId, () => new HttpRequestMessage(HttpMethod.Post, endpoint + "/cgi-bin/stable_token")
        {
            // A known length: WeChat refuses chunked bodies with 412 (section 0.1).
            Content = new ByteArrayContent(body) { Headers = { { "Content-Type", "application/json" } } },
        }, CancellationToken.None).ConfigureAwait(false);
        if (!called.Succeeded)
        {
            return (called.Failure, default);
        }

        var answer = called.Value;
        return answer.GetValueOrDefault("access_token") is { Length: > 0 and <= 1024 } token && int.TryParse(answer.GetValueOrDefault("expires_in"), out var seconds)
            ? (token, clock.GetUtcNow() + TimeSpan.FromSeconds(seconds) - TokenMargin)
            : (Busy("the answer has no access_token"), default);
    }

    private static readonly JsonSerializerOptions RelaxedJson = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// One call under one deadline. It is tried a second time only where the first cannot have spent a code: after −1, and
    /// where no connection was made (section 1.4).
    /// </summary>
    private async Task<WeChatResult<Dictionary<string, string>>> CallAsync(string appid, Func<HttpRequestMessage> request, CancellationToken cancel)
    {
        if (breaker.Ask(appid) is { } wait)
        {
            return new WeChatFailure(WeChatFailureKind.Busy, 0, "recent calls for this appid did not arrive: not called", wait);
        }

        using var limit = new CancellationTokenSource(deadline, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var answer = await SendAsync(request(), both.Token).ConfigureAwait(false);
                breaker.Arrived(appid);
                var errCode = AnswerReader.ErrCode(answer);
                if (errCode == 0)
                {
                    return answer;
                }

                if (errCode != ErrCodes.Busy || attempt > 1)
                {
                    return ErrCodes.FailureOf(errCode, AnswerReader.Rid(answer));
                }
            }
            catch (HttpRequestException e) when (attempt == 1 && e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError)
            {
                LogRetry(appid, e.HttpRequestError);
            }
            catch (HttpRequestException e)
            {
                breaker.Failed(appid);
                return Busy("the connection failed: " + e.HttpRequestError);
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                breaker.Failed(appid);
                return Busy("no whole answer in time");
            }
            catch (IOException)
            {
                breaker.Failed(appid);
                return Busy("the answer was cut");
            }
            catch (BadAnswerException e)
            {
                breaker.Failed(appid);
                return Busy(e.Message);
            }

            try
            {
                await Task.Delay(PauseBeforeRetry * (0.5 + Random.Shared.NextDouble()), clock, both.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                return Busy("no whole answer in time");
            }
        }
    }

    private async Task<Dictionary<string, string>> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        using (request)
        using (var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false))
        {
            return response.StatusCode == HttpStatusCode.OK
                ? AnswerReader.Scalars(await AnswerReader.ReadAsync(response, cancel).ConfigureAwait(false))
                : throw new BadAnswerException($"HTTP status {(int)response.StatusCode}");
        }
    }

    private static WeChatFailure Busy(string reason) => new(WeChatFailureKind.Busy, 0, reason, TimeSpan.FromSeconds(3));

    [LoggerMessage(EventId = 3001, Level = LogLevel.Information, Message = "No connection to WeChat for {AppId} ({Error}): trying once more")]
    private partial void LogRetry(string appId, HttpRequestError error);
}
