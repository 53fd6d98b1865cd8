using Postern.Protocol;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.OAuth;

/// <summary>
/// What pages of other origins may call from a browser (the Fetch standard's CORS protocol): a few addresses from anywhere, the
/// rest of the API with a bearer token of an application that lists a redirect address of the page's origin. The browser's
/// cookies never come along (docs/casdoor-compatibility.md).
/// </summary>
public static class CrossOrigin
{
    private const string Methods = "GET, POST, OPTIONS";
    private const string Headers = "authorization, content-type, dpop";
    private const string Exposed = "www-authenticate, dpop-nonce";
    private const string SecondsKept = "600";

    /// <summary>Maps an address that a page of any origin may call.</summary>
    public static IEndpointConventionBuilder MapCrossOrigin(
        this IEndpointRouteBuilder routes, string path, IEnumerable<string> methods, RequestDelegate handle) =>
        routes.MapMethods(path, methods, context =>
        {
            AnswerTo(context, static _ => "*");
            return handle(context);
        });

    /// <summary>
    /// The same for an address that reads no cookie. Some libraries ask their browser to send cookies there (keycloak-js), and then
    /// the browser requires the origin by name and this permission.
    /// </summary>
    public static IEndpointConventionBuilder MapCrossOriginWithoutCookies(
        this IEndpointRouteBuilder routes, string path, IEnumerable<string> methods, RequestDelegate handle) =>
        routes.MapMethods(path, methods, context =>
        {
            AnswerTo(context, static context =>
            {
                var origin = context.Request.Headers.Origin.ToString();
                if (origin.Length == 0)
                {
                    return "*";
                }

                context.Response.Headers.AccessControlAllowCredentials = "true";
                return origin;
            });
            return handle(context);
        });

    /// <summary>
    /// Preflights of the whole API. A preflight does not identify the caller, so every origin is permitted: the answer to the call itself is
    /// then readable or not (<see cref="AnswerBearer"/>). Credentials are not permitted, so browsers send no cookies with the call.
    /// </summary>
    public static void AnswerPreflights(this WebApplication app) => app.Use((context, next) =>
    {
        if (!HttpMethods.IsOptions(context.Request.Method) || !context.Request.Path.StartsWithSegments("/api"))
        {
            return next(context);
        }

        var response = context.Response;
        response.StatusCode = StatusCodes.Status204NoContent;
        response.Headers.AccessControlAllowOrigin = "*";
        response.Headers.AccessControlAllowMethods = Methods;
        response.Headers.AccessControlAllowHeaders = Headers;
        response.Headers.AccessControlExposeHeaders = Exposed;
        response.Headers.AccessControlMaxAge = SecondsKept;
        return Task.CompletedTask;
    });

    /// <summary>
    /// Lets the page that sent a token read the answer, where the token's application lists its origin. Null = the token is not good:
    /// the refusal is readable by every page, and contains nothing else.
    /// </summary>
    public static void AnswerBearer(HttpContext context, Application? client)
    {
        var origin = context.Request.Headers.Origin.ToString();
        if (origin.Length > 0 && (client is null || Array.Exists(client.RedirectUriList(), address => RedirectUris.IsOfOrigin(address, origin))))
        {
            AnswerTo(context, static context => context.Request.Headers.Origin.ToString());
        }
    }

    private static void AnswerTo(HttpContext context, Func<HttpContext, string> origin)
    {
        // Set when the answer starts, because a failure clears the headers that were set before: a page must be able to read refusals too.
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            // The callback that was registered last runs first, so an address that answers every origin decides.
            headers.AccessControlAllowOrigin = origin(context);
            headers.AccessControlExposeHeaders = Exposed;
            if (headers.AccessControlAllowOrigin != "*")
            {
                headers.Vary = "Origin";
            }

            return Task.CompletedTask;
        });
    }
}
