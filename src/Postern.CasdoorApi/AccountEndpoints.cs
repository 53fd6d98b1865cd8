using Postern.AuthorizationServer.Http;
using Postern.AuthorizationServer.Http.Inputs;
using Postern.AuthorizationServer.OAuth;
using Postern.CasdoorApi.Accounts;
using Postern.CasdoorApi.OwnApi;
using Postern.CasdoorApi.Calls;
using Postern.CasdoorApi.Objects;
using Postern.CasdoorApi.Webhooks;
using Postern.Directory.Objects;

namespace Postern.CasdoorApi;

/// <summary>What users do with themselves: sign in by password, read and change their account, sign out.</summary>
public static class AccountEndpoints
{
    private static readonly string[] GetAndPost = ["GET", "POST"];

    private static readonly Parameter[] SignOutParameters =
    [
        new("id_token_hint", "an id_token or access token of the grant to end"), new("post_logout_redirect_uri", "where to go on; one that the application lists"),
        new("client_id", "must be the hint's where it is sent"), new("state", "comes back with the redirect"), new("ui_locales", "the language of the page"),
    ];

    public static IServiceCollection AddAccounts(this IServiceCollection services)
    {
        services.AddSingleton<Callers>();
        services.AddSingleton<PasswordTrials>();
        services.AddOwnApi();
        services.AddSingleton<PasswordChanges>();
        services.AddSingleton<UserUpdates>();
        services.AddSingleton<TakenAnswers>();
        services.AddSingleton<FileStore>();
        services.AddSingleton<WebhookDelivery>();
        services.AddHostedService<WebhookTimer>();
        return services;
    }

    public static IEndpointRouteBuilder MapAccounts(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/login", context => ExecuteAsync(context, LoginEndpoint.HandleAsync(context)))
            .Describe(new("Account", "Signs a browser in by password or by the session it has, and gives its page what it wants from that")
            {
                Detail = "type says what: login the session alone, code an authorization code, token and id_token tokens (legacy), device the approval of userCode. data is the user as organization/name, the code or the token.",
                Credentials = Credentials.Session | Credentials.Optional,
                Query =
                [
                    new("clientId", "of the authorization request that rides along"), new("responseType", "of it"), new("redirectUri", "of it"), new("scope", "of it"), new("state", "of it"),
                    new("nonce", "of it"), new("code_challenge", "of it"), new("code_challenge_method", "of it"), new("resource", "of it"),
                ],
                Body = "AuthForm",
                Answers = [Reply.Data("S|ConsentNeeded", "S|null")],
            });
        foreach (var path in LogoutEndpoint.Paths)
        {
            routes.MapMethods(path, GetAndPost, context => ExecuteAsync(context, LogoutEndpoint.HandleAsync(context)))
                .TakesTokens().Describe(new("Account", "Ends the grant of a token, or asks a browser whether to sign out (RP-Initiated Logout)")
                {
                    Credentials = Credentials.Token | Credentials.Session | Credentials.Optional,
                    Query = SignOutParameters,
                    Answers =
                    [
                        Reply.Data("S|null"), Reply.Nothing(StatusCodes.Status302Found, "To post_logout_redirect_uri, or to the page that asks"),
                        new(StatusCodes.Status400BadRequest, "To a browser: a page that says what is wrong") { Type = "S", MediaType = "text/html" },
                    ],
                });
        }

        routes.MapMethods("/api/sso-logout", GetAndPost, context => ExecuteAsync(context, SsoLogoutEndpoint.HandleAsync(context)))
            .Describe(new("Account", "Signs the calling user out everywhere")
            {
                Credentials = Credentials.Token | Credentials.Session | Credentials.Optional,
                Query = [new("logoutAll", "anything but true and 1 = the session alone that the cookie or the token is of, with every grant made in it")],
                Answers = [Reply.Data("null")],
            });
        routes.MapGet("/api/get-app-login", context => ExecuteAsync(context, GetAppLoginEndpoint.HandleAsync(context)))
            .Describe(new("Account", "What a sign-in page needs to know of its application")
            {
                Credentials = Credentials.None,
                Query =
                [
                    new("type", "code or device"), new("clientId", "of the authorization request"), new("responseType", "of it"), new("redirectUri", "of it"), new("scope", "of it"),
                    new("state", "of it"), new("userCode", "of the device, for type device"),
                ],
                Answers = [Reply.Data("Application|null")],
            });
        routes.MapCrossOrigin("/api/userinfo", GetAndPost, context => ExecuteAsync(context, UserInfoEndpoint.HandleAsync(context)))
            .TakesTokens().Describe(new("OAuth", "The claims about a token's user that its scope allows (OpenID Connect Core section 5.3)")
            {
                Query = [new("userId", "the user, as organization/name, where an application asks")],
                Answers = [Reply.Of("UserInfo", orRefusal: true), Reply.Refused(StatusCodes.Status401Unauthorized, "No good token; WWW-Authenticate says why")],
            });
        routes.MapGet("/api/get-account", Identified(GetAccountEndpoint.HandleAsync))
            .Describe(new("Account", "The signed-in user in full, and in data2 the user's organization")
            {
                Who = AccessLevel.SignedIn,
                Query = [new("userId", "the user, as organization/name, where an application asks")],
                Answers = [Reply.Data("User", "Organization|null")],
            });
        routes.MapGet("/api/get-user", Identified(GetUserEndpoint.HandleAsync))
            .Describe(new("User", "Reads one user, by id, email, phone or userId")
            {
                Detail = "data is null where there is none.",
                Who = Authorization.Of("user").Get,
                Query =
                [
                    new("id", "organization/name"), new("owner", "the organization to look in; only a global administrator may leave it out"), new("organization", "must be the user's where it is sent"),
                    new("email", "finds by e-mail"), new("phone", "finds by phone"), new("userId", "finds by the token's sub"),
                ],
                Answers = [Reply.Data("User|null")],
            });
        routes.MapPost("/api/update-user", Identified(UpdateUserEndpoint.HandleAsync))
            .Describe(new("User", "Changes one user: what the body leaves out stays as it is")
            {
                Who = Authorization.Of("user").Update,
                Query =
                [
                    new("id", "organization/name; else the body's owner and name, else the caller"), new("userId", "the token's sub; beside id it must name the same user"), new("owner", "the organization of id or userId; else the caller's"),
                    new("columns", "the properties to change, with commas between them; else all that the body has"), new("allowEmpty", "where it is sent, displayName may become empty"),
                ],
                Body = "UserFields",
                Answers = [Reply.Written],
            });
        return routes;
    }

    /// <summary>A route that is not reached with a bad token or a write that a foreign page could send.</summary>
    public static RequestDelegate Identified(Func<HttpContext, Caller, Task<IResult>> handle) => async context =>
    {
        var identified = await IdentifyAsync(context);
        var caller = identified.Caller;
        // What a user allowed a client that nobody knows opens userinfo, not this API.
        var answer = identified.Refusal is not null ? Envelope.Denied(identified)
            : caller.Client is { IsSelfRegistered: true } ? Envelope.Denied()
            : await handle(context, caller);
        await ObjectRecords.DeniedAsync(context, caller, answer);
        await answer.ExecuteAsync(context);
    };

    internal static Task<Identified> IdentifyAsync(HttpContext context) => context.RequestServices.GetRequiredService<Callers>().IdentifyAsync(context);

    private static async Task ExecuteAsync(HttpContext context, Task<IResult> answer) => await (await answer).ExecuteAsync(context);
}
