using Postern.Server.Casdoor.Accounts;
using Postern.Server.Casdoor.Objects;
using Postern.Server.Casdoor.Rows;
using Postern.Server.OAuth;
using Postern.Server.SignIn;
using Postern.Server.SignIn.Pages;

namespace Postern.Server.Casdoor;

/// <summary>What users do with themselves: sign in by password, read and change their account, sign out.</summary>
public static class AccountEndpoints
{
    private static readonly string[] GetAndPost = ["GET", "POST"];

    public static IServiceCollection AddAccounts(this IServiceCollection services)
    {
        services.AddSingleton<Callers>();
        services.AddSingleton<Sessions>();
        services.AddSingleton<PasswordChecks>();
        services.AddSingleton<UnknownNames>();
        services.AddSingleton<PasswordSignIn>();
        services.AddSingleton<PasswordTrials>();
        services.AddSingleton<PasswordChanges>();
        services.AddSingleton<UserUpdates>();
        services.AddSingleton<FileStore>();
        services.AddSingleton<FormTokens>();
        services.AddSingleton<Logos>();
        services.AddHostedService(provider => provider.GetRequiredService<Logos>());
        return services;
    }

    public static IEndpointRouteBuilder MapAccounts(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/login", context => ExecuteAsync(context, LoginEndpoint.HandleAsync(context)));
        routes.MapMethods("/api/logout", GetAndPost, context => ExecuteAsync(context, LogoutEndpoint.HandleAsync(context)));
        routes.MapMethods("/api/sso-logout", GetAndPost, context => ExecuteAsync(context, SsoLogoutEndpoint.HandleAsync(context)));
        routes.MapGet("/api/get-app-login", context => ExecuteAsync(context, GetAppLoginEndpoint.HandleAsync(context)));
        routes.MapCrossOrigin("/api/userinfo", GetAndPost, context => ExecuteAsync(context, UserInfoEndpoint.HandleAsync(context)));
        routes.MapGet("/api/get-account", Identified(GetAccountEndpoint.HandleAsync));
        routes.MapGet("/api/get-user", Identified(GetUserEndpoint.HandleAsync));
        routes.MapPost("/api/update-user", Identified(UpdateUserEndpoint.HandleAsync));
        routes.MapSignIn();
        routes.MapDevice();
        routes.MapAccountPages();
        routes.MapSignOut();
        routes.MapStyles();
        routes.MapGet(Logos.Route + "{hash}", context => context.RequestServices.GetRequiredService<Logos>().ServeAsync(context));
        return routes;
    }

    /// <summary>A route that is not reached with a bad token or a write that a foreign page could send.</summary>
    public static RequestDelegate Identified(Func<HttpContext, Caller, Task<IResult>> handle) => async context =>
    {
        var (caller, refusal) = await IdentifyAsync(context);
        // What a user allowed a client that nobody knows opens userinfo, not this API.
        var answer = refusal is not null ? Envelope.Denied(refusal)
            : caller.Client is { IsSelfRegistered: true } ? Envelope.Denied()
            : await handle(context, caller);
        await ObjectRecords.DeniedAsync(context, caller, answer);
        await answer.ExecuteAsync(context);
    };

    internal static Task<Identified> IdentifyAsync(HttpContext context) => context.RequestServices.GetRequiredService<Callers>().IdentifyAsync(context);

    private static async Task ExecuteAsync(HttpContext context, Task<IResult> answer) => await (await answer).ExecuteAsync(context);
}
