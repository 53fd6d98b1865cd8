using Dapper;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.OidcCore;

/// <summary>OpenID Connect Core §3.1.2.4: what an administrator marked is granted only when the person says so.</summary>
public sealed class ConsentTests(Servers servers)
{
    private const string Marked = """custom_scopes = '[{"scope":"orders","displayName":"Your orders","description":"All that you <b>bought</b>"}]'""";

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Who_allows_is_asked_once(DatabaseDriver driver)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(driver), Marked);

        var page = await flow.AuthorizeAsync(("scope", "openid orders"));
        var allowed = await flow.Browser.SubmitAsync(page, ("decision", "allow"));
        var again = await flow.Browser.OpenAsync(flow.Address(("scope", "openid orders")));

        Assert.Contains("Your orders: All that you &lt;b&gt;bought&lt;/b&gt;", page.Text, StringComparison.Ordinal);
        Assert.Contains("shop.example", page.Text, StringComparison.Ordinal);
        Assert.Equal(("the state", "openid orders"), (allowed["state"], (await flow.RedeemAsync(allowed["code"]!))["scope"]));
        Assert.Equal(302, again.Status);
        Assert.NotNull(again["code"]);
    }

    [Fact]
    public async Task Who_refuses_sends_the_client_away_and_is_asked_again()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite), Marked);
        var page = await flow.AuthorizeAsync(("scope", "openid orders"));

        var refused = await flow.Browser.SubmitAsync(page, ("decision", "refuse"));

        Assert.Equal(("access_denied", "the state", null), (refused["error"], refused["state"], refused["code"]));
        Assert.Equal(0, await flow.Tenant.Server.Database.ReadAsync(c => c.ExecuteScalarAsync<long>("select count(*) from authorization_codes where user_id = @UserId", new { flow.UserId })));
        Assert.Equal("/login/oauth/consent", (await flow.Browser.OpenAsync(flow.Address(("scope", "openid orders")))).Forms.Single().Action);
    }

    [Fact]
    public async Task What_is_not_marked_is_not_asked_for()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite), Marked);

        Assert.NotNull((await flow.AuthorizeAsync(("scope", "openid profile")))["code"]);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Revoking_an_application_ends_its_tokens_and_codes_and_it_must_ask_again(DatabaseDriver driver)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(driver), Marked + ", display_name = 'The <shop>'");
        var page = await flow.AuthorizeAsync(("scope", "openid orders"));
        var tokens = await flow.RedeemAsync((await flow.Browser.SubmitAsync(page, ("decision", "allow")))["code"]!);
        var code = await flow.CodeAsync(("scope", "openid orders"));

        var list = await flow.Browser.OpenAsync("/account/applications");
        var after = await flow.Browser.SubmitAsync(list);

        Assert.Contains("The &lt;shop&gt;", list.Text, StringComparison.Ordinal);
        Assert.Empty(after.Forms);
        Assert.Equal((401, "invalid_grant"), ((await flow.UserInfoAsync(tokens["access_token"])).Status, (await flow.Tenant.RefreshAsync(tokens["refresh_token"]!))["error"]));
        Assert.Equal("invalid_grant", (await flow.RedeemAsync(code))["error"]);
        Assert.Equal("/login/oauth/consent", (await flow.Browser.OpenAsync(flow.Address(("scope", "openid orders")))).Forms.Single().Action);
    }

    [Theory]
    [InlineData("prompt", "login")]
    [InlineData("max_age", "0")]
    public async Task A_decision_is_no_way_around_a_fresh_sign_in(string name, string value)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite), Marked);
        var page = await flow.AuthorizeAsync(("scope", "openid orders"));
        var demanding = flow.Address(("scope", "openid orders"), (name, value));
        flow.Tenant.Server.Clock.Advance(TimeSpan.FromSeconds(2));

        var skipped = await flow.Browser.SubmitAsync(page, ("decision", "allow"), ("request", demanding[demanding.IndexOf('?', StringComparison.Ordinal)..]));
        var asked = await flow.SignInAsync(await flow.Browser.OpenAsync(demanding));
        var allowed = await flow.Browser.SubmitAsync(asked, ("decision", "allow"));

        Assert.Equal(("login_required", null), (skipped["error"], skipped["code"]));
        Assert.NotNull(allowed["code"]);
    }

    [Fact]
    public async Task A_decision_needs_the_forms_own_token_and_the_session_that_it_was_given_to()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite), Marked);
        await CodeFlow.AddUserAsync(flow.Tenant, "ben");
        var page = await flow.AuthorizeAsync(("scope", "openid orders"));
        var forged = await flow.Browser.SubmitAsync(page, ("decision", "allow"), ("form_token", "forged"));
        await flow.SignInAsync(await flow.Browser.OpenAsync(flow.Address(("prompt", "login"))), "ben");
        var ofAnotherSession = await flow.Browser.SubmitAsync(page, ("decision", "allow"));

        // Each is asked again, by a page that gives nothing.
        Assert.All([forged, ofAnotherSession], visit => Assert.Equal((200, null, "/login/oauth/consent"), (visit.Status, visit.LeadsTo, visit.Forms[0].Action)));
        Assert.Contains("<strong>ben</strong>", ofAnotherSession.Text, StringComparison.Ordinal);
        // The one code is of ben's sign-in, which no application had to be allowed for.
        Assert.Equal(1, await flow.Tenant.Server.ScalarAsync<long>(
            "select count(*) from authorization_codes where application_id = (select id from applications where client_id = @ClientId)", new { flow.Tenant.ClientId }));
    }

    [Fact]
    public async Task A_changed_request_in_the_form_is_judged_like_any_other()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite), Marked);
        var page = await flow.AuthorizeAsync(("scope", "openid orders"));

        var elsewhere = await flow.Browser.SubmitAsync(page, ("decision", "allow"), ("request", flow.Address(("redirect_uri", "https://evil.example/"))[22..]));

        Assert.Equal((400, null), (elsewhere.Status, elsewhere.LeadsTo));
    }
}
