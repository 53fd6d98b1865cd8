// Web applications of .NET that sign in to a server by what others wrote, as close to their defaults as http on localhost permits.
// Settings: Client (handler, openiddict), Authority, ClientId, ClientSecret, Validation (introspection, local), Urls.
using Postern.Clients;

var builder = WebApplication.CreateBuilder(args);
builder.Logging.AddFilter("OpenIddict", LogLevel.Warning);
builder.Services.AddAuthorization();
var settings = Settings.Of(builder.Configuration);
if (settings.Client == "handler")
{
    Handler.Add(builder.Services, settings);
}
else
{
    OpenIddictClients.Add(builder.Services, settings);
}

var app = builder.Build();
app.UseAuthentication();
app.UseAuthorization();
if (settings.Client == "handler")
{
    Handler.Map(app);
}
else
{
    OpenIddictClients.Map(app);
}

app.Run();
