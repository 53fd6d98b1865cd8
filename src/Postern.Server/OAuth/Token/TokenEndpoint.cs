using Postern.Protocol;
using Postern.Server.Hosting;
using Postern.Server.OAuth.Clients;
using Postern.Server.OAuth.Dpop;

namespace Postern.Server.OAuth.Token;

/// <summary>The token endpoint (RFC 6749 §3.2) at Casdoor's two addresses.</summary>
public static class TokenEndpoint
{
    public const string Path = "/api/login/oauth/access_token";
    public const string RefreshPath = "/api/login/oauth/refresh_token";
    private const string MiniProgramTag = "wechat_miniprogram";

    public static void MapTokenEndpoint(this IEndpointRouteBuilder routes)
    {
        routes.MapCrossOrigin(Path, [HttpMethods.Post], HandleAsync);
        routes.MapCrossOrigin(RefreshPath, [HttpMethods.Post], HandleAsync);
    }

    private static Task HandleAsync(HttpContext context) =>
        ClientEndpoint.AnswerAsync(context, AnswerAsync, answer => OAuthAnswers.WriteAsync(context, answer));

    private static async Task<Outcome<TokenAnswer>> AnswerAsync(HttpContext context, OAuthRequest request, Client client)
    {
        var services = context.RequestServices;
        var grantType = request["tag"] == MiniProgramTag ? GrantTypes.WeChatMiniProgram : request["grant_type"] ?? "";
        var isRefreshOnly = context.Request.Path.Equals(RefreshPath, StringComparison.Ordinal);
        var handler = isRefreshOnly && grantType != GrantTypes.RefreshToken ? null
            : services.GetServices<IGrantHandler>().FirstOrDefault(g => g.GrantType == grantType);
        if (handler is null || !client.Application.Allows(grantType))
        {
            return OAuthError.UnsupportedGrantType(
                isRefreshOnly ? "grant_type should be refresh_token" : $"grant_type: {Printable(grantType)} is not supported in this application", "不支持的 grant_type");
        }

        // Refresh asks its own grant; every other grant begins here.
        if (!client.HasSecret && grantType != GrantTypes.RefreshToken
            && !ClientSecretRule.MayBeginWithout(client.Application.TokenEndpointAuthMethod, grantType))
        {
            return OAuthError.InvalidClient("client_secret is invalid", "该应用必须提供 client_secret");
        }

        if ((await services.GetRequiredService<DpopProofs>().ReadAsync(context)).IsRefused(out var refusal, out var jkt))
        {
            return refusal;
        }

        return await handler.HandleAsync(request, client, new TokenCaller(context.PeerAddress(), context.Request.Path, jkt!), context.RequestAborted);
    }

    /// <summary>RFC 6749 §5.2: descriptions are printable ASCII without quote and backslash.</summary>
    private static string Printable(string text) =>
        string.Concat(text.Where(c => c is >= ' ' and <= '~' and not '"' and not '\\').Take(100));
}
