// A web application that people sign in to with Postern, by the framework's own OpenID Connect handler and a cookie.
// Settings: Authority (the server), ClientId, Api (the other sample), Urls (where this listens).
using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;

var builder = WebApplication.CreateBuilder(args);
var api = builder.Configuration["Api"] ?? "http://localhost:5002";
builder.WebHost.UseUrls(builder.Configuration["Urls"] ?? "http://localhost:5001");
builder.Services.AddHttpClient();
builder.Services.AddAuthorization();
builder.Services.AddAuthentication(options =>
{
    options.DefaultScheme = CookieAuthenticationDefaults.AuthenticationScheme;
    options.DefaultChallengeScheme = OpenIdConnectDefaults.AuthenticationScheme;
}).AddCookie().AddOpenIdConnect(options =>
{
    options.Authority = builder.Configuration["Authority"] ?? "http://localhost:8000";
    options.ClientId = builder.Configuration["ClientId"] ?? "demo-web";
    // Outside of Development the server is behind https, and nothing else will do.
    options.RequireHttpsMetadata = !options.Authority.StartsWith("http://localhost:", StringComparison.Ordinal);
    options.ResponseType = "code";
    // The handler's own default posts a form, whose cookies browsers keep only over https.
    options.ResponseMode = "query";
    options.CorrelationCookie.SameSite = options.NonceCookie.SameSite = SameSiteMode.Lax;
    options.CorrelationCookie.SecurePolicy = options.NonceCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
    options.Scope.Add("email");
    options.MapInboundClaims = false;
    options.TokenValidationParameters.NameClaimType = "name";
    // For the call of the API below, and for signing out.
    options.SaveTokens = true;
});

var app = builder.Build();
app.MapGet("/", (HttpContext context) => Page(context.User.Identity is { IsAuthenticated: true, Name: var name }
    ? $"""<p>Signed in as <strong>{WebUtility.HtmlEncode(name)}</strong></p><p><a href="/api">Call the API</a> <a href="/leave">Sign out</a></p>"""
    : """<p>Nobody is signed in.</p><p><a href="/enter">Sign in</a></p>"""));
app.MapGet("/enter", () => Results.Challenge(new AuthenticationProperties { RedirectUri = "/" }));
app.MapGet("/leave", () => Results.SignOut(
    new AuthenticationProperties { RedirectUri = "/" }, [CookieAuthenticationDefaults.AuthenticationScheme, OpenIdConnectDefaults.AuthenticationScheme]));
app.MapGet("/api", async (HttpContext context, HttpClient http) =>
{
    using var request = new HttpRequestMessage(HttpMethod.Get, api + "/me");
    request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await context.GetTokenAsync("access_token"));
    using var answer = await http.SendAsync(request, context.RequestAborted);
    return Page($"""<p>The API answers {(int)answer.StatusCode}:</p><pre>{WebUtility.HtmlEncode(await answer.Content.ReadAsStringAsync())}</pre><p><a href="/">Back</a></p>""");
}).RequireAuthorization();
app.Run();

static IResult Page(string body) => Results.Content(
    $"""<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Sample</title><link rel="icon" href="data:,"><h1>Sample web application</h1>{body}</html>""",
    "text/html");
