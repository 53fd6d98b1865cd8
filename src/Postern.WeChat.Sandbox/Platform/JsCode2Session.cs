namespace Postern.WeChat.Sandbox.Platform;

internal static class JsCode2Session
{
    public const string Route = "jscode2session";

    // Any method: what counts is the query, so a posted form meets 41002, as at WeChat.
    public static void Map(WebApplication app, WeChatPlatform platform) =>
        app.Map("/sns/jscode2session", context => Chunked.Refused(context)
            ? Task.CompletedTask
            : ReplyWriter.AnswerAsync(context, platform, Route, Parameter(context, "appid"), Process));

    private static Reply Process(HttpContext context, WeChatPlatform platform)
    {
        var appId = Parameter(context, "appid");
        var code = Parameter(context, "js_code");
        var refusal = Refusal(platform.Find(appId), appId, Parameter(context, "secret"), code, Parameter(context, "grant_type"));
        if (refusal != 0)
        {
            return Reply.SnsError(refusal, platform.Clock);
        }

        var (errCode, persona) = platform.Codes.Spend(code, appId);
        if (errCode == 0 && platform.People.IsBlocked(persona))
        {
            errCode = 40226;
        }

        return errCode == 0 ? Session(platform, appId, persona) : Reply.SnsError(errCode, platform.Clock);
    }

    /// <summary>The order of the checks decides which error a request with two mistakes gets.</summary>
    private static int Refusal(SandboxApp? app, string appId, string secret, string code, string grantType) =>
        appId.Length == 0 ? 41002
        : secret.Length == 0 ? 41004
        : code.Length == 0 ? 41008
        : app is null ? 40013
        : app.Frozen ? 40243
        : app.AppSecret != secret ? 40125
        : grantType != "authorization_code" ? 40002
        : 0;

    private static Reply Session(WeChatPlatform platform, string appId, string persona)
    {
        var openId = People.OpenId(appId, persona);
        var key = platform.SessionKeys.AtSignIn(appId, openId);
        return Reply.OfSns(platform.Find(appId)?.OpenPlatform is { } openPlatform
            ? $$"""{"session_key":"{{key}}","openid":"{{openId}}","unionid":"{{People.UnionId(openPlatform, persona)}}"}"""
            : $$"""{"session_key":"{{key}}","openid":"{{openId}}"}""");
    }

    private static string Parameter(HttpContext context, string name) => context.Request.Query[name].ToString();
}
