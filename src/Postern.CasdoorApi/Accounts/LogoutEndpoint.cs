using Postern.AuthorizationServer.OAuth;
using Postern.AuthorizationServer.Pages;
using Postern.AuthorizationServer.SignIn;
using Postern.CasdoorApi.Calls;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.Accounts;

/// <summary>
/// <c>GET|POST /api/logout</c> (OpenID Connect RP-Initiated Logout 1.0), for mobile libraries also at <c>/api/login/oauth/logout</c>. A
/// browser that navigates is answered with a page, a program with the envelope.
/// </summary>
internal static class LogoutEndpoint
{
    public static readonly IReadOnlyList<string> Paths = ["/api/logout", "/api/login/oauth/logout"];

    private static readonly OAuthError UnknownHint = OAuthError.InvalidRequest(
        "id_token_hint is not a token of this server, so the application could not sign you out", "id_token_hint 不是本服务器签发的令牌，应用未能让您退出登录");

    private static readonly OAuthError AnotherClient = OAuthError.InvalidRequest(
        "client_id is not the application that id_token_hint was issued to, so you were not signed out", "client_id 与 id_token_hint 所属的应用不一致，您尚未退出登录");

    private static readonly OAuthError UnlistedAddress = OAuthError.InvalidRequest(
        "you are signed out of the application, but post_logout_redirect_uri is not an address that it lists, so you are not taken there",
        "您已退出该应用，但 post_logout_redirect_uri 不是应用登记的地址，因此不会跳转");

    public static async Task<IResult> HandleAsync(HttpContext context)
    {
        var services = context.RequestServices;
        var sent = await ParametersAsync(context);
        if (sent("id_token_hint") is { Length: > 0 } hint)
        {
            return await ByHintAsync(context, hint, sent);
        }

        if (context.Request.Headers.Authorization.Count > 0)
        {
            var identified = await services.GetRequiredService<Callers>().IdentifyAsync(context, Opens.Everything);
            if (identified.Refusal is not null)
            {
                return Envelope.Denied(identified);
            }

            var caller = identified.Caller;
            if (caller.Token is { } token)
            {
                await SignOut.EndAsync(context, token.GrantId, null, caller.User);
            }

            return caller.User is { } named ? Envelope.Ok($"{named.Owner}/{named.Name}") : Envelope.Ok();
        }

        // A browser that comes by itself is asked first: a link must not sign anybody out (RP-Initiated Logout §2).
        if (IsNavigation(context.Request))
        {
            return ToPage(sent, sent("client_id"));
        }

        // Signing out is no write that a foreign page gains by, but it need not be able to.
        var isForeign = !HttpMethods.IsGet(context.Request.Method) && !SameOrigin.Allows(context.Request, services.GetRequiredService<CasdoorApiOptions>());
        if (isForeign)
        {
            return Envelope.Denied(ErrorCode.AccessDenied, Callers.CrossSite);
        }

        if (await services.GetRequiredService<Sessions>().FindAsync(context) is not { } session)
        {
            return Envelope.Ok();
        }

        await SignOut.EndAsync(context, null, session.Hash, session.User);
        services.GetRequiredService<Sessions>().DeleteCookie(context);
        return Envelope.Ok($"{session.User.Owner}/{session.User.Name}");
    }

    private static async Task<IResult> ByHintAsync(HttpContext context, string hint, Func<string, string> sent)
    {
        var services = context.RequestServices;
        var database = services.GetRequiredService<Database>();
        var grantId = await services.GetRequiredService<AccessTokenReader>().ReadHintAsync(hint, context.RequestAborted);
        var grant = grantId is null ? null : await database.ReadAsync(c => Grants.FindAsync(c, grantId), context.RequestAborted);
        if (grant is null)
        {
            return Refuse(context, sent, new LocalizedText("Token not found, invalid accessToken", "未找到该令牌，访问令牌无效"), UnknownHint);
        }

        var (user, application) = await database.ReadAsync(async connection => (
            grant.UserId.Length > 0 ? await Users.FindByIdAsync(connection, grant.UserId) : null,
            await Applications.FindByIdAsync(connection, grant.ApplicationId)),
            context.RequestAborted);
        // The hint says which client asks: a name beside it must be the same (RP-Initiated Logout §2).
        if (sent("client_id") is { Length: > 0 } client && client != application?.ClientId)
        {
            return Refuse(context, sent, new LocalizedText(
                "client_id is not the client of id_token_hint",
                "client_id 不是 id_token_hint 所属的客户端"), AnotherClient);
        }

        // The browser's session ends with it where it is the same person's.
        var sessions = services.GetRequiredService<Sessions>();
        var session = await sessions.FindAsync(context) is { } found && found.User.Id == grant.UserId ? found : null;
        await SignOut.EndAsync(context, grant.Id, session?.Hash, user);
        if (session is not null)
        {
            sessions.DeleteCookie(context);
        }

        var target = sent("post_logout_redirect_uri");
        if (target.Length == 0)
        {
            return IsNavigation(context.Request) ? Results.Redirect(SignOutPages.Path) : Envelope.Written(true);
        }

        if (!SignOut.IsListed(application, target))
        {
            return Refuse(context, sent, new LocalizedText(
                $"Redirect URI: {target} doesn't exist in the allowed Redirect URI list",
                $"重定向 URI: {target} 不在允许的重定向 URI 列表中"), UnlistedAddress);
        }

        return application!.MayLeadTo(target) ? Results.Redirect(SignOut.AddressOf(target, sent("state"))) : ToPage(sent, application.ClientId);
    }

    /// <summary>A person reads it on a page and can go on to sign out there; a program reads the envelope.</summary>
    private static IResult Refuse(HttpContext context, Func<string, string> sent, LocalizedText message, OAuthError onPage) =>
        IsNavigation(context.Request) ? SignOutPages.Refusal(context, onPage, sent("ui_locales")) : Envelope.Error(ErrorCode.InvalidRequest, message);

    private static IResult ToPage(Func<string, string> sent, string clientId) => Results.Redirect(SignOutPages.Path + QueryString.Create(
        SignOutPages.Parameters.Select(name => KeyValuePair.Create(name, (string?)(name == "client_id" ? clientId : sent(name)))).Where(p => p.Value!.Length > 0)));

    private static bool IsNavigation(HttpRequest request) =>
        request.Headers["Sec-Fetch-Mode"].ToString() is "navigate"
        || (request.Headers["Sec-Fetch-Mode"].Count == 0 && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase));

    /// <summary>The query, and beside it a form where that is what was posted.</summary>
    private static async Task<Func<string, string>> ParametersAsync(HttpContext context)
    {
        // Of one that cannot be read nothing counts.
        var form = await PostedForm.TryReadAsync(context) ?? FormCollection.Empty;
        return name => form[name].ToString() is { Length: > 0 } posted ? posted : context.Request.Query[name].ToString();
    }
}
