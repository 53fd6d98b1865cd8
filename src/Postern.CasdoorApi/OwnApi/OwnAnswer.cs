using System.Text.Json.Nodes;
using Postern.AuthorizationServer.Http;
using Postern.CasdoorApi.Calls;
using Postern.Protocol;

namespace Postern.CasdoorApi.OwnApi;

/// <summary>The answers of <see cref="OwnRoutes"/>.</summary>
internal static class OwnAnswer
{
    public static readonly OwnProblem LoginFirst = new(
        StatusCodes.Status401Unauthorized, ErrorCode.Unauthorized.Name, new("Send an access token, or sign in first.", "请发送访问令牌，或先登录。"))
    {
        Challenge = "Bearer",
    };

    public static readonly OwnProblem NeedsUser = new(
        StatusCodes.Status403Forbidden, ErrorCode.AccessDenied.Name, new("This is for a signed-in user. An application's own credentials are not enough.", "此接口仅供已登录的用户使用，应用凭据不可用。"));

    /// <summary>The account was proved too long ago (RFC 9470 has the challenge and its <c>max_age</c>).</summary>
    public static OwnProblem AuthenticateAgain(TimeSpan limit) => new(
        StatusCodes.Status401Unauthorized, "recent_authentication_required",
        new(
            $"The sign-in is older than {limit.TotalMinutes:0} minutes. Sign in again, or send a proof of the account.",
            $"登录已超过 {limit.TotalMinutes:0} 分钟。请重新登录，或发送账号凭证。"))
    {
        Challenge = $"Bearer error=\"insufficient_user_authentication\", max_age=\"{limit.TotalSeconds:0}\"",
    };

    public static IResult Ok(JsonNode body) => new JsonAnswer(StatusCodes.Status200OK, body);

    public static IResult Created(JsonNode body) => new JsonAnswer(StatusCodes.Status201Created, body);

    public static OwnProblem Refuse(int status, string code, LocalizedText text) => new(status, code, text);

    public static OwnProblem Invalid(LocalizedText text) => new(StatusCodes.Status400BadRequest, ErrorCode.InvalidRequest.Name, text);

    public static OwnProblem NotFound(LocalizedText text) => new(StatusCodes.Status404NotFound, ErrorCode.NotFound.Name, text);

    public static OwnProblem Denied() => new(StatusCodes.Status403Forbidden, ErrorCode.AccessDenied.Name, new("The caller has no permission for this.", "调用者没有权限。"));

    /// <summary>The credentials were not accepted.</summary>
    public static OwnProblem Denied(Identified identified)
    {
        var isDenied = identified.Code == ErrorCode.AccessDenied;
        return new(isDenied ? StatusCodes.Status403Forbidden : StatusCodes.Status401Unauthorized, identified.Code.Name, identified.Refusal!)
        {
            Challenge = $"Bearer error=\"{identified.Error}\"",
        };
    }

    /// <summary>What OAuth's part refused.</summary>
    public static OwnProblem Of(OAuthError error) => new(error.Status, error.Code, error.Text) { RetryAfter = error.RetryAfter };

    private sealed class JsonAnswer(int status, JsonNode body) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = status;
            httpContext.Response.Headers.CacheControl = "no-store";
            httpContext.Response.ContentType = "application/json; charset=utf-8";
            return httpContext.Response.WriteAsync(body.ToJsonString(), httpContext.RequestAborted);
        }
    }
}

/// <summary>A refusal as problem details (RFC 9457), in the reader's language.</summary>
/// <param name="Status">HTTP's.</param>
/// <param name="Code">Stable, for programs.</param>
/// <param name="Text">What happened and what to do.</param>
internal sealed record OwnProblem(int Status, string Code, LocalizedText Text) : IResult
{
    /// <summary>The header WWW-Authenticate, where credentials are the remedy; a challenge that is set already stays.</summary>
    public string? Challenge { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        if (Challenge is not null && Status == StatusCodes.Status401Unauthorized && httpContext.Response.Headers.WWWAuthenticate.Count == 0)
        {
            httpContext.Response.Headers.WWWAuthenticate = Challenge;
        }

        return Problems.WriteAsync(httpContext, Status, Text.In(Languages.Of(httpContext.Request)), RetryAfter, Code);
    }
}
