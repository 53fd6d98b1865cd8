using System.Diagnostics;
using System.Reflection;
using Postern.Directory.Credentials;
using Postern.Protocol;
using Postern.Storage.Databases;

namespace Postern.CasdoorApi.Edge;

/// <summary>
/// What no route expected, answered in the dialect of the address (docs/design/errors.md): a database that cannot serve is 503
/// with Retry-After, a request that cannot be read keeps Kestrel's status, everything else is 500. Callers learn nothing
/// of the cause. The log names it without an exception's message, because a message may repeat what was sent or stored.
/// </summary>
public sealed partial class ExceptionMiddleware(RequestDelegate next, ILogger<ExceptionMiddleware> logger)
{
    private const int MostPlaces = 8;

    private static readonly OAuthError Busy = OAuthError.Unavailable(
        "the server cannot read or write its data now: try again shortly", "服务器暂时不可用，请稍后重试", TimeSpan.FromSeconds(2));

    private static readonly OAuthError Overloaded = OAuthError.Unavailable(
        "the server has too much to do now: try again shortly", "服务器繁忙，请稍后重试", TimeSpan.FromSeconds(2));

    private static readonly OAuthError Broken = OAuthError.ServerError("the server made a mistake", "服务器内部错误");

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested && !context.Response.HasStarted)
        {
            // Nobody is there to read an answer; the number is what proxies log for that.
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            await AnswerAsync(context, OAuthError.InvalidRequest("the request cannot be read", "无法读取请求") with { Status = e.StatusCode });
        }
        catch (StorageUnavailableException e)
        {
            LogStorage(Address(context), e.Message);
            await AnswerAsync(context, Busy);
        }
        catch (OverloadedException e)
        {
            LogOverload(Address(context), e.Message);
            await AnswerAsync(context, Overloaded);
        }
        catch (Exception e)
        {
            LogMistake(Address(context), Describe(e));
            await AnswerAsync(context, Broken);
        }
    }

    /// <summary>An address of ours by its pattern: what stands in a path of a caller's choice is not ours to log.</summary>
    private static string Address(HttpContext context) =>
        (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "no address of ours";

    private static async Task AnswerAsync(HttpContext context, OAuthError error)
    {
        if (context.Response.HasStarted)
        {
            // Half an answer must not look like a whole one.
            context.Abort();
            return;
        }

        // Also what the route had set before it failed, such as a session's cookie.
        context.Response.Clear();
        await Refusals.WriteAsync(context, error);
    }

    /// <summary>The types of an exception and of what caused it, and the methods it passed: none of that holds a value.</summary>
    private static string Describe(Exception e)
    {
        var kinds = new List<string>();
        var innermost = e;
        for (var cause = e; cause is not null; cause = cause.InnerException)
        {
            kinds.Add(cause.GetType().Name);
            innermost = cause;
        }

        var places = new StackTrace(innermost, fNeedFileInfo: false).GetFrames()
            .Select(frame => frame.GetMethod()).OfType<MethodBase>()
            .Where(method => method.DeclaringType?.Namespace?.StartsWith("System.Runtime", StringComparison.Ordinal) != true)
            .Select(method => $"{method.DeclaringType?.FullName}.{method.Name}").Take(MostPlaces);
        return $"{string.Join(" of ", kinds)} in {string.Join(" < ", places)}";
    }

    [LoggerMessage(EventId = 5101, Level = LogLevel.Error, Message = "A request to {Address} could not be served: {Reason}")]
    private partial void LogStorage(string address, string reason);

    [LoggerMessage(EventId = 5103, Level = LogLevel.Warning, Message = "A request to {Address} was refused: {Reason}")]
    private partial void LogOverload(string address, string reason);

    [LoggerMessage(EventId = 5102, Level = LogLevel.Error, Message = "A request to {Address} met a mistake of ours: {What}")]
    private partial void LogMistake(string address, string what);
}
