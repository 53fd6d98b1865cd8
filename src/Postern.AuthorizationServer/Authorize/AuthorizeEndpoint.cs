using Microsoft.AspNetCore.Http.Extensions;
using Postern.AuthorizationServer.Http;
using Postern.AuthorizationServer.OAuth;
using Postern.AuthorizationServer.Pages;
using Postern.AuthorizationServer.Refusals;
using Postern.AuthorizationServer.Requests;
using Postern.AuthorizationServer.SignIn;
using Postern.AuthorizationServer.SignIn.Gate;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.Authorize;

/// <summary>
/// The authorization endpoint (RFC 6749 §3.1, OpenID Connect Core §3.1.2): authenticates the user, asks for consent, then answers the client.
/// </summary>
internal static class AuthorizeEndpoint
{

    private static readonly Parameter ClientId = new("client_id", "the application", IsRequired: true);
    private static readonly Parameter RequestUri = new("request_uri", "a request that was pushed, instead of all parameters but client_id");
    private static readonly OAuthError LoginRequired = new("login_required", "the user must sign in first");
    private static readonly OAuthError Repeated = OAuthError.InvalidRequest("a parameter is repeated (RFC 6749 section 3.1)", "参数重复");

    // The browser shows it: no client is known yet that could receive an answer.
    private static readonly Reply RefusalPage = new(StatusCodes.Status400BadRequest, "") { Type = "S", MediaType = "text/html" };

    public static void MapAuthorize(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Paths.Authorize, (RequestDelegate)HandleAsync).Describe(new("OAuth", "The authorization endpoint, for browsers (RFC 6749 section 3.1)")
        {
            Credentials = Credentials.Session | Credentials.Optional,
            Query = [ClientId, RequestUri, .. AuthorizationReader.Parameters],
            Answers = [new(StatusCodes.Status200OK, "A page of ours, or the form that carries the answer to the client") { Type = "S", MediaType = "text/html" }, Reply.Nothing(StatusCodes.Status302Found, "The answer to the client, at its redirect_uri")],
            Refusals = [RefusalPage],
        });
        routes.MapPost(Paths.Authorize, (RequestDelegate)GoOnByGetAsync).Describe(new("OAuth", "The same request as a form; it goes on by GET")
        {
            Credentials = Credentials.None,
            Form = [ClientId, RequestUri, .. AuthorizationReader.Parameters],
            Answers = [Reply.Nothing(StatusCodes.Status303SeeOther, "To the same address, with the parameters in its query")],
            Refusals = [RefusalPage],
        });
        routes.MapPost(Paths.Consent, (RequestDelegate)DecideAsync);
    }

    private static async Task HandleAsync(HttpContext context)
    {
        if (await ReadAsync(context, context.Request.Query) is not { } request)
        {
            return;
        }

        var services = context.RequestServices;
        var session = await SessionForAsync(context, request);
        var isFresh = session is not null && IsFresh(services, context.Request.QueryString.Value ?? "", context.Request.Query, session);
        if (session is null || (!isFresh && MustSignInAgain(services, request, session)))
        {
            // A sign-in that is too old must be repeated, so the page does not offer to continue with it.
            await (request.IsSilent ? RefuseAsync(context, request, LoginRequired) : SignInPage.ShowAsync(context, request, null));
            return;
        }

        // The signed-in user is not the one that the client expects: the client decides what happens next.
        if (!await IsExpectedAsync(context, request, session))
        {
            await (request.IsSilent || isFresh ? RefuseAsync(context, request, LoginRequired) : SignInPage.ShowAsync(context, request, session));
            return;
        }

        if (request.Asks("select_account") && !isFresh)
        {
            await SignInPage.ShowAsync(context, request, session);
            return;
        }

        if (await AdmitAsync(context, request, session, context.Request.QueryString.Value ?? "") is not { } admission)
        {
            return;
        }

        var consent = await ConsentNeeds.OfAsync(services.GetRequiredService<Database>(), request, session.User, context.RequestAborted);
        if (consent.IsNeeded)
        {
            await (request.IsSilent
                ? RefuseAsync(context, request, new OAuthError("consent_required", "the user must be asked first"))
                : ConsentPage.ShowAsync(context, request, session, context.Request.QueryString.Value ?? ""));
            return;
        }

        await AnswerAsync(context, request, session, admission, consent, isAllowed: false);
    }

    /// <summary>The gate's word, or null where it refused and the answer was given: to the client where no page may be shown.</summary>
    private static async Task<Admission?> AdmitAsync(HttpContext context, AuthorizationRequest request, FoundSession session, string query)
    {
        var gate = context.RequestServices.GetRequiredService<SignInGate>();
        if (!(await gate.JudgeAsync(SignInAttempt.Of(context, request.Application, session), context.RequestAborted)).IsRefused(out var refusal, out var admission))
        {
            return admission;
        }

        await (request.IsSilent ? RefuseAsync(context, request, refusal.ToClient()) : SignInPage.ShowRefusalAsync(context, request.Application, Paths.Authorize + "?" + FreshSignIns.Without(query), session, refusal, request.UiLocales));
        return null;
    }

    /// <summary>A request may also be posted (OpenID Connect Core §3.1.2.1); it continues by GET, so that the browser sends its session cookie.</summary>
    private static async Task GoOnByGetAsync(HttpContext context)
    {
        if (await PostedForm.TryReadAsync(context) is not { } form)
        {
            await ErrorPage.WriteAsync(context, null, OAuthError.InvalidRequest("the request cannot be read", "无法读取请求"));
            return;
        }

        var query = new QueryBuilder(form.SelectMany(p => p.Value, (p, value) => KeyValuePair.Create(p.Key, value ?? "")));
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = Paths.Authorize + query.ToQueryString();
    }

    /// <summary>What the user said on the consent page.</summary>
    private static async Task DecideAsync(HttpContext context)
    {
        if (await PostedForm.ReadAsync(context, form => AskAgainAsync(context, form["request"].ToString())) is not { } form)
        {
            return;
        }

        // The request is validated again from its original parameters: the form supplies no earlier result.
        var query = new QueryCollection(Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(form["request"].ToString()));
        if (await ReadAsync(context, query) is not { } request)
        {
            return;
        }

        if (await SessionForAsync(context, request) is not { } session
            || (!IsFresh(context.RequestServices, form["request"].ToString(), query, session) && MustSignInAgain(context.RequestServices, request, session))
            || !await IsExpectedAsync(context, request, session))
        {
            await RefuseAsync(context, request, LoginRequired);
            return;
        }

        if (form["decision"] != "allow")
        {
            await SendRefusalAsync(context, request.Application, request.Target, new OAuthError("access_denied", "the user refused"), request.UiLocales);
            return;
        }

        // The client or the requested access changed while the page was open: the user has not seen the change.
        if (form["shown"] != ConsentNeeds.ShownFor(request))
        {
            await ConsentPage.ShowAsync(context, request, session, form["request"].ToString());
            return;
        }

        if (await AdmitAsync(context, request, session, form["request"].ToString()) is not { } admission)
        {
            return;
        }

        var consent = await ConsentNeeds.OfAsync(context.RequestServices.GetRequiredService<Database>(), request, session.User, context.RequestAborted);
        await AnswerAsync(context, request, session, admission, consent, isAllowed: true);
    }

    /// <summary>The decision was not accepted. The request is handled as new: it is validated again, and the user who is signed in now is asked.</summary>
    private static Task AskAgainAsync(HttpContext context, string request)
    {
        var page = ContinuePages.GoOn(Languages.Of(context.Request), Brand.Ours, SignInPage.ReturnTo($"{Paths.Authorize}?{request.TrimStart('?')}"));
        return (page with { Status = StatusCodes.Status400BadRequest }).WriteAsync(context);
    }

    private static async Task AnswerAsync(
        HttpContext context, AuthorizationRequest request, FoundSession session, Admission admission, ConsentNeeds consent, bool isAllowed)
    {
        var answer = await context.RequestServices.GetRequiredService<CodeIssuer>().AnswerAsync(context, request, session, admission, consent, isAllowed);
        if (answer.IsRefused(out var refusal, out var parameters))
        {
            await SendRefusalAsync(context, request.Application, request.Target, refusal, request.UiLocales);
            return;
        }

        await AuthorizationAnswers.WriteAsync(context, request.Target, parameters, await BrandAsync(context, request.Application), Languages.Of(context.Request, request.UiLocales));
    }

    private static async Task RefuseAsync(HttpContext context, AuthorizationRequest request, OAuthError refusal) =>
        await RefuseAsync(context, request.Application, request.Target, refusal, request.UiLocales);

    /// <summary>Tells the client, or the user first where the browser must not go there by itself.</summary>
    private static async Task RefuseAsync(HttpContext context, Application application, AuthorizationTarget target, OAuthError refusal, string uiLocales)
    {
        // In a frame only the frame goes there, and the address that the user sees stays; a form waits for its button there.
        if (application.MayLeadTo(target.RedirectUri) || target.ResponseMode == AuthorizationRequest.FormPost
            || context.Request.Headers["Sec-Fetch-Dest"].ToString() is "iframe" or "frame")
        {
            await SendRefusalAsync(context, application, target, refusal, uiLocales, application.MayLeadTo(target.RedirectUri));
            return;
        }

        context.RequestServices.GetRequiredService<RefusalCounts>().Add(application.ClientId, refusal.Code);
        var page = ErrorPage.Of(context, await BrandAsync(context, application), refusal);
        await (page with { Content = Html.Join([page.Content, AuthorizationAnswers.LinkOf(context, target, refusal, page.Language)]) }).WriteAsync(context);
    }

    private static async Task SendRefusalAsync(HttpContext context, Application application, AuthorizationTarget target, OAuthError refusal, string uiLocales, bool isSent = true)
    {
        context.RequestServices.GetRequiredService<RefusalCounts>().Add(application.ClientId, refusal.Code);
        await AuthorizationAnswers.WriteAsync(
            context, target, AuthorizationAnswers.OfRefusal(refusal), await BrandAsync(context, application), Languages.Of(context.Request, uiLocales), isSent);
    }

    /// <summary>The request, or null where it was refused and answered.</summary>
    private static async Task<AuthorizationRequest?> ReadAsync(HttpContext context, IQueryCollection sent)
    {
        var repeated = sent.Where(p => p.Value.Count > 1).Select(p => p.Key).ToList();
        if (repeated.Exists(AuthorizationReader.WhoIsAnswered.Contains))
        {
            await ErrorPage.WriteAsync(context, null, Repeated);
            return null;
        }

        var parameters = sent.Where(p => p.Key != FreshSignIns.Parameter && p.Value.Count == 1 && p.Value.ToString().Length > 0)
            .ToDictionary(p => p.Key, p => p.Value.ToString(), StringComparer.Ordinal);
        var reading = await context.RequestServices.GetRequiredService<AuthorizationReader>().ReadAsync(parameters, context.RequestAborted);
        if (repeated.Count > 0)
        {
            reading = reading with { Request = null, Refusal = reading.Target is null ? reading.Refusal : Repeated };
        }

        if (reading is { Refusal: { } refusal, Application: { } application, Target: { } target })
        {
            await RefuseAsync(context, application, target, refusal, parameters.GetValueOrDefault("ui_locales") ?? "");
        }
        else if (reading.Refusal is { } onPage)
        {
            context.RequestServices.GetRequiredService<RefusalCounts>().Add(reading.Application?.ClientId ?? RefusalCounts.UnknownClient, onPage.Code);
            await ErrorPage.WriteAsync(context, reading.Application, onPage);
        }
        else if (reading.Request is { Application: { DisableSignin: true } or { OrganizationDisablesSignin: true } } closed)
        {
            await RefuseAsync(context, closed, OAuthError.UnauthorizedClient("sign-in is disabled for this application"));
        }
        else
        {
            return reading.Request;
        }

        return null;
    }

    /// <summary>The browser's session, where its user may sign in to this application.</summary>
    private static async Task<FoundSession?> SessionForAsync(HttpContext context, AuthorizationRequest request)
    {
        // A frame of another site gets no answer about who is signed in; browsers keep the cookie from it anyway (SameSite).
        if (context.Request.Headers["Sec-Fetch-Site"] == "cross-site" && context.Request.Headers["Sec-Fetch-Dest"].ToString() is "iframe" or "frame")
        {
            return null;
        }

        return await context.RequestServices.GetRequiredService<Sessions>().FindAsync(context) is { } session && request.Application.Admits(session.User) ? session : null;
    }

    private static bool IsFresh(IServiceProvider services, string text, IQueryCollection query, FoundSession session) =>
        services.GetRequiredService<FreshSignIns>().IsOf(Paths.Authorize, text, query[FreshSignIns.Parameter].ToString(), session.Hash);

    private static bool MustSignInAgain(IServiceProvider services, AuthorizationRequest request, FoundSession session)
    {
        if (request.Asks("login"))
        {
            return true;
        }

        var age = services.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds() - session.CreatedTime;
        return request.MaxAge is { } most && age > most * 1000;
    }

    /// <summary>Whether the client takes an answer for the user of this session: by its hint, and by the claim sub (OpenID Connect Core §3.1.2.2).</summary>
    private static async Task<bool> IsExpectedAsync(HttpContext context, AuthorizationRequest request, FoundSession session)
    {
        if (request.IdTokenHint.Length == 0 || !request.Claims.Admits(session.User.Id))
        {
            return request.Claims.Admits(session.User.Id);
        }

        var grantId = await context.RequestServices.GetRequiredService<AccessTokenReader>().ReadHintAsync(request.IdTokenHint, context.RequestAborted);
        var grant = grantId is null ? null
            : await context.RequestServices.GetRequiredService<Database>().ReadAsync(c => Grants.FindAsync(c, grantId), context.RequestAborted);
        return grant?.UserId == session.User.Id;
    }

    private static Task<Brand> BrandAsync(HttpContext context, Application application) =>
        context.RequestServices.GetRequiredService<Database>().ReadAsync(c => Brand.OfAsync(c, application), context.RequestAborted);
}
