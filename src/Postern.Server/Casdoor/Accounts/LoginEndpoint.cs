using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Protocol;
using Postern.Server.Casdoor.Objects;
using Postern.Server.Data;
using Postern.Server.Hosting;
using Postern.Server.OAuth;
using Postern.Server.OAuth.Authorize;
using Postern.Server.OAuth.Clients;
using Postern.Server.OAuth.Token;
using Postern.Server.SignIn;
using Postern.Server.SignIn.Pages;

namespace Postern.Server.Casdoor.Accounts;

/// <summary>
/// <c>POST /api/login</c> (contract 6.1): a browser's sign-in by password or by the session it has, and what its page wants
/// from that: the session alone, a code, tokens, or a device's approval.
/// </summary>
internal static class LoginEndpoint
{
    private static readonly string[] Types = ["login", ResponseTypeCode, GrantTypes.Token, GrantTypes.IdToken, "device"];
    private const string ResponseTypeCode = "code";

    public static async Task<IResult> HandleAsync(HttpContext context)
    {
        // Else a foreign page could sign its visitor in here as somebody of its choice.
        if (!SameOrigin.Allows(context.Request, context.RequestServices.GetRequiredService<PosternOptions>()))
        {
            return Envelope.Denied();
        }

        var read = await RequestBody.ReadAsync(context, "AuthForm");
        if (read.Value is not { } form)
        {
            return Envelope.Error(read.Refusal);
        }

        var type = ObjectTarget.Text(form, "type");
        if (!Types.Contains(type))
        {
            return Envelope.Error("unknown response type: " + type);
        }

        var clientId = type == ResponseTypeCode ? AppLoginRequest.ClientId(context) : ObjectTarget.Text(form, "clientId");
        var (application, refusal) = await LoginApplications.FindAsync(context, ObjectTarget.Text(form, "application"), clientId, ObjectTarget.Text(form, "organization"));
        if (application is null || refusal.Length > 0)
        {
            context.RequestServices.GetRequiredService<RefusalCounts>().Add(application?.ClientId ?? RefusalCounts.UnknownClient, "no_signin");
            return Envelope.Error(refusal);
        }

        AuthorizationRequest? request = null;
        if (type == ResponseTypeCode)
        {
            var reading = AppLoginRequest.Read(context, application);
            if (reading.Request is null)
            {
                return Envelope.Error(AppLoginRequest.Sentence(reading), "");
            }

            request = reading.Request;
        }

        var (session, answer) = await SignInAsync(context, form, application);
        return session is null ? answer! : await AnswerAsync(context, form, type, application, request, session);
    }

    /// <summary>By the password that was sent, else by the session that the browser has.</summary>
    private static async Task<(FoundSession? Session, IResult? Refusal)> SignInAsync(HttpContext context, JsonObject form, Application application)
    {
        var services = context.RequestServices;
        var sessions = services.GetRequiredService<Sessions>();
        var (name, password) = (ObjectTarget.Text(form, "username"), ObjectTarget.Text(form, "password"));
        if (name.Length == 0)
        {
            return await sessions.FindAsync(context) is { } known && application.Admits(known.User) && context.Request.HasJsonContentType()
                ? (known, null)
                : (null, Envelope.Error("Unknown authentication type (not password or provider)"));
        }

        if (!application.EnablePassword)
        {
            services.GetRequiredService<RefusalCounts>().Add(application.ClientId, "no_signin");
            return (null, Envelope.Error("The login method: login with password is not enabled for the application"));
        }

        if (password.Length is 0 or > PasswordOptions.Longest)
        {
            return (null, Envelope.Error(password.Length == 0 ? "Password cannot be empty" : "Password is too long"));
        }

        var guesses = services.GetRequiredService<RefusedRequests>();
        if (guesses.Judge(context.PeerAddress(), application.ClientId) is { } limit)
        {
            return (null, Refusals.Of(limit));
        }

        var organization = ObjectTarget.Text(form, "organization");
        var isPersistent = form["autoSignin"]?.GetValueKind() == JsonValueKind.True;
        var attempt = new PasswordAttempt(organization.Length > 0 ? organization : application.Organization, name, password, context.PeerAddress(), context.Request.Path)
        {
            Session = new SessionOrder(isPersistent, Sessions.HashOf(context.Request)),
        };
        var outcome = await services.GetRequiredService<PasswordSignIn>().SignInAsync(application, attempt, context.RequestAborted);
        if (outcome is not { User: { } user, Session: { } session })
        {
            guesses.Note(context.PeerAddress(), application.ClientId);
            return (null, Envelope.Error(outcome.Refusal.English));
        }

        sessions.SetCookie(context, session);
        context.Response.Headers.CacheControl = "no-store";
        return (new FoundSession(user, session.Hash, session.CreatedTime), null);
    }

    private static Task<IResult> AnswerAsync(
        HttpContext context, JsonObject form, string type, Application application, AuthorizationRequest? request, FoundSession session) => type switch
        {
            "login" => Task.FromResult(Envelope.Ok($"{session.User.Owner}/{session.User.Name}")),
            "device" => ApproveAsync(context, ObjectTarget.Text(form, "userCode"), session),
            ResponseTypeCode => AuthorizeAsync(context, request!, session),
            _ => IssueAsync(context, type, application, session),
        };

    private static async Task<IResult> AuthorizeAsync(HttpContext context, AuthorizationRequest request, FoundSession session)
    {
        var services = context.RequestServices;
        // The page of the client's own cannot ask for consent; ours does, at the authorization endpoint. The code of a client that registered
        // itself goes to its redirect address alone, which is how it is known.
        var consent = await ConsentNeeds.OfAsync(services.GetRequiredService<Database>(), request, session.User, context.RequestAborted);
        if (consent.IsNeeded || request.Application.IsSelfRegistered)
        {
            return Envelope.Ok(new JsonObject { ["required"] = true });
        }

        var answer = await services.GetRequiredService<CodeIssuer>().AnswerAsync(context, request, session, consent, isAllowed: false);
        return answer.IsRefused(out var refusal, out var parameters)
            ? Envelope.Error(refusal.Description, "")
            : Envelope.Ok(parameters!.First(p => p.Key is "code" or "access_token" or "id_token").Value);
    }

    /// <summary>Legacy: tokens straight into the page, for applications that list it.</summary>
    private static async Task<IResult> IssueAsync(HttpContext context, string type, Application application, FoundSession session)
    {
        if (!application.Lists(type) || application.IsSelfRegistered)
        {
            return Envelope.Error($"error: grant_type: {type} is not supported in this application", "");
        }

        var scope = context.Request.Query["scope"].ToString();
        if (Requested.Of(application, scope, null).IsRefused(out var wrong, out var requested))
        {
            return Envelope.Error(wrong.Description, "");
        }

        if (Scopes.Words(requested!.Scope).Intersect(application.ConsentScopes()).Any())
        {
            return Envelope.Ok(new JsonObject { ["required"] = true });
        }

        var start = new GrantStart(
            new Client(application, false), session.User, GrantTypes.Implicit, requested.Scope, new TokenCaller(context.PeerAddress(), context.Request.Path, ""))
        {
            Nonce = context.Request.Query["nonce"].ToString(),
            AuthTime = session.CreatedTime,
            Amr = Sessions.PasswordMethod,
            SessionHash = session.Hash,
        };
        var begun = await context.RequestServices.GetRequiredService<NewGrants>().BeginAsync(
            start, (_, _, _) => Task.FromResult(true), NewGrants.UserForbidden, context.RequestAborted);
        return begun.IsRefused(out var refusal, out var tokens)
            ? Envelope.Error(refusal.Description, "")
            : Envelope.Ok(type == GrantTypes.Token ? tokens!.AccessToken : tokens!.IdToken, tokens.RefreshToken);
    }

    private static async Task<IResult> ApproveAsync(HttpContext context, string userCode, FoundSession session) =>
        await DevicePages.ApproveAsync(context, userCode, session)
            ? Envelope.Ok($"{session.User.Owner}/{session.User.Name}")
            : Envelope.Error("UserCode Expired");
}
