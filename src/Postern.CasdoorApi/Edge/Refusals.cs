using Postern.AuthorizationServer.Http;
using Postern.AuthorizationServer.OAuth;
using Postern.AuthorizationServer.Pages;
using Postern.CasdoorApi.Calls;
using Postern.CasdoorApi.OwnApi;
using Postern.Protocol;

namespace Postern.CasdoorApi.Edge;

/// <summary>The dialect in which an address refuses (docs/design/errors.md).</summary>
internal enum RefusalDialect
{
    OAuth,
    Casdoor,
    Page,
    Problem,
}

/// <summary>One refusal in the dialect of the address: OAuth's error, Casdoor's envelope, a page, or problem details (docs/design/errors.md).</summary>
internal static class Refusals
{
    private static readonly string[] OAuthsOwn = ["/api/login/oauth", "/api/userinfo", "/api/device-auth", "/api/oauth", "/.well-known"];
    private static readonly string[] Pages = ["/login", "/logout", "/account", "/bind", SignUpPages.Path];

    public static RefusalDialect DialectOf(PathString path) =>
        Array.Exists(OAuthsOwn, segment => path.StartsWithSegments(segment)) ? RefusalDialect.OAuth
        : Array.Exists(Pages, segment => path.StartsWithSegments(segment)) ? RefusalDialect.Page
        : OwnRoutes.Holds(path) ? RefusalDialect.Problem
        : path.StartsWithSegments("/api") ? RefusalDialect.Casdoor
        : RefusalDialect.Problem;

    public static Task WriteAsync(HttpContext context, OAuthError error)
    {
        switch (DialectOf(context.Request.Path))
        {
            case RefusalDialect.OAuth:
                return OAuthAnswers.WriteAsync(context, error);
            case RefusalDialect.Page:
                return ErrorPage.Of(context, Brand.Ours, error).WriteAsync(context);
            case RefusalDialect.Problem:
                var code = OwnRoutes.Holds(context.Request.Path) ? ErrorCode.Of(error).Name : null;
                return Problems.WriteAsync(context, error.Status, error.Description, error.RetryAfter, code);
        }

        context.Response.StatusCode = error.Status;
        RetryAfter.Set(context.Response, error.RetryAfter);
        context.Response.Headers.CacheControl = "no-store";
        return Envelope.Error(ErrorCode.Of(error), error.Text).ExecuteAsync(context);
    }

    public static IResult Of(OAuthError error) => new Answer(error);

    private sealed class Answer(OAuthError error) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext, error);
    }
}
