using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.OidcCore;

public sealed class HintTests(Servers servers)
{
    [Theory]
    [InlineData("ann", "value=\"ann\"")]
    [InlineData("\"><script>alert(1)</script>", "value=\"&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;\"")]
    public async Task The_login_hint_stands_in_the_name_field(string hint, string shown)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));

        var page = await flow.Browser.OpenAsync(flow.Address(("login_hint", hint)));

        Assert.Contains("name=\"username\" type=\"text\" " + shown, page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("zh-CN", "en", "登录")]
    [InlineData("zh", null, "登录")]
    [InlineData("en", "zh-CN", "Sign in")]
    [InlineData("fr zh-TW en", null, "登录")]
    [InlineData("fr", "zh-CN,zh;q=0.9", "登录")]
    [InlineData(null, "zh-CN", "登录")]
    [InlineData(null, "fr, en;q=0.5", "Sign in")]
    [InlineData(null, null, "Sign in")]
    public async Task The_page_speaks_the_language_of_the_request_before_the_browsers(string? uiLocales, string? accepted, string heading)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));

        var page = await flow.Browser.OpenAsync(flow.Address(("ui_locales", uiLocales)), accepted is null ? [] : [("Accept-Language", accepted)]);
        var refused = await flow.Browser.SubmitAsync(page, ("username", "ann"), ("password", "wrong"));

        Assert.Contains($"<h1>{heading}</h1>", page.Text, StringComparison.Ordinal);
        Assert.Contains($"lang=\"{(heading == "登录" ? "zh-CN" : "en")}\"", page.Text, StringComparison.Ordinal);
        if (uiLocales is not null && accepted is null)
        {
            Assert.Contains($"<h1>{heading}</h1>", refused.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_id_token_hint_of_who_is_signed_in_goes_on_also_when_it_expired()
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite);
        using var flow = await CodeFlow.StartAsync(server);
        var hint = (await flow.TokensAsync())["id_token"];
        server.Clock.Advance(TimeSpan.FromHours(3));

        Assert.NotNull((await flow.Browser.OpenAsync(flow.Address(("id_token_hint", hint), ("prompt", "none"))))["code"]);
    }

    [Fact]
    public async Task An_id_token_hint_of_somebody_else_never_brings_the_present_person()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        await CodeFlow.AddUserAsync(flow.Tenant, "ben");
        var hint = (await flow.TokensAsync())["id_token"];
        await flow.SignInAsync(await flow.Browser.OpenAsync(flow.Address(("prompt", "login"))), "ben");

        var silent = await flow.Browser.OpenAsync(flow.Address(("id_token_hint", hint), ("prompt", "none")));
        var page = await flow.Browser.OpenAsync(flow.Address(("id_token_hint", hint)));
        var stillBen = await flow.SignInAsync(page, "ben");
        var ann = await flow.SignInAsync(page = await flow.Browser.OpenAsync(flow.Address(("id_token_hint", hint))), "ann");

        Assert.Equal("login_required", silent["error"]);
        Assert.Equal("/login", page.Forms.Single().Action);
        Assert.Equal(("login_required", null), (stillBen["error"], stillBen["code"]));
        Assert.Equal(flow.UserId, (await flow.RedeemAsync(ann["code"]!)).Claims("id_token").GetProperty("sub").GetString());
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4ifQ.")]
    public async Task A_hint_that_is_none_of_ours_names_nobody(string hint)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        await flow.CodeAsync();

        Assert.Equal("login_required", (await flow.Browser.OpenAsync(flow.Address(("id_token_hint", hint), ("prompt", "none"))))["error"]);
    }
}
