using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Rfc6749;

public sealed class CodeFlowTests(Servers servers)
{
    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_person_signs_in_on_the_page_and_the_client_gets_her_tokens(DatabaseDriver driver)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(driver));

        var page = await flow.Browser.OpenAsync(flow.Address());
        var arrival = await flow.SignInAsync(page);
        var tokens = await flow.RedeemAsync(arrival["code"]!);

        Assert.Equal((200, "/login"), (page.Status, page.Forms.Single().Action));
        Assert.StartsWith(CodeFlow.RedirectUri + "?", arrival.LeadsTo, StringComparison.Ordinal);
        Assert.Equal(("the state", flow.Tenant.Server.Issuer), (arrival["state"], arrival["iss"]));
        Assert.Equal((200, "Bearer", "openid profile"), (tokens.Status, tokens["token_type"], tokens["scope"]));
        Assert.Equal(flow.UserId, (await flow.UserInfoAsync(tokens["access_token"]))["sub"]);
        Assert.Equal(200, (await flow.Tenant.RefreshAsync(tokens["refresh_token"]!)).Status);
    }

    [Fact]
    public async Task Who_is_signed_in_goes_straight_on_and_not_through_a_page()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        await flow.CodeAsync();

        var again = await flow.Browser.OpenAsync(flow.Address());

        Assert.Equal(302, again.Status);
        Assert.Equal(200, (await flow.RedeemAsync(again["code"]!)).Status);
    }

    [Fact]
    public async Task A_wrong_password_shows_the_form_again_with_the_name_and_signs_nobody_in()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var page = await flow.Browser.OpenAsync(flow.Address());

        var refused = await flow.Browser.SubmitAsync(page, ("username", "ann"), ("password", "wrong"));

        Assert.Equal((400, null), (refused.Status, refused.LeadsTo));
        Assert.Contains("""name="username" type="text" value="ann" """, refused.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong\"", refused.Text, StringComparison.Ordinal);
        Assert.Null(flow.Browser["postern_session"]);
        Assert.NotNull((await flow.SignInAsync(refused))["code"]);
    }

    [Theory]
    [InlineData("a&b=c#d?e")]
    [InlineData("中文 and \"quotes\" <b>'x'</b>")]
    [InlineData("%2e%2e/+\\")]
    [InlineData("{\"json\":[1,2]}")]
    public async Task The_state_comes_back_as_it_was_sent(string state)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));

        var byPage = await flow.AuthorizeAsync(("state", state));
        var direct = await flow.AuthorizeAsync(("state", state));
        var refused = await flow.AuthorizeAsync(("state", state), ("prompt", "nonsense"));
        var posted = await flow.AuthorizeAsync(("state", state), ("response_mode", "form_post"));

        Assert.All([byPage["state"], direct["state"], refused["state"], posted.Forms.Single()["state"]], back => Assert.Equal(state, back));
    }

    [Fact]
    public async Task A_code_comes_in_the_fragment_where_the_client_asks_for_it_there()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));

        var byPage = await flow.AuthorizeAsync(("response_mode", "fragment"));
        var direct = await flow.AuthorizeAsync(("response_mode", "fragment"));
        var refused = await flow.AuthorizeAsync(("response_mode", "fragment"), ("prompt", "nonsense"));

        Assert.All([byPage, direct, refused], visit => Assert.StartsWith(CodeFlow.RedirectUri + "#", visit.LeadsTo, StringComparison.Ordinal));
        Assert.All([byPage, direct], visit => Assert.Equal("the state", visit["state"]));
        Assert.Equal(200, (await flow.RedeemAsync(byPage["code"]!)).Status);
        Assert.Equal("invalid_request", refused["error"]);
    }

    [Theory]
    [InlineData('s')]
    [InlineData('%')]
    [InlineData('\u00e9')]
    public async Task A_state_of_eight_kilobytes_comes_back_by_page_directly_and_from_a_pushed_request(char letter)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var state = new string(letter, 8 * 1024 / System.Text.Encoding.UTF8.GetByteCount([letter]));

        var byPage = await flow.AuthorizeAsync(("state", state));
        var direct = await flow.AuthorizeAsync(("state", state));
        var pushed = await flow.Client.PostAsync("/api/login/oauth/par", flow.Basic,
            ("response_type", "code"), ("redirect_uri", CodeFlow.RedirectUri), ("state", state), ("code_challenge", CodeFlow.Challenge), ("code_challenge_method", "S256"));
        var byReference = await flow.Browser.OpenAsync($"/login/oauth/authorize?client_id={flow.Tenant.ClientId}&request_uri={Uri.EscapeDataString(pushed["request_uri"]!)}");

        Assert.All([byPage, direct, byReference], visit =>
        {
            Assert.Equal(state, visit["state"]);
            Assert.NotNull(visit["code"]);
        });
    }

    [Fact]
    public async Task A_request_without_state_gets_none_back()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));

        Assert.DoesNotContain("state=", (await flow.AuthorizeAsync(("state", null))).LeadsTo, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_address_keeps_its_own_query()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        await flow.ExecuteAsync("""update applications set redirect_uris = '["https://shop.example/in?shop=1"]' where name = @Application""");

        var arrival = await flow.AuthorizeAsync(("redirect_uri", "https://shop.example/in?shop=1"));

        Assert.StartsWith("https://shop.example/in?shop=1&code=", arrival.LeadsTo, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_posted_request_goes_on_by_GET()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var query = flow.Address().Split('?')[1].Split('&').Select(p => p.Split('=')).Select(p => (p[0], Uri.UnescapeDataString(p[1]))).ToArray();

        var page = await flow.Browser.PostAsync("/login/oauth/authorize", query);

        Assert.Equal("the state", (await flow.SignInAsync(page))["state"]);
    }

    [Fact]
    public async Task A_posted_request_that_cannot_be_read_is_refused_on_a_page()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));

        var page = await flow.Browser.PostAsync("/login/oauth/authorize", [.. Enumerable.Range(0, 2000).Select(i => ("p" + i, "x"))]);

        Assert.Equal((400, null), (page.Status, page.LeadsTo));
        Assert.Contains("role=\"alert\"", page.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/login/oauth/authorize?")]
    [InlineData("/login/oauth/authorize")]
    [InlineData("/\\evil.example")]
    [InlineData("javascript:alert(1)")]
    public async Task The_sign_in_form_leads_to_pages_of_ours_alone(string returnTo)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var page = await flow.Browser.OpenAsync(flow.Address());

        var arrival = await flow.Browser.SubmitAsync(page, ("username", "ann"), ("password", CodeFlow.Password), ("return", returnTo));

        Assert.Equal((200, "/account"), (arrival.Status, arrival.Address));
    }
}
