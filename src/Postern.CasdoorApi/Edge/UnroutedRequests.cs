using Postern.Protocol;

namespace Postern.CasdoorApi.Edge;

/// <summary>Requests that reach no route of ours: an address or a method that we don't have, and text that no database keeps.</summary>
public static class UnroutedRequests
{
    private const string TokenRoutes = "/api/login/oauth";

    public static void RefuseUnrouted(this WebApplication app) => app.Use(async (context, next) =>
    {
        if (HoldsNul(context.Request))
        {
            await AnswerAsync(context, StatusCodes.Status400BadRequest, "U+0000 is not allowed in the query");
            return;
        }

        await next(context);
        if (context.Response is { HasStarted: false, ContentType: null, StatusCode: StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed } response)
        {
            await AnswerAsync(context, response.StatusCode, response.StatusCode == StatusCodes.Status404NotFound ? "there is nothing at this address" : "this address does not take this method");
        }
    });

    /// <summary>PostgreSQL keeps no U+0000 in text. A token request's parameters are judged in OAuth's words, by its own reader.</summary>
    private static bool HoldsNul(HttpRequest request) =>
        request.QueryString.Value is { } query && query.Contains("%00", StringComparison.Ordinal) && !request.Path.StartsWithSegments(TokenRoutes);

    private static Task AnswerAsync(HttpContext context, int status, string sentence) =>
        Refusals.WriteAsync(context, OAuthError.InvalidRequest(sentence) with { Status = status });
}
