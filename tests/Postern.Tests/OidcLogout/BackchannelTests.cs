using Dapper;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Postern.AuthorizationServer.OAuth;
using Postern.Storage.Databases;
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
        await using var listener = await Receiver.StartAsync();
        using var flow = await CodeFlow.StartAsync(server, $"backchannel_logout_uri = '{listener.Address}'");
        var tokens = await flow.TokensAsync();

        await flow.Browser.SubmitAsync(await flow.Browser.OpenAsync("/logout"));
        var told = await NextAsync(server, listener);
        var form = told.Form;

        Assert.Equal(("application/x-www-form-urlencoded", "logout_token"), (told.ContentType, form.Keys.Single()));
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
        Assert.Equal(0, await DrainAsync(server, listener));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_grant_with_offline_access_is_told_of_the_sign_out_and_lives_on(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver, o => o with { AllowPrivateTargets = true });
        await using var listener = await Receiver.StartAsync();
        using var flow = await CodeFlow.StartAsync(server, $"backchannel_logout_uri = '{listener.Address}'");
        var tokens = await flow.TokensAsync(("scope", "openid offline_access"));

        await flow.Browser.SubmitAsync(await flow.Browser.OpenAsync("/logout"));

        var notice = new JsonWebToken((await NextAsync(server, listener)).Form["logout_token"]);
        Assert.Equal(tokens.Claims("id_token").GetProperty("sid").GetString(), notice.GetPayloadValue<string>("sid"));
        Assert.Equal(200, (await flow.Tenant.RefreshAsync(tokens["refresh_token"]!)).Status);
        Assert.Equal(0, await DrainAsync(server, listener));
    }

    [Fact]
    public async Task A_sign_out_everywhere_tells_each_client_of_each_of_its_sign_ins()
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite, o => o with { AllowPrivateTargets = true });
        await using var listener = await Receiver.StartAsync();
        using var flow = await CodeFlow.StartAsync(server, $"backchannel_logout_uri = '{listener.Address}'");
        var sids = new[] { await flow.TokensAsync(), await flow.TokensAsync() }.Select(t => t.Claims("id_token").GetProperty("sid").GetString()!).ToHashSet();

        await flow.Client.SendAsync(HttpMethod.Post, "/api/sso-logout", null, null, ("Cookie", "postern_session=" + flow.Browser["postern_session"]));

        foreach (var _ in sids)
        {
            Assert.Contains(new JsonWebToken((await NextAsync(server, listener)).Form["logout_token"]).GetPayloadValue<string>("sid"), sids);
        }
    }

    [Fact]
    public async Task A_client_that_was_down_is_told_later()
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite, o => o with { AllowPrivateTargets = true });
        await using var listener = await Receiver.StartAsync();
        using var flow = await CodeFlow.StartAsync(server, $"backchannel_logout_uri = '{listener.Address}'");
        await flow.TokensAsync();
        listener.Status = StatusCodes.Status503ServiceUnavailable;
        await flow.Browser.SubmitAsync(await flow.Browser.OpenAsync("/logout"));
        await NextAsync(server, listener);

        listener.Status = StatusCodes.Status200OK;
        server.Clock.Advance(TimeSpan.FromSeconds(40));

        Assert.NotEmpty((await NextAsync(server, listener)).Form["logout_token"]);
        Assert.Equal(0, await DrainAsync(server, listener));
        Assert.Equal(0, await server.Database.ReadAsync(c => c.ExecuteScalarAsync<long>("select count(*) from logout_notices")));
    }

    [Fact]
    public async Task A_private_address_is_not_called_where_the_operator_does_not_allow_it()
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite);
        await using var listener = await Receiver.StartAsync();
        using var flow = await CodeFlow.StartAsync(server, $"backchannel_logout_uri = '{listener.Address}'");
        var tokens = await flow.TokensAsync();

        await flow.Browser.SubmitAsync(await flow.Browser.OpenAsync("/logout"));

        Assert.Equal(0, await DrainAsync(server, listener));
        Assert.Equal(401, (await flow.UserInfoAsync(tokens["access_token"])).Status);
    }

    /// <summary>The next notice, whether this call or the server's own timer sends it.</summary>
    private static async Task<Received> NextAsync(TestServer server, Receiver listener)
    {
        await server.Services.GetRequiredService<BackchannelLogout>().SendDueAsync(CancellationToken.None);
        return await listener.NextAsync();
    }

    /// <summary>How many more come.</summary>
    private static async Task<int> DrainAsync(TestServer server, Receiver listener)
    {
        await server.Services.GetRequiredService<BackchannelLogout>().SendDueAsync(CancellationToken.None);
        return listener.Waiting;
    }
}
