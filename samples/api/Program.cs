// An API whose callers bring access tokens of Postern. The framework's own handler finds the keys by itself.
// Settings: Authority (the server), Audience (the API that the tokens are for), Urls (where this listens).
using System.Security.Claims;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseUrls(builder.Configuration["Urls"] ?? "http://localhost:5002");
builder.Services.AddAuthentication().AddJwtBearer(options =>
{
    options.Authority = builder.Configuration["Authority"] ?? "http://localhost:8000";
    options.Audience = builder.Configuration["Audience"] ?? "demo-web";
    // Outside of Development the server is behind https, and nothing else will do.
    options.RequireHttpsMetadata = !options.Authority.StartsWith("http://localhost:", StringComparison.Ordinal);
    options.MapInboundClaims = false;
    options.TokenValidationParameters.NameClaimType = "name";
    // An id_token has the same issuer and audience, and is no permission to call anything (RFC 9068 section 4).
    options.TokenValidationParameters.ValidTypes = ["at+jwt"];
});
builder.Services.AddAuthorization();

var app = builder.Build();
app.MapGet("/", () => "GET /me with an access token says whose it is.");
app.MapGet("/me", (ClaimsPrincipal caller) => new { Id = caller.FindFirstValue("sub"), caller.Identity!.Name }).RequireAuthorization();
app.Run();
