using Postern.AuthorizationServer;
using Postern.AuthorizationServer.Http;
using Postern.AuthorizationServer.OAuth;
using Postern.AuthorizationServer.OAuth.Clients;
using Postern.AuthorizationServer.OAuth.Dpop;
using Postern.AuthorizationServer.Refusals;
using Postern.AuthorizationServer.SignIn;
using Postern.AuthorizationServer.SignIn.Gate;
using Postern.AuthorizationServer.Statistics;
using Postern.Directory.Objects;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Secrets;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.Calls;

/// <summary>The caller of a request, or the sentence that stops it before any route looks at it.</summary>
public readonly record struct Identified(Caller Caller, LocalizedText? Refusal)
{
    /// <summary>The code of the refusal for a resource's own answer (RFC 6750 §3.1, RFC 9449 §7.1).</summary>
    public string Error { get; init; } = "invalid_token";

    /// <summary>The code of the refusal in Casdoor's envelope.</summary>
    public ErrorCode Code => Error == TokenChallenge.InsufficientScope || Refusal == Callers.CrossSite ? ErrorCode.AccessDenied : ErrorCode.Unauthorized;

    /// <summary>The token is bound to a key (RFC 9449 §6) and was sent as if it were not.</summary>
    public bool IsOfBoundToken { get; init; }

    private readonly SecurityProfile? profile;

    /// <summary>Of the application that the token is of; the usual one where that is not known.</summary>
    public SecurityProfile Profile
    {
        get => profile ?? SecurityProfile.Usual;
        init => profile = value;
    }
}

/// <summary>Finds out who calls: bearer token, an application's own credentials, else the browser's session.</summary>
public sealed class Callers(Database database, SecretStore secrets, AccessTokenReader tokens, DpopProofs proofs, Sessions sessions, AuditedRefusals refusals, QueryCredentialUse uses, CasdoorApiOptions options)
{
    public static readonly LocalizedText TokenUnknown = new("Access token doesn't exist in database", "访问令牌不存在");
    public static readonly LocalizedText TokenOfAnotherApi = new(
        "The access token is for another API: ask for one without resource, or with the address of this server as resource",
        "该访问令牌用于其他 API：请不带 resource，或以本服务器地址作为 resource 申请令牌");
    public static readonly LocalizedText CrossSite = new(
        "A write with a session cookie needs the content type application/json and must come from this site",
        "使用会话 Cookie 写入时，内容类型必须是 application/json，且请求必须来自本站");

    /// <summary>The key under which a request without a caller is noted.</summary>
    private static readonly object Missing = new();

    /// <summary>Whether the request names no caller.</summary>
    internal static bool IsMissing(HttpContext context) => context.Items.ContainsKey(Missing);

    /// <summary>The caller, by a token only where it opens the object API for this method: what reads needs less than what writes.</summary>
    public Task<Identified> IdentifyAsync(HttpContext context) => IdentifyAsync(context, IsRead(context.Request) ? Opens.Reads : Opens.Everything);

    /// <param name="context">The call.</param>
    /// <param name="needed">What a token must open; of sessions and credentials nothing is asked.</param>
    public async Task<Identified> IdentifyAsync(HttpContext context, Opens needed)
    {
        var identified = await JudgeAsync(context, needed);
        if (identified.Refusal is not null && (identified.IsOfBoundToken || TokenChallenge.IsDpop(context.Request)))
        {
            TokenChallenge.Set(context, identified);
        }
        else if (identified is { Refusal: null, Caller.Kind: CallerKind.Anonymous })
        {
            context.Items[Missing] = true;
            if (TokenChallenge.IsDpop(context.Request))
            {
                TokenChallenge.NoteMissing(context);
            }
        }

        return identified;
    }

    private async Task<Identified> JudgeAsync(HttpContext context, Opens needed)
    {
        var header = context.Request.Headers.Authorization.ToString();
        var inQuery = QueryCredentials.Of(context.Request);
        if (!inQuery.IsNone)
        {
            return await OfQueryAsync(context, inQuery, header, needed);
        }

        if (header.Length == 0)
        {
            return await OfSessionAsync(context);
        }

        // Credentials in the header decide alone: a cookie beside them must not add permissions.
        var blank = header.IndexOf(' ', StringComparison.Ordinal);
        var (scheme, value) = blank < 0 ? (header, "") : (header[..blank], header[(blank + 1)..].Trim());
        var isBound = scheme.Equals(DpopProofs.Header, StringComparison.OrdinalIgnoreCase);
        if (isBound || scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase))
        {
            // The scheme alone is no token that could be wrong (RFC 6750 §3.1).
            var identified = isBound && value.Length == 0 ? new(Caller.Anonymous, null) : await OfTokenAsync(context, value, needed, isBound);
            CrossOrigin.AnswerBearer(context, identified.Caller.Client);
            return identified;
        }

        return new(
            BasicCredentials.TryHeader(header, out var basic) && basic is not null
                ? await OfCredentialsAsync(basic, context.RequestAborted)
                : Caller.Anonymous,
            null);
    }

    /// <summary>The caller of credentials in the address; where there are others in the header, all of them must be one client's.</summary>
    private async Task<Identified> OfQueryAsync(HttpContext context, QueryCredentials sent, string header, Opens needed)
    {
        if (options.CredentialsInQuery == CredentialsInQuery.Refuse)
        {
            return new(Caller.Anonymous, QueryCredentials.SwitchedOff);
        }

        if (!SameOrigin.Allows(context.Request, options))
        {
            return new(Caller.Anonymous, QueryCredentials.OfAnotherSite);
        }

        _ = BasicCredentials.TryHeader(header, out var basic);
        if (header.Length > 0 && basic is null)
        {
            return new(Caller.Anonymous, QueryCredentials.TwoCallers);
        }

        if (sent.AccessToken.Length == 0)
        {
            if (basic is not null && !(basic.IsOf(sent.ClientId) && (basic.Secret == sent.Secret || basic.SentSecret == sent.Secret)))
            {
                return new(Caller.Anonymous, QueryCredentials.TwoCallers);
            }

            var caller = await OfCredentialsAsync(new(sent.ClientId, sent.Secret, sent.ClientId, sent.Secret), context.RequestAborted);
            return Noted(new(caller, null), caller.Application);
        }

        if (!IsRead(context.Request))
        {
            return new(Caller.Anonymous, QueryCredentials.OnReadsOnly);
        }

        // The user goes before the application, which must be the one that the token was issued to.
        var found = await OfTokenAsync(context, sent.AccessToken, needed);
        return found.Caller.Client is not { } client ? found
            : (basic is not null && !(basic.IsOf(client.ClientId) && basic.Open(secrets, client))) || (sent.ClientId.Length > 0 && !IsOf(client, sent.ClientId, sent.Secret)) ? new(Caller.Anonymous, QueryCredentials.TwoCallers)
            : Noted(found, client);
    }

    private bool IsOf(Application client, string clientId, string secret) =>
        client.ClientId == clientId && secrets.Matches(SecretColumn.ApplicationSecret, client.Id, client.ClientSecret, secret);

    private Identified Noted(Identified identified, Application? client)
    {
        if (client is not null)
        {
            uses.Note(client);
        }

        return identified;
    }

    /// <summary>The caller of an access token that was sent in another place than the header (RFC 6750 §2.2).</summary>
    public Task<Identified> OfTokenAsync(HttpContext context, string jwt, Opens needed) => OfTokenAsync(context, jwt, needed, isBound: false);

    private async Task<Identified> OfTokenAsync(HttpContext context, string jwt, Opens needed, bool isBound)
    {
        var cancel = context.RequestAborted;
        if (await tokens.ReadAsync(jwt, cancel) is not { } owner)
        {
            return new(Caller.Anonymous, await ExplainAsync(context, jwt));
        }

        // A bound token is no bearer, and a bearer's proof proves nothing (RFC 9449 §7.1).
        if (owner.Jkt.Length > 0 != isBound)
        {
            return new(Caller.Anonymous, isBound ? new LocalizedText(
                "The access token is not bound to a key: send it as Bearer",
                "该访问令牌未绑定密钥：请以 Bearer 发送") : new LocalizedText("DPoP proof header required for DPoP-bound access token", "该访问令牌已绑定 DPoP 密钥，必须发送 DPoP 证明"))
            {
                IsOfBoundToken = !isBound,
                Profile = owner.Application.Profile,
            };
        }

        if (isBound)
        {
            if ((await proofs.ReadAsync(context, owner.Application.Profile, jwt)).IsRefused(out var refusal, out var jkt))
            {
                return new(Caller.Anonymous, new($"DPoP proof validation failed: {refusal.Description}", $"DPoP 证明验证失败：{refusal.ChineseMessage}")) { Error = refusal.Code, Profile = owner.Application.Profile };
            }

            if (jkt.Length == 0)
            {
                return new(Caller.Anonymous, new LocalizedText("The request needs one DPoP proof, in the header DPoP", "请求需要在 DPoP 请求头中发送一个 DPoP 证明"))
                {
                    Error = "invalid_dpop_proof",
                    Profile = owner.Application.Profile,
                };
            }

            if (jkt != owner.Jkt)
            {
                return new(Caller.Anonymous, new LocalizedText(
                    "DPoP proof key binding mismatch",
                    "DPoP 证明与令牌绑定的密钥不一致"))
                { Profile = owner.Application.Profile };
            }
        }

        if (owner.Opens < needed)
        {
            return new(Caller.Anonymous, Lacking(owner.Opens))
            {
                Error = owner.Opens == Opens.Nothing ? "invalid_token" : TokenChallenge.InsufficientScope,
                Profile = owner.Application.Profile,
            };
        }

        return new(new Caller
        {
            User = owner.User,
            Application = owner.User is null ? owner.Application : null,
            Token = owner.Token,
            Client = owner.Application,
            Opens = owner.Opens,
        }, null);
    }

    private static bool IsRead(HttpRequest request) => HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);

    internal static LocalizedText Lacking(Opens opens) => opens switch
    {
        Opens.Nothing => TokenOfAnotherApi,
        Opens.UserInfo => new LocalizedText(
            $"The access token opens userinfo alone: ask for the scope {Scopes.Api} or {Scopes.ApiRead}",
            $"该访问令牌只能访问 userinfo：请申请 scope {Scopes.Api} 或 {Scopes.ApiRead}"),
        _ => new LocalizedText($"The access token may only read: ask for the scope {Scopes.Api}", $"该访问令牌只能读取：请申请 scope {Scopes.Api}"),
    };

    /// <summary>A caller that holds a token of ours may be told that its user was forbidden.</summary>
    private async Task<LocalizedText> ExplainAsync(HttpContext context, string jwt)
    {
        var cancel = context.RequestAborted;
        if (await tokens.ReadHintAsync(jwt, cancel) is not { } grantId)
        {
            return TokenUnknown;
        }

        var (application, user) = await database.ReadAsync(async connection => await Grants.FindAsync(connection, grantId) is { UserId.Length: > 0 } found
            ? (await Applications.FindByIdAsync(connection, found.ApplicationId), await Users.FindByIdAsync(connection, found.UserId))
            : default((Application?, User?)), cancel);
        if (application is null || user is { IsForbidden: false, IsDeleted: false })
        {
            return TokenUnknown;
        }

        if (user is not null)
        {
            var record = RequestRecords.Of(context, user, "token-refused", "") with
            {
                Verdict = Verdicts.Refused,
                Detail = user.IsForbidden ? "user is forbidden" : "user is deleted",
            };
            await refusals.AddAsync(record, application.ClientId, "forbidden");
        }

        return GateRefusal.Forbidden.Sentence;
    }

    /// <summary>Wrong credentials make the caller anonymous and are no error: what is public stays readable with them.</summary>
    private async Task<Caller> OfCredentialsAsync(BasicCredentials sent, CancellationToken cancel)
    {
        var application = await database.ReadAsync(sent.FindAsync, cancel);
        return application is { HasApiAccess: true, IsSelfRegistered: false, Profile.NeedsPrivateKeyJwt: false } && application.IsServed(options) && sent.Open(secrets, application)
            ? new Caller { Application = application }
            : Caller.Anonymous;
    }

    private async Task<Identified> OfSessionAsync(HttpContext context)
    {
        if (await sessions.FindAsync(context) is not { } session)
        {
            return new(Caller.Anonymous, null);
        }

        // A browser adds the cookie to requests that any page makes it send.
        return IsRead(context.Request) || (context.Request.HasJsonContentType() && SameOrigin.Allows(context.Request, options))
            ? new(new Caller { User = session.User, SessionHash = session.Hash, SessionTime = session.CreatedTime }, null)
            : new(Caller.Anonymous, CrossSite);
    }
}
