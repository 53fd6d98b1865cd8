using Postern.AuthorizationServer.Authorize;
using Postern.AuthorizationServer.OAuth;
using Postern.AuthorizationServer.OAuth.Clients;
using Postern.AuthorizationServer.OAuth.Dpop;
using Postern.AuthorizationServer.OAuth.Registration;
using Postern.AuthorizationServer.OAuth.Token;
using Postern.AuthorizationServer.Outgoing;
using Postern.AuthorizationServer.Refusals;
using Postern.AuthorizationServer.Requests;
using Postern.Directory.Certificates;
using Postern.Directory.Identities;
using Postern.WeChat;

namespace Postern.AuthorizationServer;

/// <summary>What the protocol endpoints need, and where they are.</summary>
public static class OAuthServices
{
    public static IServiceCollection AddOAuth(this IServiceCollection services)
    {
        services.AddSingleton<OutgoingHttp>();
        services.AddSingleton<ClientAuthentication>();
        services.AddSingleton<ClientKeys>();
        services.AddSingleton<Assertions>();
        services.AddSingleton<DpopNonces>();
        services.AddSingleton<DpopProofs>();
        services.AddSingleton<RefreshSecrets>();
        services.AddSingleton<GrantIssuer>();
        services.AddSingleton<AuthorizationReader>();
        services.AddSingleton<CodeIssuer>();
        services.AddSingleton<FreshSignIns>();
        services.AddSingleton<BackchannelLogout>();
        services.AddHostedService<LogoutNoticeTimer>();
        services.AddSingleton<SigningKeys>();
        services.AddSingleton<TokenIssuer>();
        services.AddSingleton<AccessTokenReader>();
        services.AddSingleton<RefusalRateLimiter>();
        services.AddSingleton<AnonymousRows>();
        services.AddSingleton<RefusalCounts>();
        services.AddSingleton<AuditedRefusals>();
        services.AddHostedService(provider => provider.GetRequiredService<RefusalCounts>());
        services.AddSingleton<MiniProgramAccounts>();
        services.AddSingleton<AccountBinding>();
        services.AddSingleton<BindingTicketProofs>();
        services.AddSingleton<WeChatCodeProofs>();
        services.AddSingleton<MiniProgramProviders>();
        services.AddSingleton<WeChatRefusals>();
        services.AddSingleton<CodeExchanges>();
        foreach (var kind in GrantKinds.All)
        {
            services.AddSingleton(kind.Handler);
        }

        services.AddSingleton(provider => new WeChatClient(
            new HttpClient(WeChatClient.CreateHandler()),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<WeChatClient>>(),
            new WeChatClientOptions { Endpoint = provider.GetRequiredService<AuthorizationServerOptions>().WechatEndpoint }));
        return services;
    }

    public static IEndpointRouteBuilder MapOAuth(this IEndpointRouteBuilder routes)
    {
        routes.MapAuthorize();
        routes.MapPushedAuthorization();
        routes.MapTokenEndpoint();
        routes.MapDeviceAuthorization();
        routes.MapIntrospection();
        routes.MapRevocation();
        routes.MapRegistration();
        routes.MapMetadata();
        return routes;
    }
}
