using Postern.Protocol;
using Postern.Server.Casdoor;
using Postern.Server.OAuth;

namespace Postern.Server.Hosting;

/// <summary>One refusal in the dialect of the address: OAuth's error, Casdoor's envelope, or problem details (design section 6).</summary>
internal static class Refusals
{
    public static Task WriteAsync(HttpContext context, OAuthError error)
    {
        var path = context.Request.Path;
        if (path.StartsWithSegments("/api/login/oauth") || path.StartsWithSegments("/api/userinfo") || path.StartsWithSegments("/.well-known"))
        {
            return OAuthAnswers.WriteAsync(context, error);
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
