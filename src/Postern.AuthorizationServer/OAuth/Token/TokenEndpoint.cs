using Postern.AuthorizationServer.Http;
using Postern.AuthorizationServer.Http.Inputs;
using Postern.AuthorizationServer.OAuth.Clients;
using Postern.AuthorizationServer.OAuth.Dpop;
using Postern.AuthorizationServer.Refusals;
using Postern.Directory.Statistics;
using Postern.Protocol;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.OAuth.Token;

/// <summary>The token endpoint (RFC 6749 §3.2) at Casdoor's two addresses.</summary>
public static class TokenEndpoint
{
    public const string RefreshPath = "/api/login/oauth/refresh_token";
    internal const string MiniProgramTag = "wechat_miniprogram";

    public static void MapTokenEndpoint(this IEndpointRouteBuilder routes)
    {
        routes.MapCrossOriginWithoutCookies(Paths.Token, [HttpMethods.Post], HandleAsync).TakesTokens().Describe(new("OAuth", "The token endpoint (RFC 6749 section 3.2): a proof becomes tokens")
        {
            Detail = "A Mini Program sends tag=wechat_miniprogram, client_id and the code of wx.login(). The parameters may also come as JSON or in the query.",
            Credentials = Credentials.Client | Credentials.Optional,
            Form =
            [
                new("grant_type", $"{Types(isLegacy: false)}, or {Types(isLegacy: true)} (legacy)"),
                new("tag", $"{MiniProgramTag} means the grant type {GrantTypes.WeChatMiniProgram}"),
                .. ClientEndpoint.Credentials,
                new("code", "the authorization code, or the code of wx.login()"), new("appid", "Mini Program: which of the application's; else the first"), new("provider", "Mini Program: the same by the provider's name"),
                new("username", "Mini Program: the display name of a new user; password grant: the user"), new("avatar", "Mini Program: the picture of a new user"), new("password", "of the password grant"),
                new(BindingTicketProofs.Parameter, "binds the identity that it was given for to the account that this request proves"),
                new("create_account", "true: the binding ticket creates a new account, where the application allows it"),
                new("redirect_uri", "as in the authorization request, where it is sent"), new("code_verifier", "of PKCE (RFC 7636)"), new("refresh_token", "of the refresh"),
                new("device_code", "of the device (RFC 8628)"), new("assertion", "a JWT that the application signed (RFC 7523)"),
                new("subject_token", "the token to exchange (RFC 8693)"), new("subject_token_type", "of it; else an access token"), new("requested_token_type", "an access token or JWT"),
                new("scope", "with spaces between"), new("resource", "the API that the token is for (RFC 8707)"),
            ],
            Answers = [Reply.Of("TokenAnswer")],
        });
        routes.MapCrossOriginWithoutCookies(RefreshPath, [HttpMethods.Post], HandleAsync).TakesTokens().Describe(new("OAuth", "The token endpoint for refreshing only")
        {
            Credentials = Credentials.Client | Credentials.Optional,
            Form =
            [
                new("grant_type", GrantTypes.RefreshToken, IsRequired: true), new("refresh_token", "each is good once", IsRequired: true), .. ClientEndpoint.Credentials,
                new("scope", "a part of the grant's"), new("resource", "as the grant has it"),
            ],
            Answers = [Reply.Of("TokenAnswer")],
        });
    }

    private static string Types(bool isLegacy) => string.Join(", ", GrantKinds.All.Where(kind => kind.IsLegacy == isLegacy).Select(kind => kind.Type));

    private static async Task HandleAsync(HttpContext context)
    {
        if (await ClientEndpoint.ReadAsync(context) is not { } call)
        {
            return;
        }

        await ((await AnswerAsync(context, call.Request, call.Client)).IsRefused(out var refusal, out var answer)
            ? call.RefuseAsync(refusal)
            : OAuthAnswers.WriteAsync(context, answer));
    }

    private static async Task<Outcome<TokenAnswer>> AnswerAsync(HttpContext context, OAuthRequest request, Client client)
    {
        var application = client.Application;
        if (KindOf(context.Request.Path, request, application).IsRefused(out var refusal, out var kind))
        {
            return refusal;
        }

        if (!client.HasSecret && NeedsSecret(kind, request, application))
        {
            return OAuthError.InvalidClient("client_secret is invalid", "该应用必须提供 client_secret");
        }

        if ((await ReadKeyAsync(context, client)).IsRefused(out refusal, out var jkt))
        {
            return refusal;
        }

        var services = context.RequestServices;
        var handler = (IGrantHandler)services.GetRequiredService(kind.Handler);
        var caller = new TokenRequestContext(context.PeerAddress(), context.Request.Path, jkt) { Host = context.Request.Host.Value ?? "" };
        var outcome = await handler.HandleAsync(request, client, caller, context.RequestAborted);
        Count(services.GetRequiredService<StatisticsCounter>(), application.OrganizationId, kind, outcome.Refusal);
        return outcome;
    }

    /// <summary>The grant that the request names, where this address and the application serve it.</summary>
    private static Outcome<GrantKind> KindOf(string path, OAuthRequest request, Application application)
    {
        var type = request["tag"] == MiniProgramTag ? GrantTypes.WeChatMiniProgram : request["grant_type"] ?? "";
        if (path == RefreshPath && type != GrantTypes.RefreshToken)
        {
            return OAuthError.UnsupportedGrantType("grant_type should be refresh_token", "不支持的 grant_type");
        }

        return GrantKinds.Find(type) is { } kind && (kind.MustBeListed ? application.Lists(type) : application.Profile.Serves(type)) ? kind
            : OAuthError.UnsupportedGrantType($"grant_type: {Printable(type)} is not supported in this application", "不支持的 grant_type");
    }

    /// <summary>
    /// Whether the client must send its secret. A binding ticket was given for a code of <c>wx.login()</c> to this client, so a password
    /// beside it shows which client asks.
    /// </summary>
    private static bool NeedsSecret(GrantKind kind, OAuthRequest request, Application application) => kind.Secret switch
    {
        SecretNeed.AsBegun => false,
        SecretNeed.Always when kind != PasswordGrant.Kind || request[BindingTicketProofs.Parameter] is null => true,
        _ => !ClientSecretRule.MayBeginWithout(application.TokenEndpointAuthMethod),
    };

    /// <summary>The thumbprint of the key that the tokens are to be bound to (RFC 9449); "" = bearer tokens.</summary>
    private static async Task<Outcome<string>> ReadKeyAsync(HttpContext context, Client client)
    {
        var (application, services) = (client.Application, context.RequestServices);
        // A proof adds a row: an address that was refused too often must not add more.
        if (!client.HasSecret && context.Request.Headers.ContainsKey(DpopProofs.Header)
            && services.GetRequiredService<RefusalRateLimiter>().Judge(context.PeerAddress(), application.ClientId) is { } tooMany)
        {
            return tooMany;
        }

        if ((await services.GetRequiredService<DpopProofs>().ReadAsync(context, application.Profile)).IsRefused(out var refusal, out var jkt))
        {
            return refusal;
        }

        if (jkt.Length == 0 && application.Profile.NeedsDpop)
        {
            // An absent proof is a missing parameter of the request, not an invalid proof (RFC 6749 §5.2, RFC 9449 §5).
            return OAuthError.InvalidRequest(
                "this application's tokens are bound to a key (its securityProfile is fapi2): send a DPoP proof (RFC 9449)",
                "此应用的令牌与密钥绑定（securityProfile 为 fapi2）：请发送 DPoP 证明（RFC 9449）");
        }

        return jkt;
    }

    /// <summary>Counts the answer: the token, and the sign-in where the grant is one.</summary>
    private static void Count(StatisticsCounter tally, string organizationId, GrantKind kind, OAuthError? refusal)
    {
        if (refusal is null)
        {
            tally.Count(Measures.Tokens, organizationId, kind.Label);
        }

        // A device that waits for its user has not been refused (RFC 8628 §3.5).
        if (kind.BeginsSignIn && refusal?.Code is not ("authorization_pending" or "slow_down"))
        {
            tally.Count(refusal is null ? Measures.SignIns : Measures.Failures, organizationId, refusal is null ? kind.Label : refusal.Cause ?? refusal.Code);
        }
    }

    /// <summary>RFC 6749 §5.2: descriptions are printable ASCII without quote and backslash.</summary>
    private static string Printable(string text) =>
        string.Concat(text.Where(c => c is >= ' ' and <= '~' and not '"' and not '\\').Take(100));
}
