using Postern.Protocol;
using Postern.Server.Casdoor;
using Postern.Server.OAuth;
using Postern.Server.SignIn.Pages;

namespace Postern.Server.Hosting;

/// <summary>One refusal in the dialect of the address: OAuth's error, Casdoor's envelope, a page, or problem details (design section 6).</summary>
internal static class Refusals
{
    private static readonly string[] OAuthsOwn = ["/api/login/oauth", "/api/userinfo", "/api/device-auth", "/api/oauth", "/.well-known"];
    private static readonly string[] Pages = ["/login", "/logout", "/account"];

    public static Task WriteAsync(HttpContext context, OAuthError error)
    {
        var path = context.Request.Path;
        if (Array.Exists(OAuthsOwn, segment => path.StartsWithSegments(segment)))
        {
            return OAuthAnswers.WriteAsync(context, error);
        }

        if (Array.Exists(Pages, segment => path.StartsWithSegments(segment)))
        {
            return ErrorPage.Of(context, Brand.Ours, error).WriteAsync(context);
        }

        if (!path.StartsWithSegments("/api"))
        {
            return Problems.WriteAsync(context, error.Status, error.Description, error.RetryAfter);
        }

        context.Response.StatusCode = error.Status;
        RetryAfter.Set(context.Response, error.RetryAfter);
        context.Response.Headers.CacheControl = "no-store";
        return Envelope.Error(error.Description).ExecuteAsync(context);
    }

    public static IResult Of(OAuthError error) => new Answer(error);

    private sealed class Answer(OAuthError error) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext, error);
    }
}
