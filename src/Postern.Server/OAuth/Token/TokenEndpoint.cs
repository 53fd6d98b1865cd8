using Postern.Protocol;
using Postern.Server.Hosting;

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

    private static async Task HandleAsync(HttpContext context)
    {
        var services = context.RequestServices;
        var clientId = RefusalCounts.UnknownClient;
        var outcome = await AnswerAsync(context, services.GetRequiredService<ClientAuthentication>(), services.GetServices<IGrantHandler>(), id => clientId = id);
        if (!outcome.IsRefused(out var refusal, out var answer))
        {
            await OAuthAnswers.WriteAsync(context, answer!);
            return;
        }

        services.GetRequiredService<RefusalCounts>().Add(clientId, refusal.Code);
        var limited = refusal.Status < StatusCodes.Status500InternalServerError
            ? services.GetRequiredService<RefusedRequests>().Note(context.PeerAddress(), clientId)
            : null;
        await OAuthAnswers.WriteAsync(context, limited ?? refusal);
    }

    private static async Task<Outcome<TokenAnswer>> AnswerAsync(
        HttpContext context, ClientAuthentication clients, IEnumerable<IGrantHandler> grants, Action<string> remember)
    {
        var cancel = context.RequestAborted;
        if ((await TokenRequest.ReadAsync(context.Request, cancel)).IsRefused(out var refusal, out var request)
            || (await clients.AuthenticateAsync(request!, cancel)).IsRefused(out refusal, out var client))
        {
            return refusal;
        }

        remember(client!.Application.ClientId);
        var grantType = request!["tag"] == MiniProgramTag ? GrantTypes.WeChatMiniProgram : request["grant_type"] ?? "";
        var isRefreshOnly = context.Request.Path.Equals(RefreshPath, StringComparison.Ordinal);
        var handler = isRefreshOnly && grantType != GrantTypes.RefreshToken ? null : grants.FirstOrDefault(g => g.GrantType == grantType);
        if (handler is null)
        {
            return OAuthError.UnsupportedGrantType(
                isRefreshOnly ? "grant_type should be refresh_token" : $"grant_type: {Printable(grantType)} is not supported in this application", "不支持的 grant_type");
        }

        // Refresh asks its own grant; every other grant begins here.
        if (!client.HasSecret && grantType != GrantTypes.RefreshToken
            && !ClientSecretRule.MayBeginWithout(client.Application.TokenEndpointAuthMethod, grantType))
        {
            return OAuthError.InvalidClient("this application needs its client_secret", "该应用必须提供 client_secret");
        }

        return await handler.HandleAsync(request, client, new TokenCaller(context.PeerAddress(), context.Request.Path), cancel);
    }

    /// <summary>RFC 6749 §5.2: descriptions are printable ASCII without quote and backslash.</summary>
    private static string Printable(string text) =>
        string.Concat(text.Where(c => c is >= ' ' and <= '~' and not '"' and not '\\').Take(100));
}
