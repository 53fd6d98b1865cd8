using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Rfc6749;

/// <summary>RFC 6749 §4.1.2.1: to the client where its address can be trusted, else to the person.</summary>
public sealed class AuthorizationErrorTests(Servers servers)
{
    [Theory]
    [InlineData("client_id", null)]
    [InlineData("client_id", "nobody")]
    [InlineData("redirect_uri", null)]
    [InlineData("redirect_uri", "https://evil.example/callback")]
    public async Task Where_the_address_cannot_be_trusted_the_person_is_told(string name, string? value)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));

        var page = await flow.Browser.OpenAsync(flow.Address((name, value)));
        var chinese = await flow.Browser.OpenAsync(flow.Address((name, value), ("ui_locales", "zh-CN")));

        Assert.Equal((400, null), (page.Status, page.LeadsTo));
        Assert.Contains("This did not work", page.Text, StringComparison.Ordinal);
        Assert.Contains("invalid_request", page.Text, StringComparison.Ordinal);
        Assert.Contains("操作未能完成", chinese.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("client_id")]
    [InlineData("redirect_uri")]
    [InlineData("request_uri")]
    public async Task A_repeated_parameter_that_says_who_is_answered_is_told_to_the_person(string name)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));

        var page = await flow.Browser.OpenAsync($"{flow.Address()}&{name}=x&{name}=y");

        Assert.Equal((400, null), (page.Status, page.LeadsTo));
    }

    [Theory]
    [InlineData("scope=openid")]
    [InlineData("nonce=other")]
    [InlineData("code_challenge=other")]
    [InlineData("response_type=code")]
    [InlineData("prompt=none&prompt=none")]
    public async Task Any_other_repeated_parameter_is_told_to_the_client(string repeated)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        await flow.CodeAsync();

        var answer = await flow.Browser.OpenAsync(flow.Address() + "&" + repeated);

        Assert.StartsWith(CodeFlow.RedirectUri + "?", answer.LeadsTo, StringComparison.Ordinal);
        Assert.Equal(("invalid_request", "the state", null), (answer["error"], answer["state"], answer["code"]));
    }

    [Theory]
    [InlineData("https://client.example/request.jwt", null, "request_uri_not_supported")]
    [InlineData("https://client.example/request.jwt", "https://evil.example/callback", "request_uri_not_supported")]
    [InlineData("urn:ietf:params:oauth:request_uri:unknown", null, "invalid_request_uri")]
    [InlineData("urn:ietf:params:oauth:request_uri:unknown", "https://evil.example/callback", "invalid_request_uri")]
    public async Task A_request_uri_that_is_not_good_is_told_to_the_user_where_no_listed_address_stands_beside_it(string requestUri, string? redirectUri, string error)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));

        var page = await flow.Browser.OpenAsync(flow.Address(("request_uri", requestUri), ("redirect_uri", redirectUri)));
        var chinese = await flow.Browser.OpenAsync(flow.Address(("request_uri", requestUri), ("redirect_uri", redirectUri), ("ui_locales", "zh-CN")));

        Assert.Equal((400, null), (page.Status, page.LeadsTo));
        Assert.Contains(error, page.Text, StringComparison.Ordinal);
        Assert.Contains(error == "invalid_request_uri" ? "请重新开始" : "必须是已推送到本服务器的请求", chinese.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_object_is_refused_before_what_it_may_hold_is_missed()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));

        var answer = await flow.Browser.OpenAsync(flow.Address(("request", "eyJhbGciOiJub25lIn0.e30."), ("response_type", null), ("code_challenge", "x")));

        Assert.Equal("request_not_supported", answer["error"]);
    }

    [Fact]
    public async Task A_repeated_state_is_told_to_the_client_without_any_state()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));

        var answer = await flow.Browser.OpenAsync(flow.Address() + "&state=another");

        Assert.Equal(("invalid_request", null), (answer["error"], answer["state"]));
    }

    [Theory]
    [InlineData("response_type", null, "invalid_request")]
    [InlineData("response_type", "nonsense", "unsupported_response_type")]
    [InlineData("response_type", "code id_token", "unsupported_response_type")]
    [InlineData("response_type", "token", "unauthorized_client")]
    [InlineData("response_type", "id_token token", "unauthorized_client")]
    [InlineData("response_mode", "web_message", "invalid_request")]
    [InlineData("scope", "open\"id", "invalid_scope")]
    [InlineData("scope", "открыть", "invalid_scope")]
    [InlineData("prompt", "nonsense", "invalid_request")]
    [InlineData("prompt", "none login", "invalid_request")]
    [InlineData("max_age", "-1", "invalid_request")]
    [InlineData("max_age", "1.5", "invalid_request")]
    [InlineData("max_age", "99999999999999999999", "invalid_request")]
    [InlineData("request", "eyJhbGciOiJub25lIn0.e30.", "request_not_supported")]
    [InlineData("registration", "{}", "registration_not_supported")]
    [InlineData("request_uri", "https://client.example/request.jwt", "request_uri_not_supported")]
    [InlineData("request_uri", "urn:example:request", "request_uri_not_supported")]
    [InlineData("request_uri", "urn:ietf:params:oauth:request_uri:unknown", "invalid_request_uri")]
    [InlineData("resource", "/api", "invalid_target")]
    [InlineData("resource", "https://api.example/#fragment", "invalid_target")]
    public async Task Whatever_else_is_wrong_the_client_is_told_with_state_and_issuer(string name, string? value, string error)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        await flow.CodeAsync();

        var answer = await flow.Browser.OpenAsync(flow.Address((name, value)));

        Assert.Equal(302, answer.Status);
        Assert.StartsWith(CodeFlow.RedirectUri + (error == "unauthorized_client" ? "#" : "?"), answer.LeadsTo, StringComparison.Ordinal);
        Assert.Equal((error, "the state", flow.Tenant.Server.Issuer), (answer["error"], answer["state"], answer["iss"]));
        Assert.Null(answer["code"]);
        Assert.True(answer["error_description"]!.All(c => c is >= ' ' and <= '~' and not '"' and not '\\'));
    }

    [Fact]
    public async Task A_state_of_8_KB_passes_and_a_longer_one_is_refused_on_a_page()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));

        var passed = await flow.Browser.OpenAsync(flow.Address(("state", new string('s', 8 * 1024))));
        var refused = await flow.Browser.OpenAsync(flow.Address(("state", new string('s', (8 * 1024) + 1))));

        Assert.True(passed.Status < 400, passed.Text);
        Assert.Equal((400, null), (refused.Status, refused.LeadsTo));
        Assert.Contains("tate is too long: at most 8192 bytes", refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_zero_character_anywhere_in_the_request_is_refused_and_nobody_is_sent_anywhere()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));

        foreach (var name in new[] { "client_id", "redirect_uri", "nonce", "state", "unknown" })
        {
            var answer = await flow.Browser.OpenAsync(flow.Address((name, "a\0b")));
            Assert.Equal((400, null), (answer.Status, answer.LeadsTo));
        }
    }

    [Theory]
    [InlineData("disable_signin = true")]
    [InlineData("organization = organization")]
    public async Task An_application_or_organization_that_is_closed_sends_its_people_back(string columns)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite), columns);
        await flow.ExecuteAsync("update organizations set disable_signin = @closed where name = @Organization", new { closed = columns != "disable_signin = true", flow.Tenant.Organization });

        Assert.Equal("unauthorized_client", (await flow.AuthorizeAsync())["error"]);
    }

    [Fact]
    public async Task A_person_of_another_organization_is_not_let_in()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var flow = await CodeFlow.StartAsync(server);
        using var other = await CodeFlow.StartAsync(server);
        await flow.CodeAsync();
        other.Browser.Plant("postern_session", flow.Browser["postern_session"]!);

        var page = await other.Browser.OpenAsync(other.Address());
        var silent = await other.Browser.OpenAsync(other.Address(("prompt", "none")));

        Assert.Equal("/login", page.Forms.Single().Action);
        Assert.Equal("login_required", silent["error"]);
    }
}
