using Postern.Server.Casdoor.Accounts;
using Postern.Server.OAuth;
using Postern.Server.SignIn;

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
        services.AddSingleton<PasswordChanges>();
        services.AddSingleton<UserUpdates>();
        return services;
    }

    public static IEndpointRouteBuilder MapAccounts(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/login", context => ExecuteAsync(context, LoginEndpoint.HandleAsync(context)));
        routes.MapMethods("/api/logout", GetAndPost, context => ExecuteAsync(context, LogoutEndpoint.HandleAsync(context)));
        routes.MapCrossOrigin("/api/userinfo", GetAndPost, async context =>
            await ExecuteAsync(context, UserInfoEndpoint.HandleAsync(context, await IdentifyAsync(context))));
        routes.MapGet("/api/get-account", Identified(GetAccountEndpoint.HandleAsync));
        routes.MapGet("/api/get-user", Identified(GetUserEndpoint.HandleAsync));
        routes.MapPost("/api/update-user", Identified(UpdateUserEndpoint.HandleAsync));
        return routes;
    }

    /// <summary>A route that is not reached with a bad token or a write that a foreign page could send.</summary>
    public static RequestDelegate Identified(Func<HttpContext, Caller, Task<IResult>> handle) => async context =>
    {
        var (caller, refusal) = await IdentifyAsync(context);
        await ExecuteAsync(context, refusal is null ? handle(context, caller) : Task.FromResult(Envelope.Denied(refusal)));
    };

    private static Task<Identified> IdentifyAsync(HttpContext context) => context.RequestServices.GetRequiredService<Callers>().IdentifyAsync(context);

    private static async Task ExecuteAsync(HttpContext context, Task<IResult> answer) => await (await answer).ExecuteAsync(context);
}
