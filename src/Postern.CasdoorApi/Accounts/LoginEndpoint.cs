using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.AuthorizationServer.Authorize;
using Postern.AuthorizationServer.Http;
using Postern.AuthorizationServer.OAuth;
using Postern.AuthorizationServer.OAuth.Clients;
using Postern.AuthorizationServer.OAuth.Token;
using Postern.AuthorizationServer.Pages;
using Postern.AuthorizationServer.Refusals;
using Postern.AuthorizationServer.Requests;
using Postern.AuthorizationServer.SignIn;
using Postern.AuthorizationServer.SignIn.Gate;
using Postern.CasdoorApi.Calls;
using Postern.CasdoorApi.Edge;
using Postern.Directory.Objects;
using Postern.Directory.Statistics;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.Accounts;

/// <summary>
/// <c>POST /api/login</c>: a browser's sign-in by password or by the session it has, and what its page wants
/// from that: the session alone, a code, tokens, or a device's approval.
/// </summary>
internal static class LoginEndpoint
{
    private static readonly string[] Types = ["login", ResponseTypeCode, GrantTypes.Token, GrantTypes.IdToken, "device"];
    private const string ResponseTypeCode = "code";

    public static async Task<IResult> HandleAsync(HttpContext context)
    {
        // Else a foreign page could sign its visitor in here as somebody of its choice.
        if (!SameOrigin.Allows(context.Request, context.RequestServices.GetRequiredService<CasdoorApiOptions>()))
        {
            return Envelope.Denied();
        }

        var read = await RequestBody.ReadAsync(context, "AuthForm");
        if (read.Value is not { } form)
        {
            return Envelope.Error(ErrorCode.InvalidRequest, read.Refusal);
        }

        var type = ObjectTarget.Text(form, "type");
        if (!Types.Contains(type))
        {
            return Envelope.Error(ErrorCode.InvalidRequest, new($"unknown response type: {type}", $"未知的 type：{type}"));
        }

        var clientId = type == ResponseTypeCode ? AppLoginRequest.ClientId(context) : ObjectTarget.Text(form, "clientId");
        var (application, refusal) = await LoginApplications.FindAsync(context, ObjectTarget.Text(form, "application"), clientId, ObjectTarget.Text(form, "organization"));
        if (application is null || refusal is not null)
        {
            context.RequestServices.GetRequiredService<RefusalCounts>().Add(application?.ClientId ?? RefusalCounts.UnknownClient, "no_signin");
            return Envelope.Error(application is null ? ErrorCode.NotFound : ErrorCode.InvalidRequest, refusal!);
        }

        AuthorizationRequest? request = null;
        if (type == ResponseTypeCode)
        {
            var reading = AppLoginRequest.Read(context, application);
            if (reading.Request is null)
            {
                return Envelope.Error(ErrorCode.InvalidRequest, AppLoginRequest.Sentence(reading), "");
            }

            request = reading.Request;
        }

        var (signedIn, answer) = await SignInAsync(context, form, application);
        return signedIn is null ? answer! : await AnswerAsync(context, form, type, application, request, signedIn);
    }

    /// <summary>By the password that was sent, else by the session that the browser has.</summary>
    private static async Task<(SignedIn? SignedIn, IResult? Refusal)> SignInAsync(HttpContext context, JsonObject form, Application application)
    {
        var services = context.RequestServices;
        var sessions = services.GetRequiredService<Sessions>();
        var (name, password) = (ObjectTarget.Text(form, "username"), ObjectTarget.Text(form, "password"));
        if (name.Length == 0)
        {
            if (await sessions.FindAsync(context) is not { } known || !application.Admits(known.User) || !context.Request.HasJsonContentType())
            {
                return (null, Envelope.Error(ErrorCode.InvalidRequest, new(
                    "Unknown authentication type (not password or provider)",
                    "未知的认证方式（不是密码或提供商）")));
            }

            var verdict = await services.GetRequiredService<SignInGate>().JudgeAsync(SignInAttempt.Of(context, application, known), context.RequestAborted);
            return verdict.IsRefused(out var closed, out var admission) ? (null, Refuse(closed, application)) : (new(known, admission), null);
        }

        if (password.Length is 0 or > PasswordOptions.Longest)
        {
            return (null, Envelope.Error(ErrorCode.InvalidRequest, password.Length == 0 ? new LocalizedText(
                "Password cannot be empty",
                "密码不能为空") : new LocalizedText("Password is too long", "密码太长")));
        }

        var organization = ObjectTarget.Text(form, "organization");
        var isPersistent = form["autoSignin"]?.GetValueKind() == JsonValueKind.True;
        var attempt = new PasswordAttempt(organization.Length > 0 ? organization : application.Organization, name, password, context.PeerAddress(), context.Request.Path)
        {
            Session = new SessionOrder(isPersistent, Sessions.HashOf(context.Request)),
        };
        var outcome = await services.GetRequiredService<PasswordSignIn>().SignInAsync(application, attempt, context.RequestAborted);
        if (outcome is not { Admission: { } admitted, Session: { } session })
        {
            return (null, outcome.TooMany is { } tooMany ? Refusals.Of(tooMany)
                : outcome.Gate is { } gate ? Refuse(gate, application)
                : Envelope.Error(outcome.Cause == FailureReasons.LockedOut ? ErrorCode.TooManyRequests : ErrorCode.WrongCredentials, outcome.Refusal));
        }

        sessions.SetCookie(context, session);
        context.Response.Headers.CacheControl = "no-store";
        return (new(new FoundSession(admitted.User, session.Hash, session.CreatedTime, session.Amr), admitted), null);
    }

    /// <summary>Casdoor's front ends lead to a page of theirs by this word; there is no session.</summary>
    private static IResult Refuse(GateRefusal refusal, Application? application = null) =>
        refusal == GateRefusal.PasswordChange ? Envelope.Ok("RequiredUpdatePassword", data3: true)
        : application is not null && refusal == GateRefusal.SignInOff ? Envelope.SignInRefused(refusal, new LocalizedText(
            $"The application: {application.Name} has disabled users to signin",
            $"应用: {application.Name} 已停用登录"))
        : Envelope.SignInRefused(refusal);

    private static Task<IResult> AnswerAsync(
        HttpContext context, JsonObject form, string type, Application application, AuthorizationRequest? request, SignedIn signedIn) => type switch
        {
            "login" => Task.FromResult(Envelope.Ok($"{signedIn.Session.User.Owner}/{signedIn.Session.User.Name}")),
            "device" => ApproveAsync(context, ObjectTarget.Text(form, "userCode"), signedIn.Session),
            ResponseTypeCode => AuthorizeAsync(context, request!, signedIn),
            _ => IssueAsync(context, type, application, signedIn.Session),
        };

    private static async Task<IResult> AuthorizeAsync(HttpContext context, AuthorizationRequest request, SignedIn signedIn)
    {
        var (session, admission) = signedIn;
        var services = context.RequestServices;
        // The page of the client's own cannot ask for consent; ours does, at the authorization endpoint. The code of a client that registered
        // itself goes to its redirect address alone, which is how it is known.
        var consent = await ConsentNeeds.OfAsync(services.GetRequiredService<Database>(), request, session.User, context.RequestAborted);
        if (consent.IsNeeded || request.Application.IsSelfRegistered)
        {
            return Envelope.Ok(new JsonObject { ["required"] = true });
        }

        var answer = await services.GetRequiredService<CodeIssuer>().AnswerAsync(context, request, session, admission, consent, isAllowed: false);
        return answer.IsRefused(out var refusal, out var parameters)
            ? Envelope.Error(ErrorCode.Of(refusal), refusal.Text, "")
            : Envelope.Ok(parameters.First(p => p.Key is "code" or "access_token" or "id_token").Value);
    }

    /// <summary>Legacy: tokens straight into the page, for applications that list it.</summary>
    private static async Task<IResult> IssueAsync(HttpContext context, string type, Application application, FoundSession session)
    {
        if (!application.Lists(type) || application.IsSelfRegistered)
        {
            return Envelope.Error(ErrorCode.AccessDenied, new(
                $"error: grant_type: {type} is not supported in this application",
                $"错误：该应用不支持 grant_type: {type}"), "");
        }

        var scope = context.Request.Query["scope"].ToString();
        if (RequestedAccess.Of(application, scope, null).IsRefused(out var wrong, out var requested))
        {
            return Envelope.Error(ErrorCode.Of(wrong), wrong.Text, "");
        }

        if (Scopes.Words(requested.Scope).Intersect(application.ConsentScopes()).Any())
        {
            return Envelope.Ok(new JsonObject { ["required"] = true });
        }

        var start = new GrantRequest(
            new Client(application, false), session.User, GrantTypes.Implicit, requested.Scope, new TokenRequestContext(context.PeerAddress(), context.Request.Path, ""))
        {
            Nonce = context.Request.Query["nonce"].ToString(),
            AuthTime = session.CreatedTime,
            Amr = session.Amr,
            SessionHash = session.Hash,
            UserAddress = context.PeerAddress(),
            WithAccessToken = type == GrantTypes.Token,
        };
        var begun = await context.RequestServices.GetRequiredService<GrantIssuer>().BeginAsync(
            start, (_, _, _) => Task.FromResult<OAuthError?>(null), context.RequestAborted);
        return begun.IsRefused(out var refusal, out var tokens)
            ? Envelope.Error(ErrorCode.Of(refusal), refusal.Text, "")
            : Envelope.Ok(type == GrantTypes.Token ? tokens.AccessToken : tokens.IdToken, tokens.RefreshToken);
    }

    private static async Task<IResult> ApproveAsync(HttpContext context, string userCode, FoundSession session)
    {
        var (isApproved, refusal) = await DevicePages.ApproveAsync(context, userCode, session);
        return refusal is not null ? Refuse(refusal)
            : isApproved ? Envelope.Ok($"{session.User.Owner}/{session.User.Name}")
            : Envelope.Error(ErrorCode.NotFound, new("UserCode Expired", "用户代码已过期"));
    }

    /// <summary>A session and the gate's word on it.</summary>
    private sealed record SignedIn(FoundSession Session, Admission Admission);
}
