namespace Postern.WeChat.Sandbox.Platform;

internal static class Chunked
{
    /// <summary>WeChat's gateway wants a Content-Length (section 0.1); the mistake should show offline.</summary>
    public static bool Refused(HttpContext context)
    {
        if (!context.Request.Headers.ContainsKey("Transfer-Encoding"))
            return false;
        context.Response.StatusCode = StatusCodes.Status412PreconditionFailed;
        return true;
    }
}
