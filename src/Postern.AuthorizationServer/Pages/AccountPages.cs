using System.Globalization;
using Postern.AuthorizationServer.Http;
using Postern.AuthorizationServer.Requests;
using Postern.AuthorizationServer.SignIn;
using Postern.Directory.Objects;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.Pages;

/// <summary>Shows which user is signed in in this browser, and which applications they are signed in to with it.</summary>
public static class AccountPages
{
    public const string Path = "/account";
    public const string ApplicationsPath = "/account/applications";

    private static readonly LocalizedText Heading = new("Your account", "您的账号");
    private static readonly LocalizedText Applications = new("Applications with access", "可访问账号的应用");

    public static void MapAccountPages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, (RequestDelegate)ShowAsync);
        routes.MapGet(ApplicationsPath, (RequestDelegate)(context => ListAsync(context, null)));
        routes.MapPost(ApplicationsPath, (RequestDelegate)RevokeAsync);
    }

    private static async Task ShowAsync(HttpContext context)
    {
        if (await SessionAsync(context) is not { } session)
        {
            return;
        }

        var language = Languages.Of(context.Request);
        var isChinese = language == Language.Chinese;
        var user = session.User;
        await new Page(language, await BrandAsync(context, user), Heading, Html.Of(
            $"""
            <p role="status">{(isChinese ? "当前登录：" : "Signed in as")} <strong>{(user.DisplayName.Length > 0 ? user.DisplayName : user.Name)}</strong></p>
            <dl>
            <dt>{(isChinese ? "用户名" : "User name")}</dt><dd>{user.Name}</dd>
            <dt>{(isChinese ? "组织" : "Organization")}</dt><dd>{user.Owner}</dd>
            {(user.Email.Length > 0 ? Html.Of($"<dt>{(isChinese ? "邮箱" : "E-mail")}</dt><dd>{user.Email}</dd>") : Html.Empty)}
            {(user.Phone.Length > 0 ? Html.Of($"<dt>{(isChinese ? "手机" : "Phone")}</dt><dd>{user.Phone}</dd>") : Html.Empty)}
            <dt>{(isChinese ? "登录时间" : "Since")}</dt><dd>{Time(session.CreatedTime)}</dd>
            </dl>
            <nav><a href="{ApplicationsPath}">{Applications.In(language)}</a> <a href="{SignOutPages.Path}">{SignOutPages.Heading.In(language)}</a></nav>
            """)).WriteAsync(context);
    }

    private static async Task ListAsync(HttpContext context, LocalizedText? alert)
    {
        if (await SessionAsync(context) is not { } session)
        {
            return;
        }

        var language = Languages.Of(context.Request);
        var isChinese = language == Language.Chinese;
        var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds();
        var clients = await context.RequestServices.GetRequiredService<Database>().ReadAsync(c => ConnectedApplications.OfUserAsync(c, session.User.Id, now), context.RequestAborted);
        var field = context.RequestServices.GetRequiredService<FormTokens>().FieldFor(context);
        await new Page(language, await BrandAsync(context, session.User), Applications, Html.Of(
            $"""
            {(alert is null ? Html.Empty : Html.Of($"""<p class="alert" role="alert">{alert.In(language)}</p>"""))}
            {(clients.Count == 0 ? Html.Of($"<p>{(isChinese ? "没有应用正在使用您的账号。" : "No application uses your account.")}</p>") : Html.Empty)}
            <ul class="plain">{Html.Join(clients.Select(client => Html.Of(
                $"""
                <li><div><h2>{client.Title}</h2>
                <p class="note">{NotesOf(client, isChinese)} {(isChinese ? "自" : "since")} {Time(client.Since)}</p>
                {Meanings.ListOf([.. client.Allowed.SelectMany(allowed => ConsentWords.Of(allowed.Scope, allowed.Resource)).Distinct()], client.CustomScopes, language)}</div>
                <form method="post" action="{ApplicationsPath}">{field}<input type="hidden" name="client_id" value="{client.ClientId}">
                <button class="quiet small" aria-label="{(isChinese ? "撤销" : "Revoke")} {client.Title}">{(isChinese ? "撤销" : "Revoke")}</button></form></li>
                """)))}</ul>
            <nav><a href="{Path}">{Heading.In(language)}</a> <a href="{SignOutPages.Path}">{SignOutPages.Heading.In(language)}</a></nav>
            """))
        { Status = alert is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest }.WriteAsync(context);
    }

    private static string NotesOf(ConnectedApplication client, bool isChinese)
    {
        IEnumerable<string> notes =
        [
            .. client.IsSelfRegistered ? [isChinese ? "未经验证" : "not verified"] : Array.Empty<string>(),
            .. client.Origins.Select(origin => new Uri(origin).Authority is { Length: > 0 } host ? host : origin),
            .. client.IsSignedIn ? [] : new[] { isChinese ? "未登录，可不经询问再次登录" : "not signed in, may sign you in without asking" },
        ];
        return string.Concat(notes.Select(note => note + " · "));
    }

    /// <summary>Revokes all grants of one application, and the user's consent to it.</summary>
    private static async Task RevokeAsync(HttpContext context)
    {
        if (await PostedForm.ReadAsync(context, _ => ListAsync(context, PostedForm.TooOld)) is not { } form || await SessionAsync(context) is not { } session)
        {
            return;
        }

        var clientId = form["client_id"].ToString();
        var record = RequestRecords.Of(context, session.User, "revoke-application", clientId);
        await context.RequestServices.GetRequiredService<Database>().WriteAsync(async (connection, transaction) =>
        {
            if (clientId.Contains('\0', StringComparison.Ordinal) || await Postern.Storage.Tables.Applications.IdOfClientAsync(connection, clientId, transaction) is not { } application)
            {
                return Written.Rollback(0);
            }

            var ended = await Grants.EndOfApplicationAsync(connection, session.User.Id, application, record.CreatedTime, transaction);
            ended += await Consents.DeleteAsync(connection, session.User.Id, application, transaction);
            if (ended > 0)
            {
                await Records.AddAsync(connection, record, transaction);
            }

            return Written.Commit(ended);
        });
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = ApplicationsPath;
    }

    private static Html Time(long milliseconds)
    {
        var shown = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
        return Html.Of($"""<time datetime="{Rfc3339.Of(milliseconds)}">{shown}</time>""");
    }

    /// <summary>The session; where there is none the sign-in page was shown in this page's place.</summary>
    private static async Task<FoundSession?> SessionAsync(HttpContext context)
    {
        if (await context.RequestServices.GetRequiredService<Sessions>().FindAsync(context) is { } session)
        {
            return session;
        }

        var builtIn = await context.RequestServices.GetRequiredService<Database>().ReadAsync(c => Postern.Storage.Tables.Applications.FindAsync(c, Postern.Storage.Tables.Applications.BuiltIn), context.RequestAborted);
        await SignInPage.ShowAsync(context, builtIn!, context.Request.Path);
        return null;
    }

    private static Task<Brand> BrandAsync(HttpContext context, User user) => context.RequestServices.GetRequiredService<Database>().ReadAsync(async connection =>
        await Postern.Storage.Tables.Applications.OfOrganizationAsync(connection, user.Owner) is { } name && await Postern.Storage.Tables.Applications.FindAsync(connection, name) is { } application
            ? await Brand.OfAsync(connection, application)
            : Brand.Ours, context.RequestAborted);
}
