using Postern.AuthorizationServer.Http;
using Postern.AuthorizationServer.Requests;
using Postern.AuthorizationServer.SignIn;
using Postern.AuthorizationServer.SignIn.Gate;
using Postern.Directory.Credentials;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.Pages;

/// <summary>Sign in with name and password, for an application or for the own account.</summary>
internal static class SignInPage
{

    public static readonly LocalizedText Heading = new("Sign in", "登录");
    private static readonly LocalizedText Choose = new("Choose an account", "选择账号");
    private static readonly LocalizedText NotHere = new(
        "Sign-in by password is off for this application, and it has no other way yet.", "该应用未启用密码登录，且暂无其他登录方式。");

    private const int LongestOrganization = 255;

    internal static readonly OAuthError Gone = OAuthError.InvalidRequest("the application is gone", "该应用已不存在");

    public static void MapSignIn(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Paths.SignIn, (RequestDelegate)(context => ShowForAccountAsync(context, Applications.BuiltIn)));
        routes.MapGet(Paths.SignIn + "/{organization}", (RequestDelegate)ShowForOrganizationAsync);
        routes.MapPost(Paths.SignIn, (RequestDelegate)SignInAsync);
        routes.MapChangePassword();
    }

    /// <summary>In the place of an authorization request's answer.</summary>
    /// <param name="context">The request.</param>
    /// <param name="request">What was asked for.</param>
    /// <param name="session">The session that may continue without signing in again; null = none.</param>
    public static Task ShowAsync(HttpContext context, AuthorizationRequest request, FoundSession? session)
    {
        var returnTo = context.Request.Path + "?" + FreshSignIns.Without(context.Request.QueryString.Value ?? "");
        // A shared application has users of many organizations; its hint may name the organization.
        var slash = request.Application.IsShared ? request.LoginHint.IndexOf('/', StringComparison.Ordinal) : -1;
        return ShowAsync(context, new View(request.Application, returnTo)
        {
            Organization = slash > 0 ? request.LoginHint[..slash] : request.Application.Organization,
            Name = request.LoginHint[(slash + 1)..],
            UiLocales = request.UiLocales,
            SignedIn = session,
        });
    }

    /// <summary>Shown instead of a page that needs a signed-in user.</summary>
    public static Task ShowAsync(HttpContext context, Application application, string returnTo) => ShowAsync(context, new View(application, returnTo));

    /// <summary>In the place of a page that the signed-in user may not have: why, and the way on.</summary>
    public static Task ShowRefusalAsync(HttpContext context, Application application, string returnTo, FoundSession session, GateRefusal refusal, string uiLocales = "") =>
        refusal.AsksForPassword
            ? ChangePasswordPage.ShowAsync(context, new(application, session.User.Owner, session.User.Name, returnTo, uiLocales) { Reason = refusal.Sentence })
            : ShowAsync(context, new View(application, returnTo) { Organization = session.User.Owner, UiLocales = uiLocales, Alert = refusal.Sentence });

    private static async Task ShowForOrganizationAsync(HttpContext context)
    {
        var name = (string)context.Request.RouteValues["organization"]!;
        var application = await context.RequestServices.GetRequiredService<Database>().ReadAsync(c => Applications.OfOrganizationAsync(c, name), context.RequestAborted);
        await ShowForAccountAsync(context, application ?? "");
    }

    private static async Task ShowForAccountAsync(HttpContext context, string applicationName)
    {
        var options = context.RequestServices.GetRequiredService<AuthorizationServerOptions>();
        var application = await context.RequestServices.GetRequiredService<Database>().ReadAsync(c => Applications.FindAsync(c, applicationName), context.RequestAborted);
        if (application is null || !application.IsServed(options))
        {
            await ErrorPage.WriteAsync(context, null, OAuthError.InvalidRequest("there is no such organization, or it has no application to sign in to", "没有该组织，或该组织没有可登录的应用") with { Status = StatusCodes.Status404NotFound });
            return;
        }

        await ShowAsync(context, application, AccountPages.Path);
    }

    private static async Task SignInAsync(HttpContext context)
    {
        if (await PostedForm.ReadAsync(context, form => ShowAgainAsync(context, form)) is not { } form || await ViewOfAsync(context, form) is not { } view)
        {
            return;
        }

        var services = context.RequestServices;
        var database = services.GetRequiredService<Database>();
        var application = view.Application;
        var (name, password) = (view.Name.Trim(), form["password"].ToString());
        if (name.Length == 0 || password.Length is 0 or > Postern.Directory.Objects.PasswordOptions.Longest)
        {
            await ShowAsync(context, view with { Alert = new("Enter your user name and your password.", "请输入用户名和密码。") });
            return;
        }

        if (view.Organization.Length is 0 or > LongestOrganization)
        {
            await ShowAsync(context, view with { Alert = new("Enter the name of your organization.", "请输入您的组织名称。") });
            return;
        }

        var outcome = await services.GetRequiredService<PasswordSignIn>().SignInAsync(
            application,
            new PasswordAttempt(view.Organization, name, password, context.PeerAddress(), Paths.SignIn)
            {
                Session = new SessionOrder(form["remember"] == "on", Sessions.HashOf(context.Request)),
            },
            context.RequestAborted);
        if (outcome.Session is { } session)
        {
            await GoOnAsync(context, application, session, view.ReturnTo, view.UiLocales);
            return;
        }

        await (outcome.TooMany is { } tooMany ? ErrorPage.WriteAsync(context, application, tooMany)
            : outcome.Gate is { AsksForPassword: true } refusal
                ? ChangePasswordPage.ShowAsync(context, new(application, view.Organization, name, view.ReturnTo, view.UiLocales)
                {
                    IsPersistent = form["remember"] == "on",
                    Reason = refusal.Sentence,
                })
                : ShowAsync(context, view with { Alert = outcome.Refusal }));
    }

    /// <summary>Starts the session in the browser, and continues to the address that the browser came for.</summary>
    internal static async Task GoOnAsync(HttpContext context, Application application, NewSession session, string returnTo, string uiLocales)
    {
        var services = context.RequestServices;
        services.GetRequiredService<Sessions>().SetCookie(context, session);
        var brand = await services.GetRequiredService<Database>().ReadAsync(c => Brand.OfAsync(c, application), context.RequestAborted);
        await ContinuePages.GoOn(Languages.Of(context.Request, uiLocales), brand, Sealed(services, returnTo, session.Hash)).WriteAsync(context);
    }

    /// <summary>
    /// Another tab has signed in, or the browser lost its cookie: a user who is already signed in continues, all others get the form again.
    /// The password is ignored, so that a page of another site cannot sign its visitor in (login CSRF).
    /// </summary>
    internal static async Task ShowAgainAsync(HttpContext context, IFormCollection form)
    {
        if (await ViewOfAsync(context, form) is not { } view)
        {
            return;
        }

        var database = context.RequestServices.GetRequiredService<Database>();
        var session = await context.RequestServices.GetRequiredService<Sessions>().FindAsync(context) is { } found && view.Application.Admits(found.User) ? found : null;
        if (session is not null && (await database.ReadAsync(c => SignInNames.FindAsync(c, view.Organization, view.Name), context.RequestAborted))?.Id == session.User.Id)
        {
            var brand = await database.ReadAsync(c => Brand.OfAsync(c, view.Application), context.RequestAborted);
            // Without the seal of a fresh sign-in: this sign-in was not started for the request.
            await ContinuePages.GoOn(Languages.Of(context.Request, view.UiLocales), brand, view.ReturnTo).WriteAsync(context);
            return;
        }

        await ShowAsync(context, view with { Alert = PostedForm.TooOld, SignedIn = session, IsSealed = false });
    }

    /// <summary>The content of a posted form; null if its application was deleted, and then the error was already sent.</summary>
    private static async Task<View?> ViewOfAsync(HttpContext context, IFormCollection form)
    {
        var services = context.RequestServices;
        var application = await services.GetRequiredService<Database>().ReadAsync(c => Applications.FindByClientIdAsync(c, form["client_id"].ToString()), context.RequestAborted);
        if (application is null || !application.IsServed(services.GetRequiredService<AuthorizationServerOptions>()))
        {
            await ErrorPage.WriteAsync(context, null, Gone);
            return null;
        }

        return new View(application, ReturnTo(form["return"].ToString()))
        {
            Organization = application.IsShared ? form["organization"].ToString().Trim() : application.Organization,
            Name = form["username"].ToString(),
            UiLocales = form["ui_locales"].ToString(),
        };
    }

    /// <summary>An authorization request is shown that this session was begun for it.</summary>
    private static string Sealed(IServiceProvider services, string address, string sessionHash)
    {
        var at = address.IndexOf('?', StringComparison.Ordinal);
        return at < 0 || !address.StartsWith(Paths.Authorize + "?", StringComparison.Ordinal) ? address
            : $"{address}&{FreshSignIns.Parameter}={services.GetRequiredService<FreshSignIns>().Seal(address[..at], address[at..], sessionHash)}";
    }

    /// <summary>Only hosted pages are accepted: any other address leads to the account page (no open redirect).</summary>
    internal static string ReturnTo(string address) =>
        (address.StartsWith(Paths.Authorize + "?", StringComparison.Ordinal) || address == Paths.Device || address.StartsWith(Paths.Device + "/", StringComparison.Ordinal)
            || address == AccountPages.ApplicationsPath || address.StartsWith(BindPage.Path + "?", StringComparison.Ordinal))
        && !address.AsSpan().ContainsAnyExceptInRange('!', '~') && !address.Contains('\\', StringComparison.Ordinal)
            ? address
            : AccountPages.Path;

    private static async Task ShowAsync(HttpContext context, View view)
    {
        var language = Languages.Of(context.Request, view.UiLocales);
        var brand = await context.RequestServices.GetRequiredService<Database>().ReadAsync(c => Brand.OfAsync(c, view.Application), context.RequestAborted);
        var application = view.Application;
        var isOpen = application.EnablePassword && !application.DisableSignin && !application.OrganizationDisablesSignin;
        await new Page(language, brand, view.SignedIn is null ? Heading : Choose, Html.Of(
            $"""
            {(view.Alert is { } alert ? Html.Of($"""<p class="alert" role="alert">{ErrorPage.Sentence(alert.In(language))}</p>""") : Html.Empty)}
            {(view.SignedIn is { } session ? Going(context, view, session, language) : Html.Empty)}
            {(isOpen ? Form(context, view, language) : Html.Of($"<p>{NotHere.In(language)}</p>"))}
            """))
        { Status = view.Alert is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest }.TellsWhenClosed(application, view.ReturnTo).WriteAsync(context);
    }

    private static Html Going(HttpContext context, View view, FoundSession session, Language language)
    {
        var address = view.IsSealed ? Sealed(context.RequestServices, view.ReturnTo, session.Hash) : view.ReturnTo;
        var name = session.User.DisplayName.Length > 0 ? session.User.DisplayName : session.User.Name;
        return Html.Of(
            $"""
            <a class="button" href="{address}">{(language == Language.Chinese ? "以此身份继续：" : "Continue as")} {name}</a>
            <p class="note apart">{(language == Language.Chinese ? "或使用其他账号登录：" : "Or sign in with another account:")}</p>
            """);
    }

    private static Html Form(HttpContext context, View view, Language language)
    {
        var isChinese = language == Language.Chinese;
        return Html.Of(
            $"""
            <form method="post" action="{Paths.SignIn}">
            {context.RequestServices.GetRequiredService<FormTokens>().FieldFor(context)}
            <input type="hidden" name="client_id" value="{view.Application.ClientId}">
            <input type="hidden" name="return" value="{view.ReturnTo}">
            <input type="hidden" name="ui_locales" value="{view.UiLocales}">
            {(view.Application.IsShared ? OrganizationField(view, isChinese) : Html.Empty)}
            <label for="username">{(isChinese ? "用户名、邮箱或手机号" : "User name, e-mail or phone number")}</label>
            <input id="username" name="username" type="text" value="{view.Name}" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="255" required>
            <label for="password">{(isChinese ? "密码" : "Password")}</label>
            <input id="password" name="password" type="password" autocomplete="current-password" maxlength="{Postern.Directory.Objects.PasswordOptions.Longest}" required>
            <label class="choice"><input type="checkbox" name="remember"> {(isChinese ? "在此设备上保持登录" : "Keep me signed in on this device")}</label>
            <button{(view.SignedIn is null ? Html.Empty : Html.Of($" class=\"quiet\""))}>{Heading.In(language)}</button>
            </form>
            """);
    }

    private static Html OrganizationField(View view, bool isChinese) => Html.Of(
        $"""
        <label for="organization">{(isChinese ? "组织" : "Organization")}</label>
        <input id="organization" name="organization" type="text" value="{view.Organization}" autocomplete="organization" autocapitalize="none" spellcheck="false" maxlength="{LongestOrganization}" required>
        """);

    /// <summary>What a sign-in page shows.</summary>
    private sealed record View(Application Application, string ReturnTo)
    {
        /// <summary>The organization whose users sign in: any for a shared application, otherwise the application's own.</summary>
        public string Organization { get; init; } = Application.Organization;

        public string Name { get; init; } = "";

        public string UiLocales { get; init; } = "";

        public LocalizedText? Alert { get; init; }

        /// <summary>The session that may continue without signing in again.</summary>
        public FoundSession? SignedIn { get; init; }

        /// <summary>Whether going on shows the request that the user was asked for it.</summary>
        public bool IsSealed { get; init; } = true;
    }
}
