using Postern.AuthorizationServer.Http;
using Postern.AuthorizationServer.SignIn;
using Postern.Directory.Credentials;
using Postern.Directory.Objects;
using Postern.Directory.Records;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.Pages;

/// <summary>
/// Where a user sets a new password before a sign-in, because an administrator asked for it or the old one has expired. The present password is
/// checked again under the lock-out, so the page needs no stored state.
/// </summary>
internal static class ChangePasswordPage
{
    public const string Path = "/login/password";

    private static readonly LocalizedText Heading = new("Change your password", "修改密码");
    private static readonly LocalizedText Different = new("The two new passwords are not the same.", "两次输入的新密码不一致。");
    private static readonly LocalizedText Missing = new("Enter your present password and a new one.", "请输入当前密码和新密码。");
    private static readonly LocalizedText AtOnce = new("The account was changed at the same moment. Try again.", "账号同时被修改，请重试。");

    public static void MapChangePassword(this IEndpointRouteBuilder routes) => routes.MapPost(Path, (RequestDelegate)ChangeAsync);

    public static async Task ShowAsync(HttpContext context, View view)
    {
        var language = Languages.Of(context.Request, view.UiLocales);
        var isChinese = language == Language.Chinese;
        var brand = await context.RequestServices.GetRequiredService<Database>().ReadAsync(c => Brand.OfAsync(c, view.Application), context.RequestAborted);
        await new Page(language, brand, Heading, Html.Of(
            $"""
            {(view.Reason is { } reason ? Html.Of($"""<p>{ErrorPage.Sentence(reason.In(language))}</p>""") : Html.Empty)}
            {(view.Alert is { } alert ? Html.Of($"""<p class="alert" role="alert">{ErrorPage.Sentence(alert.In(language))}</p>""") : Html.Empty)}
            <form method="post" action="{Path}">
            {context.RequestServices.GetRequiredService<FormTokens>().FieldFor(context)}
            <input type="hidden" name="client_id" value="{view.Application.ClientId}">
            <input type="hidden" name="organization" value="{view.Organization}">
            <input type="hidden" name="return" value="{view.ReturnTo}">
            <input type="hidden" name="ui_locales" value="{view.UiLocales}">
            <input type="hidden" name="remember" value="{(view.IsPersistent ? "on" : "")}">
            <label for="username">{(isChinese ? "用户名" : "User name")}</label>
            <input id="username" name="username" type="text" value="{view.Name}" autocomplete="username" maxlength="255" readonly>
            <label for="password">{(isChinese ? "当前密码" : "Present password")}</label>
            <input id="password" name="password" type="password" autocomplete="current-password" maxlength="{PasswordOptions.Longest}" required>
            <label for="new_password">{(isChinese ? "新密码" : "New password")}</label>
            <input id="new_password" name="new_password" type="password" autocomplete="new-password" maxlength="{PasswordOptions.Longest}" required>
            <label for="new_password_again">{(isChinese ? "再次输入新密码" : "New password again")}</label>
            <input id="new_password_again" name="new_password_again" type="password" autocomplete="new-password" maxlength="{PasswordOptions.Longest}" required>
            <button>{(isChinese ? "修改并登录" : "Change and sign in")}</button>
            </form>
            """))
        { Status = view.Alert is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest }.WriteAsync(context);
    }

    private static async Task ChangeAsync(HttpContext context)
    {
        if (await PostedForm.ReadAsync(context, form => SignInPage.ShowAgainAsync(context, form)) is not { } form)
        {
            return;
        }

        var services = context.RequestServices;
        var application = await services.GetRequiredService<Database>().ReadAsync(c => Applications.FindByClientIdAsync(c, form["client_id"].ToString()), context.RequestAborted);
        if (application is null || !application.IsServed(services.GetRequiredService<AuthorizationServerOptions>()))
        {
            await ErrorPage.WriteAsync(context, null, SignInPage.Gone);
            return;
        }

        var view = new View(
            application, application.IsShared ? form["organization"].ToString() : application.Organization, form["username"].ToString(), SignInPage.ReturnTo(form["return"].ToString()),
            form["ui_locales"].ToString())
        {
            IsPersistent = form["remember"] == "on",
        };
        var (present, password) = (form["password"].ToString(), form["new_password"].ToString());
        if (present.Length is 0 or > PasswordOptions.Longest || password.Length is 0 or > PasswordOptions.Longest || password != form["new_password_again"])
        {
            await ShowAsync(context, view with { Alert = present.Length > 0 && password.Length > 0 ? Different : Missing });
            return;
        }

        var signIn = services.GetRequiredService<PasswordSignIn>();
        var attempt = new PasswordAttempt(view.Organization, view.Name, present, context.PeerAddress(), Paths.SignIn)
        {
            Session = new SessionOrder(view.IsPersistent, Sessions.HashOf(context.Request)),
        };
        var outcome = await signIn.SignInAsync(application, attempt, context.RequestAborted);
        if (outcome.MustChange is { } user)
        {
            if (await SetAsync(context, user, present, password) is { } refusal)
            {
                await ShowAsync(context, view with { Reason = outcome.Refusal, Alert = refusal });
                return;
            }

            outcome = await signIn.SignInAsync(application, attempt with { Password = password }, context.RequestAborted);
        }

        await (outcome.Session is { } session ? SignInPage.GoOnAsync(context, application, session, view.ReturnTo, view.UiLocales)
            : outcome.TooMany is { } tooMany ? ErrorPage.WriteAsync(context, application, tooMany)
            : ShowAsync(context, view with { Alert = outcome.Refusal }));
    }

    /// <summary>The sentence that refuses the new password, or null where it was set: then every earlier sign-in has ended.</summary>
    private static async Task<LocalizedText?> SetAsync(HttpContext context, User user, string present, string password)
    {
        var services = context.RequestServices;
        var (database, store) = (services.GetRequiredService<Database>(), services.GetRequiredService<ObjectStore>());
        var (stored, organization) = await database.ReadAsync(
            async c => (await ObjectStore.FindAsync(c, ObjectKinds.User, user.Owner, user.Name), await Organizations.FindAsync(c, user.Owner)), context.RequestAborted);
        if (stored is null || stored.Id != user.Id)
        {
            return AtOnce;
        }

        if ((present == password ? NewPassword.Same : NewPassword.Refuse(user, organization, password)) is { } unfit)
        {
            return unfit;
        }

        var record = RequestRecords.Of(context, user, "set-password", $"{user.Owner}/{user.Name}");
        var prepared = store.PrepareUpdate(stored, NewPassword.Of(password, record.CreatedTime));
        if (prepared.Value is not { } judged)
        {
            return prepared.Refusal;
        }

        var ready = await store.HashAsync(judged, services.GetRequiredService<PasswordChecks>(), context.RequestAborted);
        record = record.Changing(ready);
        var isWritten = await database.WriteAsync(async (connection, transaction) =>
        {
            if (!await NewPassword.WriteAsync(connection, transaction, user, ready))
            {
                return Written.Rollback(false);
            }

            await EndedSignIns.EndEverywhereAsync(connection, user.Id, record.CreatedTime, transaction);
            await Records.AddAsync(connection, record, transaction);
            return Written.Commit(true);
        });
        return isWritten ? null : AtOnce;
    }

    /// <summary>What the page shows.</summary>
    internal sealed record View(Application Application, string Organization, string Name, string ReturnTo, string UiLocales)
    {
        public bool IsPersistent { get; init; }

        /// <summary>Why the password must be changed.</summary>
        public LocalizedText? Reason { get; init; }

        public LocalizedText? Alert { get; init; }
    }
}
