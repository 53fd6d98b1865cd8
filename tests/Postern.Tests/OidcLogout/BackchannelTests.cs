using System.Threading.Channels;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Postern.Server.Hosting;
using Postern.Server.OAuth;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.OidcLogout;

/// <summary>OpenID Connect Back-Channel Logout 1.0.</summary>
public sealed class BackchannelTests
{
    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_client_is_told_of_the_sign_out_by_a_signed_notice(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver, o => o with { AllowPrivateTargets = true });
        await using var listener = await Listener.StartAsync();
        using var flow = await CodeFlow.StartAsync(server, $"backchannel_logout_uri = '{listener.Address}'");
        var tokens = await flow.TokensAsync();

        await flow.Browser.SubmitAsync(await flow.Browser.OpenAsync("/logout"));
        var (type, form) = await listener.NextAsync(server);

        Assert.Equal(("application/x-www-form-urlencoded", "logout_token"), (type, form.Keys.Single()));
        var verdict = await new JsonWebTokenHandler().ValidateTokenAsync(form["logout_token"], new TokenValidationParameters
        {
            ValidIssuer = server.Issuer,
            ValidAudience = flow.Tenant.ClientId,
            ValidTypes = ["logout+jwt"],
            IssuerSigningKeys = new JsonWebKeySet((await flow.Client.GetAsync("/.well-known/jwks")).Text).GetSigningKeys(),
        });
        Assert.True(verdict.IsValid, verdict.Exception?.Message);
        var notice = (JsonWebToken)verdict.SecurityToken;
        Assert.Equal((flow.UserId, tokens.Claims("id_token").GetProperty("sid").GetString()), (notice.Subject, notice.GetPayloadValue<string>("sid")));
        Assert.Equal("""{"http://schemas.openid.net/event/backchannel-logout":{}}""", notice.GetPayloadValue<System.Text.Json.JsonElement>("events").GetRawText());
        Assert.False(notice.TryGetPayloadValue<string>("nonce", out _));
        Assert.NotEmpty(notice.Id);
        Assert.Equal(401, (await flow.UserInfoAsync(form["logout_token"])).Status);
        Assert.Equal(0, await listener.DrainAsync(server));
    }

    [Fact]
    public async Task A_sign_out_everywhere_tells_each_client_of_each_of_its_sign_ins()
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite, o => o with { AllowPrivateTargets = true });
        await using var listener = await Listener.StartAsync();
        using var flow = await CodeFlow.StartAsync(server, $"backchannel_logout_uri = '{listener.Address}'");
        var sids = new[] { await flow.TokensAsync(), await flow.TokensAsync() }.Select(t => t.Claims("id_token").GetProperty("sid").GetString()!).ToHashSet();

        await flow.Client.SendAsync(HttpMethod.Post, "/api/sso-logout", null, null, ("Cookie", "postern_session=" + flow.Browser["postern_session"]));

        foreach (var _ in sids)
        {
            Assert.Contains(new JsonWebToken((await listener.NextAsync(server)).Form["logout_token"]).GetPayloadValue<string>("sid"), sids);
        }
    }

    [Fact]
    public async Task A_client_that_was_down_is_told_later()
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite, o => o with { AllowPrivateTargets = true });
        await using var listener = await Listener.StartAsync();
        using var flow = await CodeFlow.StartAsync(server, $"backchannel_logout_uri = '{listener.Address}'");
        await flow.TokensAsync();
        listener.Status = StatusCodes.Status503ServiceUnavailable;
        await flow.Browser.SubmitAsync(await flow.Browser.OpenAsync("/logout"));
        await listener.NextAsync(server);

        listener.Status = StatusCodes.Status200OK;
        server.Clock.Advance(TimeSpan.FromSeconds(40));

        Assert.NotEmpty((await listener.NextAsync(server)).Form["logout_token"]);
        Assert.Equal(0, await listener.DrainAsync(server));
        Assert.Equal(0, await server.Database.ReadAsync(c => c.ExecuteScalarAsync<long>("select count(*) from logout_notices")));
    }

    [Fact]
    public async Task A_private_address_is_not_called_where_the_operator_does_not_allow_it()
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite);
        await using var listener = await Listener.StartAsync();
        using var flow = await CodeFlow.StartAsync(server, $"backchannel_logout_uri = '{listener.Address}'");
        var tokens = await flow.TokensAsync();

        await flow.Browser.SubmitAsync(await flow.Browser.OpenAsync("/logout"));

        Assert.Equal(0, await listener.DrainAsync(server));
        Assert.Equal(401, (await flow.UserInfoAsync(tokens["access_token"])).Status);
    }

    /// <summary>A client's endpoint on loopback.</summary>
    private sealed class Listener(WebApplication app) : IAsyncDisposable
    {
        private readonly Channel<(string? ContentType, Dictionary<string, string> Form)> received = Channel.CreateUnbounded<(string?, Dictionary<string, string>)>();

        public string Address => app.Urls.Single() + "/signed-out";

        public int Status { get; set; } = StatusCodes.Status200OK;

        public static async Task<Listener> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            var app = builder.Build();
            app.Urls.Add("http://127.0.0.1:0");
            var listener = new Listener(app);
            app.MapPost("/signed-out", listener.ReceiveAsync);
            await app.StartAsync();
            return listener;
        }

        /// <summary>The next notice, whether this call or the server's own timer sends it.</summary>
        public async Task<(string? ContentType, Dictionary<string, string> Form)> NextAsync(TestServer server)
        {
            await server.Services.GetRequiredService<BackchannelLogout>().SendDueAsync(CancellationToken.None);
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            return await received.Reader.ReadAsync(patience.Token);
        }

        /// <summary>How many more come.</summary>
        public async Task<int> DrainAsync(TestServer server)
        {
            await server.Services.GetRequiredService<BackchannelLogout>().SendDueAsync(CancellationToken.None);
            return received.Reader.Count;
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();

        private async Task<IResult> ReceiveAsync(HttpRequest request)
        {
            var form = await request.ReadFormAsync();
            received.Writer.TryWrite((request.ContentType, form.ToDictionary(p => p.Key, p => p.Value.ToString())));
            return Results.StatusCode(Status);
        }
    }
}
