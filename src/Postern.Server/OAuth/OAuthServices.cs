using Postern.Server.Identities;
using Postern.Server.OAuth.Token;
using Postern.WeChat;

namespace Postern.Server.OAuth;

/// <summary>What the protocol endpoints need, and where they are.</summary>
public static class OAuthServices
{
    public static IServiceCollection AddOAuth(this IServiceCollection services)
    {
        services.AddSingleton<ClientAuthentication>();
        services.AddSingleton<SigningKeys>();
        services.AddSingleton<TokenIssuer>();
        services.AddSingleton<AccessTokenReader>();
        services.AddSingleton<RefusedRequests>();
        services.AddSingleton<RefusalCounts>();
        services.AddHostedService(provider => provider.GetRequiredService<RefusalCounts>());
        services.AddSingleton<MiniProgramAccounts>();
        services.AddSingleton<MiniProgramProviders>();
        services.AddSingleton<WeChatRefusals>();
        services.AddSingleton<CodeExchanges>();
        services.AddSingleton<IGrantHandler, WeChatMiniProgramGrant>();
        services.AddSingleton<IGrantHandler, RefreshTokenGrant>();
        services.AddSingleton(provider => new WeChatClient(
            new HttpClient(WeChatClient.CreateHandler()),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<WeChatClient>>(),
            new WeChatClientOptions { Endpoint = provider.GetRequiredService<Hosting.PosternOptions>().WechatEndpoint }));
        return services;
    }

    public static IEndpointRouteBuilder MapOAuth(this IEndpointRouteBuilder routes)
    {
        routes.MapTokenEndpoint();
        routes.MapMetadata();
        return routes;
    }
}
