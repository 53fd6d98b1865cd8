using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.OidcConformance;

/// <summary>
/// Conditions of the OpenID Foundation's basic and form post plans that no other test has: prompts, hints and pages are in OidcCore, the code in
/// Rfc6749, PKCE in Rfc7636, request objects in Rfc6749/AuthorizationErrorTests.
/// </summary>
public sealed class BasicPlanTests(Servers servers)
{
    [Theory]
    [InlineData("display", "page")]
    [InlineData("display", "popup")]
    [InlineData("display", "nonsense")]
    [InlineData("claims_locales", "se zh-CN")]
    [InlineData("ui_locales", "se")]
    [InlineData("acr_values", "1 2")]
    [InlineData("login_hint", "nobody@example.org")]
    [InlineData("extra", "foobar")]
    [InlineData("nonce", null)]
    [InlineData("state", null)]
    [InlineData("scope", "openid profile email address phone unknown")]
    public async Task A_parameter_that_asks_for_nothing_here_does_not_stop_a_sign_in(string name, string? value)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));

        var arrival = await flow.AuthorizeAsync((name, value));
        var tokens = await flow.RedeemAsync(arrival["code"]!);

        Assert.Equal(name == "state" ? null : "the state", arrival["state"]);
        Assert.Equal((200, flow.UserId), (tokens.Status, tokens.Claims("id_token").GetProperty("sub").GetString()));
        Assert.Equal(name != "nonce", tokens.Claims("id_token").TryGetProperty("nonce", out _));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_time_of_the_sign_in_stays_while_it_is_young_enough_and_is_new_after_another(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        using var flow = await CodeFlow.StartAsync(server);
        static long TimeOf(Answer tokens) => tokens.Claims("id_token").GetProperty("auth_time").GetInt64();
        var first = await flow.TokensAsync();
        server.Clock.Advance(TimeSpan.FromSeconds(2));

        var silent = await flow.TokensAsync(("prompt", "none"), ("id_token_hint", first["id_token"]));
        var young = await flow.TokensAsync(("max_age", "10000"));
        var again = await flow.TokensAsync(("max_age", "1"));

        Assert.Equal((TimeOf(first), TimeOf(first)), (TimeOf(silent), TimeOf(young)));
        Assert.True(TimeOf(again) >= TimeOf(first) + 2);
        Assert.All([silent, young, again], tokens => Assert.Equal(flow.UserId, tokens.Claims("id_token").GetProperty("sub").GetString()));
    }

    [Fact]
    public async Task A_sign_in_that_was_asked_for_again_must_be_the_hinted_users()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        await CodeFlow.AddUserAsync(flow.Tenant, "ben");
        var hint = ("id_token_hint", (await flow.TokensAsync())["id_token"]);

        var same = await flow.SignInAsync(await flow.Browser.OpenAsync(flow.Address(("prompt", "login"), hint)));
        var another = await flow.SignInAsync(await flow.Browser.OpenAsync(flow.Address(("prompt", "login"), hint)), "ben");

        Assert.NotNull(same["code"]);
        Assert.Equal(("login_required", "the state", null), (another["error"], another["state"], another["code"]));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_code_that_comes_again_after_half_a_minute_or_an_hour_ends_its_tokens_all_the_same(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        using var flow = await CodeFlow.StartAsync(server);
        foreach (var pause in new[] { TimeSpan.FromSeconds(30), TimeSpan.FromHours(1) })
        {
            var code = await flow.CodeAsync();
            var tokens = await flow.RedeemAsync(code);
            server.Clock.Advance(pause);
            Assert.Equal(200, (await flow.UserInfoAsync(tokens["access_token"])).Status);

            Assert.Equal((400, "invalid_grant"), await flow.RedeemAsync(code) is var again ? (again.Status, again["error"]) : default);

            Assert.Equal(401, (await flow.UserInfoAsync(tokens["access_token"])).Status);
            Assert.Equal("invalid_grant", (await flow.Tenant.RefreshAsync(tokens["refresh_token"]!))["error"]);
        }
    }

    [Theory]
    [InlineData("client_secret_basic")]
    [InlineData("client_secret_post")]
    public async Task A_client_proves_itself_at_the_code_and_at_the_refresh(string method)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite), $"token_endpoint_auth_method = '{method}'");
        var isBasic = method == "client_secret_basic";
        Task<Answer> SendAsync(string secret, params (string, string?)[] form) => flow.Client.PostAsync("/api/login/oauth/access_token",
            isBasic ? ClientHttp.BasicOf(flow.Tenant.ClientId, secret) : null,
            [.. form, .. isBasic ? Array.Empty<(string, string?)>() : [("client_id", flow.Tenant.ClientId), ("client_secret", secret)]]);
        Task<Answer> RedeemAsync(string secret, string code) =>
            SendAsync(secret, ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CodeFlow.RedirectUri));
        var code = await flow.CodeAsync(("code_challenge", null), ("code_challenge_method", null));

        var wrong = await RedeemAsync("wrong", code);
        var tokens = await RedeemAsync(flow.Tenant.ClientSecret, code);
        var refreshed = await SendAsync(flow.Tenant.ClientSecret, ("grant_type", "refresh_token"), ("refresh_token", tokens["refresh_token"]));

        Assert.Equal((401, "invalid_client"), (wrong.Status, wrong["error"]));
        Assert.Equal((200, 200), (tokens.Status, refreshed.Status));
        Assert.Equal(flow.UserId, refreshed.Claims("id_token").GetProperty("sub").GetString());
    }

    [Fact]
    public async Task A_refresh_token_is_its_own_clients()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var flow = await CodeFlow.StartAsync(server);
        using var other = await CodeFlow.StartAsync(server);
        var tokens = await flow.TokensAsync();

        Assert.Equal("invalid_grant", (await other.Tenant.RefreshAsync(tokens["refresh_token"]!))["error"]);

        Assert.Equal(200, (await flow.Tenant.RefreshAsync(tokens["refresh_token"]!)).Status);
    }

    [Theory]
    [InlineData("prompt", "none", "login_required")]
    [InlineData("request", "eyJhbGciOiJub25lIn0.e30.", "request_not_supported")]
    [InlineData("request_uri", "https://client.example/request.jwt", "request_uri_not_supported")]
    [InlineData("response_type", null, "invalid_request")]
    [InlineData("scope", "open\"id", "invalid_scope")]
    public async Task A_refusal_is_posted_where_the_client_asked_for_that(string name, string? value, string error)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));

        var page = await flow.Browser.OpenAsync(flow.Address(("response_mode", "form_post"), (name, value)));

        var form = Assert.Single(page.Forms);
        Assert.Equal((CodeFlow.RedirectUri, error, "the state", flow.Tenant.Server.Issuer), (form.Action, form["error"], form["state"], form["iss"]));
        Assert.Null(form["code"]);
    }
}
