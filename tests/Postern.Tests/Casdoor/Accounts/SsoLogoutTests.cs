using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Accounts;

/// <summary><c>GET|POST /api/sso-logout</c>.</summary>
public sealed class SsoLogoutTests(Servers servers)
{
    [Theory]
    [InlineData("", DatabaseDriver.Sqlite)]
    [InlineData("", DatabaseDriver.Postgres)]
    [InlineData("?logoutAll=true", DatabaseDriver.Sqlite)]
    [InlineData("?logoutAll=1", DatabaseDriver.Sqlite)]
    public async Task Everywhere_ends_each_session_and_each_grant_of_that_user_alone(string query, DatabaseDriver driver)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(driver));
        await CodeFlow.AddUserAsync(flow.Tenant, "ben");
        using var phone = new Browser(flow.Tenant.Server);
        using var bens = new Browser(flow.Tenant.Server);
        var here = await flow.TokensAsync();
        var there = await flow.RedeemAsync((await SignInAsync(flow, phone, "ann"))["code"]!);
        var ben = await flow.RedeemAsync((await SignInAsync(flow, bens, "ben"))["code"]!);

        var answer = await SsoLogoutAsync(flow, HttpMethod.Post, query, ("Cookie", "postern_session=" + flow.Browser["postern_session"]));

        Assert.Equal("ok", answer["status"]);
        foreach (var tokens in new[] { here, there })
        {
            Assert.Equal((401, "invalid_grant"), ((await flow.UserInfoAsync(tokens["access_token"])).Status, (await flow.Tenant.RefreshAsync(tokens["refresh_token"]!))["error"]));
        }

        Assert.Equal("login_required", (await phone.OpenAsync(flow.Address(("prompt", "none"))))["error"]);
        Assert.Equal(200, (await flow.UserInfoAsync(ben["access_token"])).Status);
        Assert.NotNull((await bens.OpenAsync(flow.Address(("prompt", "none"))))["code"]);
    }

    [Fact]
    public async Task Here_alone_leaves_the_other_browser_signed_in()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        using var phone = new Browser(flow.Tenant.Server);
        var here = await flow.TokensAsync();
        var there = await flow.RedeemAsync((await SignInAsync(flow, phone, "ann"))["code"]!);

        await SsoLogoutAsync(flow, HttpMethod.Post, "?logoutAll=false", ("Cookie", "postern_session=" + flow.Browser["postern_session"]));

        Assert.Equal((401, 200), ((await flow.UserInfoAsync(here["access_token"])).Status, (await flow.UserInfoAsync(there["access_token"])).Status));
        Assert.Equal("login_required", (await flow.Browser.OpenAsync(flow.Address(("prompt", "none"))))["error"]);
        Assert.NotNull((await phone.OpenAsync(flow.Address(("prompt", "none"))))["code"]);
    }

    [Theory]
    [InlineData("", 401, DatabaseDriver.Sqlite)]
    [InlineData("?logoutAll=0", 200, DatabaseDriver.Sqlite)]
    [InlineData("?logoutAll=false", 200, DatabaseDriver.Postgres)]
    public async Task A_bearer_token_ends_the_browsers_session_that_it_came_from_with_every_grant_made_in_it(string query, int elsewhere, DatabaseDriver driver)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(driver));
        using var phone = new Browser(flow.Tenant.Server);
        var (first, second) = (await flow.TokensAsync(), await flow.TokensAsync(("scope", "openid offline_access")));
        var there = await flow.RedeemAsync((await SignInAsync(flow, phone, "ann"))["code"]!);

        await flow.Client.GetAsync("/api/sso-logout" + query, "Bearer " + first["access_token"]);

        Assert.Equal("login_required", (await flow.Browser.OpenAsync(flow.Address(("prompt", "none"))))["error"]);
        foreach (var tokens in new[] { first, second })
        {
            Assert.Equal((401, "invalid_grant"), ((await flow.UserInfoAsync(tokens["access_token"])).Status, (await flow.Tenant.RefreshAsync(tokens["refresh_token"]!))["error"]));
        }

        Assert.Equal(elsewhere, (await flow.UserInfoAsync(there["access_token"])).Status);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_device_that_was_approved_and_has_not_asked_yet_gets_nothing(DatabaseDriver driver)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(driver), """grant_types = '["urn:ietf:params:oauth:grant-type:device_code"]'""");
        var device = await flow.Client.PostAsync("/api/device-auth", null, ("client_id", flow.Tenant.ClientId));
        var approved = await flow.Client.PostJsonAsync("/api/login",
            $$"""{"type":"device","application":"{{flow.Tenant.Application}}","username":"ann","password":"{{CodeFlow.Password}}","userCode":"{{device["user_code"]}}"}""");

        await SsoLogoutAsync(flow, HttpMethod.Post, "", ("Cookie", AccountsHost.Cookie(approved)));
        var polled = await flow.Client.PostAsync("/api/login/oauth/access_token", null,
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("client_id", flow.Tenant.ClientId), ("device_code", device["device_code"]));

        Assert.Equal(("ok", 400, "expired_token"), (approved["status"], polled.Status, polled["error"]));
    }

    [Theory]
    [InlineData("GET", "Sec-Fetch-Site", "cross-site")]
    [InlineData("POST", "Sec-Fetch-Site", "same-site")]
    [InlineData("POST", "Origin", "https://evil.example")]
    public async Task A_foreign_page_signs_nobody_out(string method, string header, string value)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var tokens = await flow.TokensAsync();

        var answer = await SsoLogoutAsync(flow, new HttpMethod(method), "", ("Cookie", "postern_session=" + flow.Browser["postern_session"]), (header, value));

        Assert.Equal("error", answer["status"]);
        Assert.Equal(200, (await flow.UserInfoAsync(tokens["access_token"])).Status);
        Assert.NotNull((await flow.Browser.OpenAsync(flow.Address(("prompt", "none"))))["code"]);
    }

    private static Task<Answer> SsoLogoutAsync(CodeFlow flow, HttpMethod method, string query, params (string, string)[] headers) =>
        flow.Client.SendAsync(method, "/api/sso-logout" + query, null, null, headers);

    private static async Task<Visit> SignInAsync(CodeFlow flow, Browser browser, string name) =>
        await browser.SubmitAsync(await browser.OpenAsync(flow.Address()), ("username", name), ("password", CodeFlow.Password));
}
