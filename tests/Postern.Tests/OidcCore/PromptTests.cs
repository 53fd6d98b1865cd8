using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.OidcCore;

/// <summary>OpenID Connect Core §3.1.2.1: prompt and max_age.</summary>
public sealed class PromptTests(Servers servers)
{
    [Fact]
    public async Task Silent_sign_in_shows_no_page_and_tells_what_is_missing()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite), """custom_scopes = '[{"scope":"orders"}]'""");

        var nobody = await flow.Browser.OpenAsync(flow.Address(("prompt", "none")));
        await flow.CodeAsync();
        var signedIn = await flow.Browser.OpenAsync(flow.Address(("prompt", "none")));
        var notAllowed = await flow.Browser.OpenAsync(flow.Address(("prompt", "none"), ("scope", "openid orders")));

        Assert.Equal((302, "login_required", "the state"), (nobody.Status, nobody["error"], nobody["state"]));
        Assert.Equal(200, (await flow.RedeemAsync(signedIn["code"]!)).Status);
        Assert.Equal((302, "consent_required"), (notAllowed.Status, notAllowed["error"]));
    }

    [Theory]
    [InlineData("iframe", "cross-site", false)]
    [InlineData("frame", "cross-site", false)]
    [InlineData("iframe", "same-site", true)]
    [InlineData("document", "cross-site", true)]
    public async Task A_frame_of_another_site_does_not_learn_who_is_signed_in(string destination, string site, bool isAnswered)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        await flow.CodeAsync();

        var answer = await flow.Browser.OpenAsync(flow.Address(("prompt", "none")), ("Sec-Fetch-Dest", destination), ("Sec-Fetch-Site", site));

        Assert.Equal((isAnswered, isAnswered ? null : "login_required"), (answer["code"] is not null, answer["error"]));
    }

    [Theory]
    [InlineData("login")]
    [InlineData("login consent")]
    public async Task Login_asks_for_the_password_again_and_the_sign_in_is_new(string prompt)
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite);
        using var flow = await CodeFlow.StartAsync(server);
        var first = await flow.TokensAsync();
        server.Clock.Advance(TimeSpan.FromMinutes(10));

        var page = await flow.Browser.OpenAsync(flow.Address(("prompt", prompt)));
        var arrival = await flow.SignInAsync(page);
        if (prompt.Contains("consent", StringComparison.Ordinal))
        {
            arrival = await flow.Browser.SubmitAsync(arrival, ("decision", "allow"));
        }

        var second = await flow.RedeemAsync(arrival["code"]!);

        Assert.Equal("/login", page.Forms.Single().Action);
        Assert.DoesNotContain("signed_in", page.Text, StringComparison.Ordinal);
        Assert.InRange(AuthTime(second) - AuthTime(first), 600, 660);
    }

    [Fact]
    public async Task What_shows_a_fresh_sign_in_is_good_for_its_request_and_its_session_alone()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var page = await flow.Browser.OpenAsync(flow.Address(("prompt", "login")));
        var arrival = await flow.SignInAsync(page);
        var seal = arrival.Address[arrival.Address.IndexOf("&signed_in=", StringComparison.Ordinal)..];
        Assert.NotNull(arrival["code"]);

        var otherRequest = await flow.Browser.OpenAsync(flow.Address(("prompt", "login"), ("nonce", "another")) + seal);
        await flow.SignInAsync(otherRequest);
        var otherSession = await flow.Browser.OpenAsync(flow.Address(("prompt", "login")) + seal);

        Assert.Equal(["/login", "/login"], new[] { otherRequest, otherSession }.Select(p => p.Forms.Single().Action));
    }

    [Fact]
    public async Task Select_account_offers_who_is_signed_in_and_a_form_for_somebody_else()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var benId = await CodeFlow.AddUserAsync(flow.Tenant, "ben");
        await flow.CodeAsync();

        var page = await flow.Browser.OpenAsync(flow.Address(("prompt", "select_account")));
        var link = System.Net.WebUtility.HtmlDecode(page.Text.Split("class=\"button\" href=\"")[1].Split('"')[0]);
        var goesOn = await flow.Browser.OpenAsync(link);
        var changes = await flow.SignInAsync(page, "ben");

        Assert.Contains("Continue as ann", page.Text, StringComparison.Ordinal);
        Assert.Equal(flow.UserId, await SubjectAsync(goesOn));
        Assert.Equal(benId, await SubjectAsync(changes));

        async Task<string?> SubjectAsync(Visit arrival) => (await flow.RedeemAsync(arrival["code"]!)).Claims("id_token").GetProperty("sub").GetString();
    }

    [Fact]
    public async Task Consent_asks_although_nothing_new_is_wanted()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        await flow.CodeAsync();

        var page = await flow.Browser.OpenAsync(flow.Address(("prompt", "consent")));
        var allowed = await flow.Browser.SubmitAsync(page, ("decision", "allow"));

        Assert.Equal("/login/oauth/consent", page.Forms.Single().Action);
        Assert.Equal(200, (await flow.RedeemAsync(allowed["code"]!)).Status);
    }

    [Theory]
    [InlineData("60", 59, false)]
    [InlineData("60", 61, true)]
    [InlineData("0", 1, true)]
    public async Task A_sign_in_older_than_max_age_is_done_again(string maxAge, int age, bool isAsked)
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite);
        using var flow = await CodeFlow.StartAsync(server);
        var first = await flow.TokensAsync();
        server.Clock.Advance(TimeSpan.FromSeconds(age) - TimeSpan.FromMilliseconds(isAsked ? 0 : 500));

        var silent = await flow.Browser.OpenAsync(flow.Address(("max_age", maxAge), ("prompt", "none")));
        var visit = await flow.Browser.OpenAsync(flow.Address(("max_age", maxAge)));

        Assert.Equal((isAsked ? "login_required" : null, isAsked), (silent["error"], visit["code"] is null));
        if (isAsked)
        {
            // Nothing on the page goes on with the sign-in that is too old.
            Assert.DoesNotContain("signed_in", visit.Text, StringComparison.Ordinal);
            Assert.True(AuthTime(await flow.RedeemAsync((await flow.SignInAsync(visit))["code"]!)) >= AuthTime(first) + age);
        }
    }

    private static long AuthTime(Answer tokens) => tokens.Claims("id_token").GetProperty("auth_time").GetInt64();
}
