using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using OpenIddict.Abstractions;
using OpenIddict.Client;
using OpenIddict.Client.AspNetCore;
using OpenIddict.Validation.AspNetCore;

namespace Postern.Clients;

/// <summary>OpenIddict's client, stateless as it is without a database, and its validation of the tokens at an API.</summary>
internal static class OpenIddictClients
{
    private const string Callback = "callback/login/postern";
    private const string SignedOut = "callback/logout/postern";

    public static void Add(IServiceCollection services, Settings settings)
    {
        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie();
        services.AddOpenIddict().AddClient(options =>
        {
            options.AllowAuthorizationCodeFlow().AllowRefreshTokenFlow();
            options.DisableTokenStorage();
            options.AddEphemeralEncryptionKey().AddEphemeralSigningKey();
            options.UseSystemNetHttp();
            options.UseAspNetCore().DisableTransportSecurityRequirement()
                .EnableRedirectionEndpointPassthrough().EnablePostLogoutRedirectionEndpointPassthrough();
            options.AddRegistration(new OpenIddictClientRegistration
            {
                Issuer = new Uri(settings.Authority),
                ClientId = settings.ClientId,
                ClientSecret = settings.ClientSecret,
                Scopes = { OpenIddictConstants.Scopes.Email, OpenIddictConstants.Scopes.Profile, OpenIddictConstants.Scopes.OfflineAccess },
                RedirectUri = new Uri(Callback, UriKind.Relative),
                PostLogoutRedirectUri = new Uri(SignedOut, UriKind.Relative),
            });
        }).AddValidation(options =>
        {
            options.SetIssuer(settings.Authority);
            options.AddAudiences(settings.ClientId);
            options.UseSystemNetHttp();
            options.UseAspNetCore();
            if (settings.Validation == "introspection")
            {
                options.UseIntrospection().SetClientId(settings.ClientId).SetClientSecret(settings.ClientSecret);
            }
        });
    }

    public static void Map(WebApplication app)
    {
        app.MapGet("/", (Delegate)(async (HttpContext context) => Settings.Page(
            context.User.Identity is { IsAuthenticated: true },
            ("email", context.User.FindFirstValue(ClaimTypes.Email)),
            ("access", await context.GetTokenAsync("access")), ("renewed", await context.GetTokenAsync("renewed")))));
        app.MapGet("/enter", () => Results.Challenge(
            new AuthenticationProperties { RedirectUri = "/" }, [OpenIddictClientAspNetCoreDefaults.AuthenticationScheme]));
        app.MapMethods("/" + Callback, ["GET", "POST"], EnterAsync);
        app.MapGet("/leave", (Delegate)LeaveAsync);
        app.MapMethods("/" + SignedOut, ["GET", "POST"], () => Results.Redirect("/"));
        app.MapGet("/api", (ClaimsPrincipal caller) => caller.FindFirstValue(OpenIddictConstants.Claims.Subject)).RequireAuthorization(policy =>
            policy.AddAuthenticationSchemes(OpenIddictValidationAspNetCoreDefaults.AuthenticationScheme).RequireAuthenticatedUser());
    }

    private static async Task<IResult> EnterAsync(HttpContext context, OpenIddictClientService client)
    {
        var result = await context.AuthenticateAsync(OpenIddictClientAspNetCoreDefaults.AuthenticationScheme);
        if (result.Principal is not { } person)
        {
            return Results.Text(result.Failure?.ToString() ?? "no principal", statusCode: StatusCodes.Status400BadRequest);
        }

        var renewed = await client.AuthenticateWithRefreshTokenAsync(new()
        {
            RefreshToken = result.Properties!.GetTokenValue(OpenIddictClientAspNetCoreConstants.Tokens.RefreshToken)!,
        });
        var identity = new ClaimsIdentity(
            [new(ClaimTypes.Email, person.FindFirstValue(ClaimTypes.Email) ?? person.FindFirstValue("email") ?? "")],
            CookieAuthenticationDefaults.AuthenticationScheme);
        var properties = new AuthenticationProperties();
        properties.StoreTokens(
        [
            new() { Name = "access", Value = result.Properties!.GetTokenValue(OpenIddictClientAspNetCoreConstants.Tokens.BackchannelAccessToken)! },
            new() { Name = "identity", Value = result.Properties!.GetTokenValue(OpenIddictClientAspNetCoreConstants.Tokens.BackchannelIdentityToken)! },
            new() { Name = "renewed", Value = renewed.AccessToken },
        ]);
        await context.SignInAsync(new ClaimsPrincipal(identity), properties);
        return Results.Redirect("/");
    }

    private static async Task<IResult> LeaveAsync(HttpContext context)
    {
        var hint = await context.GetTokenAsync("identity");
        await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        return Results.SignOut(
            new AuthenticationProperties { RedirectUri = "/", Items = { [OpenIddictClientAspNetCoreConstants.Properties.IdentityTokenHint] = hint } },
            [OpenIddictClientAspNetCoreDefaults.AuthenticationScheme]);
    }
}
