namespace Postern.Server.OAuth;

/// <summary>
/// Addresses that a page of any origin may call from a browser (the Fetch standard's CORS protocol). No credentials: a call
/// from elsewhere brings its own token or none, and the browser's cookies never come along.
/// </summary>
internal static class CrossOrigin
{
    private const string Methods = "GET, POST, OPTIONS";
    private const string Headers = "authorization, content-type, dpop";
    private const string Exposed = "www-authenticate, dpop-nonce";
    private const string SecondsKept = "600";

    /// <summary>Maps an address with its preflight.</summary>
    /// <returns>The address without its preflight.</returns>
    public static IEndpointConventionBuilder MapCrossOrigin(this IEndpointRouteBuilder routes, string path, IEnumerable<string> methods, RequestDelegate handle)
    {
        routes.MapMethods(path, [HttpMethods.Options], Opened(PreflightAsync));
        return routes.MapMethods(path, methods, Opened(handle));
    }

    private static RequestDelegate Opened(RequestDelegate handle) => context =>
    {
        // As the answer starts, because a failure clears what was set before it: a page must be able to read refusals too.
        context.Response.OnStarting(static state =>
        {
            var headers = ((HttpResponse)state).Headers;
            headers.AccessControlAllowOrigin = "*";
            headers.AccessControlExposeHeaders = Exposed;
            return Task.CompletedTask;
        }, context.Response);
        return handle(context);
    };

    private static Task PreflightAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = StatusCodes.Status204NoContent;
        response.Headers.AccessControlAllowMethods = Methods;
        response.Headers.AccessControlAllowHeaders = Headers;
        response.Headers.AccessControlMaxAge = SecondsKept;
        return Task.CompletedTask;
    }
}
