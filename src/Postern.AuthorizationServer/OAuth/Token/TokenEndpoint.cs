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

    private static Task HandleAsync(HttpContext context) =>
        ClientEndpoint.AnswerAsync(context, AnswerAsync, answer => OAuthAnswers.WriteAsync(context, answer));

    private static async Task<Outcome<TokenAnswer>> AnswerAsync(HttpContext context, OAuthRequest request, Client client)
    {
        var services = context.RequestServices;
        var grantType = request["tag"] == MiniProgramTag ? GrantTypes.WeChatMiniProgram : request["grant_type"] ?? "";
        var isRefreshOnly = context.Request.Path.Equals(RefreshPath, StringComparison.Ordinal);
        var kind = isRefreshOnly && grantType != GrantTypes.RefreshToken ? null : GrantKinds.Find(grantType);
        if (kind is null || !(kind.MustBeListed ? client.Application.Lists(kind.Type) : client.Application.Profile.Serves(kind.Type)))
        {
            return OAuthError.UnsupportedGrantType(
                isRefreshOnly ? "grant_type should be refresh_token" : $"grant_type: {Printable(grantType)} is not supported in this application", "不支持的 grant_type");
        }

        // A refresh is checked against its existing grant; every other grant type is checked here.
        if (!client.HasSecret && grantType != GrantTypes.RefreshToken
            && !ClientSecretRule.MayBeginWithout(client.Application.TokenEndpointAuthMethod, ProvingGrant(grantType, request)))
        {
            return OAuthError.InvalidClient("client_secret is invalid", "该应用必须提供 client_secret");
        }

        // A proof adds a row: an address that was refused too often must not add more.
        if (!client.HasSecret && context.Request.Headers.ContainsKey(DpopProofs.Header)
            && services.GetRequiredService<RefusalRateLimiter>().Judge(context.PeerAddress(), client.Application.ClientId) is { } tooMany)
        {
            return tooMany;
        }

        if ((await services.GetRequiredService<DpopProofs>().ReadAsync(context, client.Application.Profile)).IsRefused(out var refusal, out var jkt))
        {
            return refusal;
        }

        if (jkt.Length == 0 && client.Application.Profile.NeedsDpop)
        {
            // An absent proof is a missing parameter of the request, not an invalid proof (RFC 6749 §5.2, RFC 9449 §5).
            return OAuthError.InvalidRequest(
                "this application's tokens are bound to a key (its securityProfile is fapi2): send a DPoP proof (RFC 9449)",
                "此应用的令牌与密钥绑定（securityProfile 为 fapi2）：请发送 DPoP 证明（RFC 9449）");
        }

        var handler = (IGrantHandler)services.GetRequiredService(kind.Handler);
        var outcome = await handler.HandleAsync(request, client, new TokenRequestContext(context.PeerAddress(), context.Request.Path, jkt) { Host = context.Request.Host.Value ?? "" }, context.RequestAborted);
        Count(services.GetRequiredService<StatisticsCounter>(), client.Application.OrganizationId, kind, outcome.IsRefused(out var why, out _) ? why : null);
        return outcome;
    }

    /// <summary>
    /// The grant whose proof shows which client asks. A binding ticket was given for a code of <c>wx.login()</c> to this client, so a password
    /// beside it needs no client secret.
    /// </summary>
    private static string ProvingGrant(string grantType, OAuthRequest request) =>
        grantType == GrantTypes.Password && request[BindingTicketProofs.Parameter] is not null ? GrantTypes.WeChatMiniProgram : grantType;

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
