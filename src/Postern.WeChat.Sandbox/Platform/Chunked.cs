namespace Postern.WeChat.Sandbox.Platform;

internal static class Chunked
{
    /// <summary>WeChat's gateway requires a Content-Length. A client without one must fail offline too.</summary>
    public static bool Refused(HttpContext context)
    {
        if (!context.Request.Headers.ContainsKey("Transfer-Encoding"))
        {
            return false;
        }

        context.Response.StatusCode = StatusCodes.Status412PreconditionFailed;
        return true;
    }
}
