using Postern.AuthorizationServer.Http;
using Postern.AuthorizationServer.SignIn;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.Pages;

/// <summary>Signs out of this browser. The user confirms it first, because a link on another site may lead here (RP-Initiated Logout §2).</summary>
public static class SignOutPages
{
    public const string Path = "/logout";

    /// <summary>What a client may say with it.</summary>
    public static readonly string[] Parameters = ["client_id", "post_logout_redirect_uri", "state", "ui_locales"];

    public static readonly LocalizedText Heading = new("Sign out", "退出登录");

    public static void MapSignOut(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, (RequestDelegate)(context => AskAsync(context, name => context.Request.Query[name].ToString(), null)));
        routes.MapPost(Path, (RequestDelegate)SignOutAsync);
    }

    /// <summary>A sign-out that a client asked for and that did not work, with the way to the page where the user can do it.</summary>
    public static IResult Refusal(HttpContext context, OAuthError refusal, string uiLocales)
    {
        var page = ErrorPage.Of(context, Brand.Ours, refusal, uiLocales);
        var toSignOut = Html.Of($"""<a class="button quiet" href="{Path}">{(page.Language == Language.Chinese ? "在此退出登录" : "Sign out here")}</a>""");
        return new PageResult(page with { Content = Html.Join([page.Content, toSignOut]) });
    }

    private static async Task AskAsync(HttpContext context, Func<string, string> sent, LocalizedText? alert)
    {
        var language = Languages.Of(context.Request, sent("ui_locales"));
        var session = await context.RequestServices.GetRequiredService<Sessions>().FindAsync(context);
        if (session is null)
        {
            await DoneAsync(context, language, sent);
            return;
        }

        await new Page(language, Brand.Ours, Heading, Html.Of(
            $"""
            {(alert is null ? Html.Empty : Html.Of($"""<p class="alert" role="alert">{alert.In(language)}</p>"""))}
            <p>{(language == Language.Chinese ? "当前登录：" : "Signed in as")} <strong>{session.User.Name}</strong></p>
            <form method="post" action="{Path}">
            {context.RequestServices.GetRequiredService<FormTokens>().FieldFor(context)}
            {Html.Join(Parameters.Select(name => Html.Of($"""<input type="hidden" name="{name}" value="{sent(name)}">""")))}
            <button>{Heading.In(language)}</button>
            </form>
            <a class="button quiet" href="{AccountPages.Path}">{(language == Language.Chinese ? "保持登录" : "Stay signed in")}</a>
            """))
        { Status = alert is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest }.WriteAsync(context);
    }

    private static async Task SignOutAsync(HttpContext context)
    {
        // A second press, when no user is signed in any more, gets a page that says so.
        if (await PostedForm.ReadAsync(context, form => AskAsync(context, name => form[name].ToString(), PostedForm.TooOld)) is not { } form)
        {
            return;
        }

        var sessions = context.RequestServices.GetRequiredService<Sessions>();
        if (await sessions.FindAsync(context) is { } session)
        {
            await SignOut.EndAsync(context, null, session.Hash, session.User);
        }

        sessions.DeleteCookie(context);
        await DoneAsync(context, Languages.Of(context.Request, form["ui_locales"]), name => form[name].ToString());
    }

    private static async Task DoneAsync(HttpContext context, Language language, Func<string, string> sent)
    {
        var (clientId, target) = (sent("client_id"), sent("post_logout_redirect_uri"));
        var application = clientId.Length is 0 or > 255 ? null
            : await context.RequestServices.GetRequiredService<Database>().ReadAsync(c => Applications.FindByClientIdAsync(c, clientId), context.RequestAborted);
        var back = SignOut.IsListed(application, target) ? SignOut.AddressOf(target, sent("state")) : null;
        await new Page(language, Brand.Ours, Heading, Html.Of(
            $"""
            <p role="status">{(language == Language.Chinese ? "您已退出登录。" : "You are signed out.")}</p>
            {(back is null ? Html.Empty : Html.Of($"""<a class="button" href="{back}">{(language == Language.Chinese ? "返回应用" : "Back to the application")}</a>"""))}
            """))
        { GoesOnTo = back is not null && application!.MayLeadTo(target) ? back : null }.WriteAsync(context);
    }

    private sealed record PageResult(Page Page) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => Page.WriteAsync(httpContext);
    }
}
