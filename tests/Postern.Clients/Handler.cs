using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;

namespace Postern.Clients;

/// <summary>ASP.NET Core's own handler: a code that comes by a posted form, PKCE, userinfo, and the sign-out.</summary>
internal static class Handler
{
    public static void Add(IServiceCollection services, Settings settings) => services.AddAuthentication(options =>
    {
        options.DefaultScheme = CookieAuthenticationDefaults.AuthenticationScheme;
        options.DefaultChallengeScheme = OpenIdConnectDefaults.AuthenticationScheme;
    }).AddCookie().AddOpenIdConnect(options =>
    {
        options.Authority = settings.Authority;
        options.ClientId = settings.ClientId;
        options.ClientSecret = settings.ClientSecret;
        options.ResponseType = "code";
        options.RequireHttpsMetadata = false;
        options.GetClaimsFromUserInfoEndpoint = true;
        options.SaveTokens = true;
        options.Scope.Add("email");
    });

    public static void Map(WebApplication app)
    {
        app.MapGet("/", (Delegate)(async (HttpContext context) => Settings.Page(
            context.User.Identity is { IsAuthenticated: true },
            ("email", context.User.Claims.FirstOrDefault(c => c.Type is "email" || c.Type.EndsWith("/emailaddress", StringComparison.Ordinal))?.Value),
            ("access", await context.GetTokenAsync("access_token")))));
        app.MapGet("/enter", () => Results.Challenge(new AuthenticationProperties { RedirectUri = "/" }));
        app.MapGet("/leave", () => Results.SignOut(
            new AuthenticationProperties { RedirectUri = "/" }, [CookieAuthenticationDefaults.AuthenticationScheme, OpenIdConnectDefaults.AuthenticationScheme]));
    }
}
