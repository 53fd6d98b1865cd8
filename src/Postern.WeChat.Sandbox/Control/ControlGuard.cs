using System.Net;

namespace Postern.WeChat.Sandbox.Control;

/// <summary>
/// Keeps other people's web pages away from the control routes: a rebinding name shows in Host, a cross-site request in
/// Origin or Sec-Fetch-Site. What comes from another machine is refused too, where more than loopback is bound.
/// </summary>
internal static class ControlGuard
{
    public static Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var path = context.Request.Path;
        var guarded = path == "/" || path.StartsWithSegments("/sandbox");
        if (!guarded || IsOurs(context))
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        context.Response.ContentType = "text/plain";
        return context.Response.WriteAsync("The sandbox is controlled from this machine, and not from other sites' pages.\n", context.RequestAborted);
    }

    private static bool IsOurs(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } caller && IPAddress.IsLoopback(caller)
        && IsLoopback(context.Request.Host.Host)
        && IsSameOrigin(context.Request);

    private static bool IsLoopback(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static bool IsSameOrigin(HttpRequest request)
    {
        var origin = request.Headers.Origin;
        if (origin.Count > 0 && !string.Equals(origin.ToString(), $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var site = request.Headers["Sec-Fetch-Site"];
        // "none" is a typed address or a bookmark; no page can make a browser say so.
        return site.Count == 0 || site == "same-origin" || (site == "none" && HttpMethods.IsGet(request.Method))
            || (request.Path == "/" && HttpMethods.IsGet(request.Method));
    }
}
