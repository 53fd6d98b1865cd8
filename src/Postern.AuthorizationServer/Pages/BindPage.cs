using Microsoft.AspNetCore.WebUtilities;
using Postern.AuthorizationServer.Http;
using Postern.AuthorizationServer.OAuth.Token;
using Postern.AuthorizationServer.SignIn;
using Postern.Directory.Identities;
using Postern.Directory.Statistics;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.Pages;

/// <summary>
/// Spends a binding ticket in a web view: the person signs in to an existing account and binds the WeChat identity to it, or creates an
/// account where the application allows it (docs/accounts.md). The Mini Program signs in by <c>wx.login()</c> afterwards.
/// </summary>
internal sealed class BindPage(
    Database database, AccountBinding binding, MiniProgramAccounts accounts, MiniProgramProviders providers, Sessions sessions, FormTokens tokens, StatisticsCounter tally,
    AuthorizationServerOptions options, TimeProvider clock)
{
    public const string Path = "/bind";

    private const string TicketField = "ticket";
    private const string ClientField = "client_id";
    private const string OtherField = "other";
    private const string Bind = "bind";
    private const string Create = "create";

    private static readonly LocalizedText Heading = new("Bind WeChat", "绑定微信");
    private static readonly LocalizedText Done = new("Done", "完成");
    private static readonly LocalizedText Bound = new("WeChat is bound to your account. Go back to the Mini Program.", "微信已绑定到您的账号。请返回小程序。");
    private static readonly LocalizedText Created = new("Your account was created. Go back to the Mini Program.", "账号已创建。请返回小程序。");

    public static void Map(IEndpointRouteBuilder routes)
    {
        var page = routes.ServiceProvider.GetRequiredService<BindPage>();
        routes.MapGet(Path, (RequestDelegate)page.ShowAsync);
        routes.MapPost(Path, (RequestDelegate)page.AnswerAsync);
    }

    private async Task ShowAsync(HttpContext context)
    {
        var query = context.Request.Query;
        if (await ReadAsync(context, query[TicketField].ToString(), query[ClientField].ToString()) is { } asked)
        {
            await ShowAsync(context, asked, query[OtherField] == "1", null);
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var form = await PostedForm.ReadAsync(context, async old =>
        {
            if (await ReadAsync(context, old[TicketField].ToString(), old[ClientField].ToString()) is { } again)
            {
                await ShowAsync(context, again, false, PostedForm.TooOld);
            }
        });
        if (form is null || await ReadAsync(context, form[TicketField].ToString(), form[ClientField].ToString()) is not { } asked)
        {
            return;
        }

        if (form["action"] == Create)
        {
            await CreateAsync(context, asked);
            return;
        }

        if (await SessionAsync(context, asked.Application) is { } session)
        {
            await BindAsync(context, asked, session);
            return;
        }

        await SignInPage.ShowAsync(context, asked.Application, asked.Address);
    }

    /// <summary>The ticket and its client; null where the error was sent already.</summary>
    private async Task<Asked?> ReadAsync(HttpContext context, string ticket, string clientId)
    {
        var application = await database.ReadAsync(c => Applications.FindByClientIdAsync(c, clientId), context.RequestAborted);
        if (application is null || !application.IsServed(options))
        {
            await ErrorPage.WriteAsync(context, null, SignInPage.Gone);
            return null;
        }

        if (await binding.FindTicketAsync(ticket, application, context.RequestAborted) is not { } proof)
        {
            await ErrorPage.WriteAsync(context, application, BindingTicketProofs.Invalid);
            return null;
        }

        var program = await providers.ChooseAsync(application, proof.Identity.OpenId.Issuer, null, context.RequestAborted);
        if (program.IsRefused(out var refusal, out var chosen))
        {
            await ErrorPage.WriteAsync(context, application, refusal);
            return null;
        }

        return new Asked(application, proof, chosen, ticket);
    }

    /// <summary>The session that proves the account: of a user of the application, and begun a short time ago.</summary>
    private async Task<FoundSession?> SessionAsync(HttpContext context, Application application) =>
        await sessions.FindAsync(context) is { } session && application.Admits(session.User) && session.User.OrganizationId == application.OrganizationId
            && RecentAuthentication.Is(session.CreatedTime, clock.GetUtcNow())
            ? session
            : null;

    private async Task ShowAsync(HttpContext context, Asked asked, bool asOther, LocalizedText? alert)
    {
        var session = asOther ? null : await SessionAsync(context, asked.Application);
        var mayCreate = FirstSignin.Of(asked.Application, asked.Program).MayCreate;
        if (session is null && (asOther || !mayCreate))
        {
            await SignInPage.ShowAsync(context, asked.Application, asked.Address);
            return;
        }

        var language = Languages.Of(context.Request);
        var isChinese = language == Language.Chinese;
        var other = asked.Address + $"&{OtherField}=1";
        await new Page(language, await BrandAsync(context, asked.Application), Heading, Html.Of(
            $"""
            {(alert is null ? Html.Empty : Html.Of($"""<p class="alert" role="alert">{alert.In(language)}</p>"""))}
            {(session is null
                ? Html.Of($"""<p>{(isChinese ? "此微信尚未绑定账号。" : "No account has this WeChat yet.")}</p><a class="button" href="{other}">{(isChinese ? "登录已有账号" : "Sign in to my account")}</a>""")
                : Account(context, asked, session, isChinese))}
            {(mayCreate ? Button(context, asked, Create, isChinese ? "我没有账号，创建新账号" : "I have no account: create one", isQuiet: true) : Html.Empty)}
            {(session is null ? Html.Empty : Html.Of($"""<nav><a href="{other}">{(isChinese ? "使用其他账号" : "Use another account")}</a></nav>"""))}
            """))
        { Status = alert is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest }.WriteAsync(context);
    }

    private Html Account(HttpContext context, Asked asked, FoundSession session, bool isChinese)
    {
        var (user, program) = (session.User, asked.Program.Provider);
        return Html.Of(
            $"""
            <p>{(isChinese ? "以后您可以用微信登录此账号：" : "From now on, you can sign in to this account with WeChat:")}</p>
            <dl>
            <dt>{(isChinese ? "账号" : "Account")}</dt><dd>{(user.DisplayName.Length > 0 ? user.DisplayName : user.Name)}</dd>
            <dt>{(isChinese ? "小程序" : "Mini Program")}</dt><dd>{(program.DisplayName.Length > 0 ? program.DisplayName : program.Name)}</dd>
            </dl>
            {Button(context, asked, Bind, isChinese ? "绑定" : "Bind", isQuiet: false)}
            """);
    }

    private Html Button(HttpContext context, Asked asked, string action, string text, bool isQuiet) => Html.Of(
        $"""
        <form method="post" action="{Path}">{tokens.FieldFor(context)}
        <input type="hidden" name="{TicketField}" value="{asked.Ticket}"><input type="hidden" name="{ClientField}" value="{asked.Application.ClientId}">
        <input type="hidden" name="action" value="{action}"><button{(isQuiet ? Html.Of($" class=\"quiet\"") : Html.Empty)}>{text}</button></form>
        """);

    private async Task BindAsync(HttpContext context, Asked asked, FoundSession session)
    {
        var user = session.User;
        var record = RequestRecords.Of(context, user, IdentityActions.Bind, $"{user.Owner}/{user.Name}") with { Detail = asked.Proof.Identity.OpenId.Issuer };
        var result = await database.WriteAsync(async (connection, transaction) =>
        {
            var bound = await binding.BindAsync(connection, transaction, asked.Proof, new AccountProof(user.Id, session.CreatedTime, ProofMethods.SignIn));
            if (bound == BindResult.Bound)
            {
                await Records.AddAsync(connection, record, transaction);
            }

            return bound is BindResult.Bound or BindResult.IsBound ? Written.Commit(bound) : Written.Rollback(bound);
        });
        await (BindingTicketProofs.RefusalOf(result) is { } refusal ? ErrorPage.WriteAsync(context, asked.Application, refusal) : TellAsync(context, asked, Bound));
    }

    private async Task CreateAsync(HttpContext context, Asked asked)
    {
        if (!FirstSignin.Of(asked.Application, asked.Program).MayCreate)
        {
            await ErrorPage.WriteAsync(context, asked.Application, FirstSignin.SignUpOff);
            return;
        }

        var profile = SigninProfile.Of(null, null);
        var plan = await accounts.PlanAsync(asked.Proof.Identity, profile, null, asked.Application, true, context.PeerAddress(), context.RequestAborted);
        var isCreated = plan is { IsNew: true } && await database.WriteAsync(async (connection, transaction) =>
        {
            if (!await accounts.WriteAsync(plan, connection, transaction) || !await binding.SpendAsync(connection, transaction, asked.Proof))
            {
                return Written.Rollback(false);
            }

            await Records.AddAsync(connection, RequestRecords.Of(context, plan.User, "new-user", asked.Application.Name), transaction);
            return Written.Commit(true);
        });
        if (isCreated)
        {
            tally.Count(Measures.NewUsers, asked.Application.OrganizationId, WeChatMiniProgramGrant.Kind.Label);
        }

        await (isCreated ? TellAsync(context, asked, Created) : ErrorPage.WriteAsync(context, asked.Application, BindingTicketProofs.Invalid));
    }

    private async Task TellAsync(HttpContext context, Asked asked, LocalizedText text)
    {
        var language = Languages.Of(context.Request);
        await new Page(language, await BrandAsync(context, asked.Application), Done, Html.Of($"""<p role="status">{text.In(language)}</p>""")).WriteAsync(context);
    }

    private Task<Brand> BrandAsync(HttpContext context, Application application) => database.ReadAsync(c => Brand.OfAsync(c, application), context.RequestAborted);

    /// <summary>What the page was opened for.</summary>
    private sealed record Asked(Application Application, IdentityProof Proof, MiniProgram Program, string Ticket)
    {
        public string Address => QueryHelpers.AddQueryString(Path, [KeyValuePair.Create(TicketField, (string?)Ticket), KeyValuePair.Create(ClientField, (string?)Application.ClientId)]);
    }
}
