using Postern.AuthorizationServer.Pages;
using Postern.AuthorizationServer.SignIn;
using Postern.AuthorizationServer.SignIn.Gate;
using Postern.Directory.Credentials;

namespace Postern.AuthorizationServer;

/// <summary>The services of a browser's sign-in, and the routes of the hosted pages.</summary>
public static class HostedPages
{
    public static IServiceCollection AddSignIn(this IServiceCollection services)
    {
        services.AddSingleton<Sessions>();
        services.AddSingleton<PasswordChecks>();
        services.AddSingleton<UnknownUserLockout>();
        services.AddSingleton<SignInGate>();
        services.AddSingleton<PasswordSignIn>();
        services.AddSingleton<FormTokens>();
        services.AddSingleton<BindPage>();
        services.AddSingleton<Logos>();
        services.AddHostedService(provider => provider.GetRequiredService<Logos>());
        return services;
    }

    public static IEndpointRouteBuilder MapHostedPages(this IEndpointRouteBuilder routes)
    {
        routes.MapSignIn();
        routes.MapDevice();
        routes.MapAccountPages();
        BindPage.Map(routes);
        routes.MapSignOut();
        routes.MapSignUp();
        routes.MapStyles();
        routes.MapGet(Logos.Route + "{hash}", context => context.RequestServices.GetRequiredService<Logos>().ServeAsync(context));
        return routes;
    }
}
