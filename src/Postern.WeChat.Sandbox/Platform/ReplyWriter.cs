using System.Text;

namespace Postern.WeChat.Sandbox.Platform;

/// <summary>Runs one call with the fault that waits for it, if any.</summary>
internal static class ReplyWriter
{
    public static Task AnswerAsync(HttpContext context, WeChatPlatform platform, string route, string appId, Func<HttpContext, WeChatPlatform, Reply> process)
    {
        // Only known apps are counted by name: the table must not grow with what callers invent.
        var known = platform.Find(appId) is null ? "-" : appId;
        platform.Calls.Add(route, known);
        return platform.Faults.Take(route, appId) is { } fault
            ? AnswerWithFaultAsync(context, platform, route, fault, process)
            : SendAsync(context, process(context, platform));
    }

    private static Task SendAsync(HttpContext context, Reply reply)
    {
        var response = context.Response;
        response.ContentType = reply.ContentType;
        response.ContentLength = Encoding.UTF8.GetByteCount(reply.Json);
        Encoding.UTF8.GetBytes(reply.Json, response.BodyWriter);
        return Task.CompletedTask;
    }

    private static async Task AnswerWithFaultAsync(
        HttpContext context, WeChatPlatform platform, string route, FaultKind fault, Func<HttpContext, WeChatPlatform, Reply> process)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, platform.Stopping);
        try
        {
            if (fault.DelayMs > 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(fault.DelayMs), platform.Clock.Inner, gone.Token);
            }

            if (fault.Hang == FaultPoint.Before)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, gone.Token);
            }

            if (fault.Cut == FaultPoint.Before)
            {
                context.Abort();
                return;
            }

            if (fault.Status is { } status)
            {
                await SendStatusAsync(context, status);
                return;
            }

            var reply = fault.ErrCode is { } errCode ? ErrorOf(route, errCode, platform.Clock) : process(context, platform);
            await SendDeformedAsync(context, platform, fault, reply, gone.Token);
        }
        catch (OperationCanceledException)
        {
            context.Abort();
        }
    }

    private static Reply ErrorOf(string route, int errCode, SandboxClock clock) =>
        route == JsCode2Session.Route ? Reply.SnsError(errCode, clock) : Reply.CgiBinError(errCode, clock);

    private static async Task SendDeformedAsync(HttpContext context, WeChatPlatform platform, FaultKind fault, Reply reply, CancellationToken gone)
    {
        if (fault.Hang is not null)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, gone);
        }

        if (fault.Cut == FaultPoint.After)
        {
            context.Abort();
            return;
        }

        var body = fault.Body is { } kind ? Deformation.Of(kind, reply) : reply.ToBytes();
        context.Response.ContentType = fault.ContentType ?? reply.ContentType;
        context.Response.ContentLength = body.Length;
        if (fault.Body == FaultBody.Gzip)
        {
            context.Response.Headers.ContentEncoding = "gzip";
        }

        if (fault.Cut == FaultPoint.Mid)
        {
            await context.Response.Body.WriteAsync(body.AsMemory(0, body.Length / 2), gone);
            await context.Response.Body.FlushAsync(gone);
            context.Abort();
        }
        else if (fault.Drip)
        {
            await DripAsync(context, platform.Clock.Inner, body, gone);
        }
        else
        {
            await context.Response.Body.WriteAsync(body, gone);
        }
    }

    private static async Task DripAsync(HttpContext context, TimeProvider clock, byte[] body, CancellationToken gone)
    {
        for (var i = 0; i < body.Length; i++)
        {
            await context.Response.Body.WriteAsync(body.AsMemory(i, 1), gone);
            await context.Response.Body.FlushAsync(gone);
            await Task.Delay(TimeSpan.FromSeconds(1), clock, gone);
        }
    }

    private static Task SendStatusAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        if (status is >= 300 and < 400)
        {
            context.Response.Headers.Location = "/elsewhere";
        }

        context.Response.ContentType = "text/html";
        return context.Response.WriteAsync($"<html><body><h1>{status}</h1></body></html>", context.RequestAborted);
    }
}
