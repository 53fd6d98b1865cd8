using Microsoft.AspNetCore.WebUtilities;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.OidcLogout;

/// <summary>OpenID Connect RP-Initiated Logout 1.0.</summary>
public sealed class RpInitiatedTests(Servers servers)
{
    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_clients_hint_ends_its_tokens_and_the_browsers_session_and_leads_back(DatabaseDriver driver)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(driver));
        var tokens = await flow.TokensAsync();
        var cookie = flow.Browser["postern_session"];

        var led = await flow.Browser.OpenAsync(LogoutAddress(("id_token_hint", tokens["id_token"]), ("post_logout_redirect_uri", CodeFlow.RedirectUri), ("state", "a&b=c")));

        Assert.Equal((302, CodeFlow.RedirectUri + "?state=a%26b%3Dc"), (led.Status, led.LeadsTo));
        Assert.Null(flow.Browser["postern_session"]);
        await AssertSignedOutAsync(flow, tokens, cookie);
    }

    [Fact]
    public async Task An_expired_hint_is_as_good()
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite);
        using var flow = await CodeFlow.StartAsync(server);
        var tokens = await flow.TokensAsync();
        var cookie = flow.Browser["postern_session"];
        server.Clock.Advance(TimeSpan.FromHours(5));

        await flow.Browser.OpenAsync(LogoutAddress(("id_token_hint", tokens["id_token"])));

        await AssertSignedOutAsync(flow, tokens, cookie);
    }

    [Fact]
    public async Task A_hint_may_be_posted()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var tokens = await flow.TokensAsync();
        var cookie = flow.Browser["postern_session"];

        var led = await flow.Browser.PostAsync("/api/logout", [("id_token_hint", tokens["id_token"]!), ("post_logout_redirect_uri", CodeFlow.RedirectUri)]);

        Assert.Equal(CodeFlow.RedirectUri, led.LeadsTo);
        await AssertSignedOutAsync(flow, tokens, cookie);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("https://shop.example/callback/")]
    [InlineData("https://shop.example/callback?x=1")]
    [InlineData("https://shop.example@evil.example/callback")]
    [InlineData("//evil.example")]
    [InlineData("javascript:alert(1)")]
    public async Task It_leads_to_a_listed_address_alone(string target)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var tokens = await flow.TokensAsync();

        var byHint = await flow.Browser.OpenAsync(LogoutAddress(("id_token_hint", tokens["id_token"]), ("post_logout_redirect_uri", target)));
        var byPage = await flow.Browser.OpenAsync(LogoutAddress(("client_id", flow.Tenant.ClientId), ("post_logout_redirect_uri", target)));

        Assert.Equal((400, null), (byHint.Status, byHint.LeadsTo));
        Assert.Contains("post_logout_redirect_uri is not an address that it lists", byHint.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("evil.example", byHint.Text, StringComparison.Ordinal);
        Assert.Equal(401, (await flow.UserInfoAsync(tokens["access_token"])).Status);
        Assert.Null(byPage.LeadsTo);
        Assert.DoesNotContain("evil.example\"", byPage.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_clients_address_or_name_does_not_count()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var flow = await CodeFlow.StartAsync(server);
        using var other = await CodeFlow.StartAsync(server);
        await other.ExecuteAsync("""update applications set redirect_uris = '["https://other.example/bye"]' where name = @Application""");
        var (first, second) = (await flow.TokensAsync(), await flow.TokensAsync());

        var name = await flow.Browser.OpenAsync(LogoutAddress(("id_token_hint", second["id_token"]), ("client_id", other.Tenant.ClientId), ("post_logout_redirect_uri", CodeFlow.RedirectUri)));
        // Who asks in another's name signs nobody out.
        Assert.Equal(200, (await flow.UserInfoAsync(second["access_token"])).Status);
        var address = await flow.Browser.OpenAsync(LogoutAddress(("id_token_hint", first["id_token"]), ("post_logout_redirect_uri", "https://other.example/bye")));

        Assert.All([address, name], visit => Assert.Equal((400, null), (visit.Status, visit.LeadsTo)));
    }

    [Theory]
    [InlineData("/api/logout")]
    [InlineData("/api/login/oauth/logout")]
    public async Task What_is_wrong_is_a_page_to_a_browser_and_JSON_to_a_program(string path)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        (Func<Task<(string, string?)[]>> Wrong, string English, string Chinese, string Message)[] cases =
        [
            (() => Task.FromResult<(string, string?)[]>([("id_token_hint", "nonsense")]),
                "Id_token_hint is not a token of this server", "id_token_hint 不是本服务器签发的令牌", "Token not found, invalid accessToken"),
            (async () => [("id_token_hint", (await flow.TokensAsync())["id_token"]), ("client_id", "another")],
                "Client_id is not the application", "client_id 与 id_token_hint 所属的应用不一致", "client_id is not the client of id_token_hint"),
            (async () => [("id_token_hint", (await flow.TokensAsync())["id_token"]), ("post_logout_redirect_uri", "https://evil.example/")],
                "post_logout_redirect_uri is not an address that it lists", "不是应用登记的地址", "Redirect URI: https://evil.example/ doesn't exist in the allowed Redirect URI list"),
        ];

        foreach (var (wrong, english, chinese, message) in cases)
        {
            var page = await flow.Browser.OpenAsync(LogoutAddress(path, await wrong()));
            var posted = await flow.Browser.PostAsync(path, [.. (await wrong()).Select(p => (p.Item1, p.Item2!)), ("ui_locales", "zh-CN")]);
            var told = await flow.Client.GetAsync(LogoutAddress(path, await wrong()));

            Assert.All([page, posted], shown =>
            {
                Assert.Equal((400, null), (shown.Status, shown.LeadsTo));
                Assert.Contains("default-src 'none'", shown.Policy, StringComparison.Ordinal);
                Assert.Contains("href=\"/logout\"", shown.Text, StringComparison.Ordinal);
            });
            Assert.Contains(english, page.Text, StringComparison.OrdinalIgnoreCase);
            Assert.Contains(chinese, posted.Text, StringComparison.Ordinal);
            Assert.Equal((200, "error", message), (told.Status, told["status"], told["msg"]));
        }
    }

    [Fact]
    public async Task A_hint_of_one_person_does_not_end_the_session_of_another()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        await CodeFlow.AddUserAsync(flow.Tenant, "ben");
        var ann = await flow.TokensAsync();
        var ben = await flow.SignInAsync(await flow.Browser.OpenAsync(flow.Address(("prompt", "login"))), "ben");

        await flow.Browser.OpenAsync(LogoutAddress(("id_token_hint", ann["id_token"])));

        Assert.Equal(401, (await flow.UserInfoAsync(ann["access_token"])).Status);
        Assert.NotNull((await flow.Browser.OpenAsync(flow.Address(("prompt", "none"))))["code"]);
        Assert.NotNull(ben["code"]);
    }

    [Theory]
    [InlineData("/api/logout")]
    [InlineData("/logout")]
    public async Task A_link_asks_first_and_only_the_forms_own_button_signs_out(string path)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var tokens = await flow.TokensAsync();
        var cookie = flow.Browser["postern_session"];

        var page = await flow.Browser.OpenAsync(LogoutAddress(path, ("client_id", flow.Tenant.ClientId), ("post_logout_redirect_uri", CodeFlow.RedirectUri), ("state", "s")));
        var forged = await flow.Browser.SubmitAsync(page, ("form_token", "forged"));
        var foreign = await flow.Browser.PostAsync("/logout", [.. page.Forms.Single().Fields], ("Origin", "https://evil.example"));

        Assert.Equal((200, "/logout"), (page.Status, page.Forms.Single().Action));
        Assert.All([forged, foreign], visit => Assert.Equal((400, null), (visit.Status, visit.LeadsTo)));
        Assert.Equal(200, (await flow.UserInfoAsync(tokens["access_token"])).Status);
        Assert.NotNull((await flow.Browser.OpenAsync(flow.Address(("prompt", "none"))))["code"]);

        var done = await flow.Browser.SubmitAsync(page);

        Assert.Equal(CodeFlow.RedirectUri + "?state=s", done.LeadsTo);
        Assert.Contains("You are signed out", done.Text, StringComparison.Ordinal);
        await AssertSignedOutAsync(flow, tokens, cookie);
    }

    [Fact]
    public async Task A_hint_that_is_none_of_ours_signs_nobody_out()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var tokens = await flow.TokensAsync();

        var answer = await flow.Browser.OpenAsync(LogoutAddress(("id_token_hint", "eyJhbGciOiJub25lIn0.eyJzaWQiOiJ4In0."), ("post_logout_redirect_uri", CodeFlow.RedirectUri)));

        Assert.Null(answer.LeadsTo);
        Assert.Contains("id_token_hint is not a token of this server", answer.Text, StringComparison.Ordinal);
        Assert.Equal(200, (await flow.UserInfoAsync(tokens["access_token"])).Status);
        Assert.NotNull((await flow.Browser.OpenAsync(flow.Address(("prompt", "none"))))["code"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_hint_that_was_changed_or_stands_in_for_none_signs_nobody_out(bool isChanged)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var tokens = await flow.TokensAsync();
        var parts = tokens["id_token"]!.Split('.');
        var signature = parts[2].ToCharArray();
        signature[20] = signature[20] == 'A' ? 'B' : 'A';

        var page = await flow.Browser.OpenAsync(LogoutAddress(
            ("id_token_hint", isChanged ? $"{parts[0]}.{parts[1]}.{new string(signature)}" : null), ("post_logout_redirect_uri", CodeFlow.RedirectUri), ("state", "s")));

        // Without a hint the user is asked (RP-Initiated Logout §2).
        Assert.Equal((isChanged ? 400 : 200, null), (page.Status, page.LeadsTo));
        Assert.Equal(!isChanged, page.Forms is [{ Action: "/logout" }]);
        Assert.Equal(200, (await flow.UserInfoAsync(tokens["access_token"])).Status);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("https://shop.example/callback?from=here")]
    public async Task It_leads_back_without_a_state_where_none_was_sent_and_keeps_the_query_of_the_address(string? address)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var (first, second) = (await flow.TokensAsync(), await flow.TokensAsync());
        address ??= CodeFlow.RedirectUri;
        await flow.ExecuteAsync("update applications set redirect_uris = @uris where client_id = @ClientId", new { uris = $"[\"{address}\"]", flow.Tenant.ClientId });

        var plain = await flow.Browser.OpenAsync(LogoutAddress(("id_token_hint", first["id_token"]), ("post_logout_redirect_uri", address)));
        var stated = await flow.Browser.OpenAsync(LogoutAddress(("id_token_hint", second["id_token"]), ("post_logout_redirect_uri", address), ("state", "s")));

        Assert.Equal(address, plain.LeadsTo);
        Assert.Equal(address + (address.Contains('?') ? "&" : "?") + "state=s", stated.LeadsTo);
    }

    [Fact]
    public async Task Access_that_was_allowed_for_when_she_is_away_outlives_the_session()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var (present, away) = (await flow.TokensAsync(), await flow.TokensAsync(("scope", "openid offline_access")));

        await flow.Browser.SubmitAsync(await flow.Browser.OpenAsync("/logout"));

        Assert.Equal("invalid_grant", (await flow.Tenant.RefreshAsync(present["refresh_token"]!))["error"]);
        Assert.Equal(200, (await flow.Tenant.RefreshAsync(away["refresh_token"]!)).Status);
    }

    private static string LogoutAddress(params (string Name, string? Value)[] parameters) => LogoutAddress("/api/logout", parameters);

    private static string LogoutAddress(string path, params (string Name, string? Value)[] parameters) =>
        QueryHelpers.AddQueryString(path, parameters.Select(p => KeyValuePair.Create(p.Name, p.Value)));

    private static async Task AssertSignedOutAsync(CodeFlow flow, Answer tokens, string? cookie)
    {
        Assert.Equal(401, (await flow.UserInfoAsync(tokens["access_token"])).Status);
        Assert.Equal("invalid_grant", (await flow.Tenant.RefreshAsync(tokens["refresh_token"]!))["error"]);
        Assert.Equal("error", (await flow.Client.SendAsync(HttpMethod.Get, "/api/get-account", null, null, ("Cookie", "postern_session=" + cookie)))["status"]);
        Assert.Equal("login_required", (await flow.Browser.OpenAsync(flow.Address(("prompt", "none"))))["error"]);
    }
}
