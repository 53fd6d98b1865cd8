using Postern.Tests.Pages.Views;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Postern.Tests.Pages;

public sealed class AccountPageTests(Chromium browser, Neighbourhood neighbourhood)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_account_page_says_who_is_signed_in()
    {
        var home = await neighbourhood.SettleAsync();
        await using var visitor = await browser.VisitAsync();

        await home.SignInAsync(visitor);

        await Expect(visitor.Status).ToContainTextAsync(home.Person.DisplayName);
        await Expect(new AccountView(visitor.Page).Details).ToContainTextAsync("mei@example.com");
        visitor.AssertContent();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_revoked_application_is_gone_from_the_list_and_its_tokens_are_dead(bool hasScripts)
    {
        var home = await neighbourhood.SettleAsync();
        await using var visitor = await browser.VisitAsync(new Visit("en-US", 1280, hasScripts));
        var page = new AccountView(visitor.Page);
        await home.SignInAsync(visitor);
        await visitor.GoAsync(home.AuthorizeAddress(("state", "revoke-" + hasScripts), ("scope", "openid offline_access")));
        var tokens = await home.RedeemAsync((await home.ArriveAsync(visitor, "revoke-" + hasScripts, Cancel))["code"]!);
        Assert.NotNull(tokens["refresh_token"]);

        await visitor.GoAsync(home.At("/account"));
        await page.ApplicationsLink.ClickAsync();
        await Expect(page.Applications).ToHaveCountAsync(1);
        await Expect(page.Applications).ToContainTextAsync("Bookshop");
        await page.Revoke.ClickAsync();

        await Expect(page.Applications).ToHaveCountAsync(0);
        Assert.Equal("invalid_grant", (await home.Tenant.RefreshAsync(tokens["refresh_token"]!))["error"]);
        visitor.AssertContent();
    }

    [Fact]
    public async Task Signing_out_is_asked_first_ends_the_session_and_goes_back_to_the_application()
    {
        var home = await neighbourhood.SettleAsync();
        await using var visitor = await browser.VisitAsync();
        var page = new AccountView(visitor.Page);
        await home.SignInAsync(visitor);

        await page.SignOutLink.ClickAsync();
        await Expect(visitor.Heading).ToHaveTextAsync("Sign out");
        await page.SignOut.ClickAsync();
        await Expect(visitor.Status).ToHaveTextAsync("You are signed out.");
        Assert.Equal("", await visitor.SessionCookieAsync());

        await home.SignInAsync(visitor);
        await visitor.GoAsync(home.At($"/logout?client_id={home.Tenant.ClientId}&post_logout_redirect_uri=http://localhost:{home.Client.Port}/signed-out&state=bye"));
        await page.SignOut.ClickAsync();
        await Expect(visitor.Heading).ToHaveTextAsync("Signed out at the client");
        Assert.EndsWith("/signed-out?state=bye", visitor.Page.Url, StringComparison.Ordinal);
        visitor.AssertContent();
    }

    [Fact]
    public async Task An_application_sends_its_user_to_sign_out_with_its_id_token()
    {
        var home = await neighbourhood.SettleAsync();
        await using var visitor = await browser.VisitAsync();
        await home.SignInAsync(visitor);
        await visitor.GoAsync(home.AuthorizeAddress(("state", "leaving")));
        var tokens = await home.RedeemAsync((await home.ArriveAsync(visitor, "leaving", Cancel))["code"]!);

        var back = home.Client.SignedOutUri;
        await visitor.GoAsync(home.At($"/api/logout?id_token_hint={tokens["id_token"]}&post_logout_redirect_uri={Uri.EscapeDataString(back)}&state=bye"));
        if (await new AccountView(visitor.Page).SignOut.CountAsync() > 0)
        {
            await new AccountView(visitor.Page).SignOut.ClickAsync();
        }

        await Expect(visitor.Heading).ToHaveTextAsync("Signed out at the client");
        Assert.Equal("invalid_grant", (await home.Tenant.RefreshAsync(tokens["refresh_token"]!))["error"]);
        visitor.AssertContent();
    }
}
