using Microsoft.Playwright;
using Postern.Tests.Fixtures;
using Postern.Tests.Pages.Views;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Postern.Tests.Pages;

/// <summary>Forms of a page that is older than the browser's session, or whose cookie is lost: each has a way on.</summary>
public sealed class StaleFormTests(Chromium browser, Neighbourhood neighbourhood)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_second_of_two_tabs_goes_on_as_who_has_signed_in_in_the_first(bool hasScripts)
    {
        var home = await neighbourhood.SettleAsync();
        await using var visitor = await browser.VisitAsync(new Visit("en-US", 1280, hasScripts));
        var second = await visitor.OpenWindowAsync();
        await visitor.GoAsync(home.AuthorizeAddress(("state", "first")));
        await second.GotoAsync(home.AuthorizeAddress(("state", "second")));

        await new SignInView(visitor.Page).SignInAsync(home.Person);
        Assert.NotNull((await home.ArriveAsync(visitor, "first", Cancel))["code"]);
        var session = await visitor.SessionCookieAsync();
        // No password is compared: the session decides.
        await new SignInView(second).SignInAsync($" {home.Person.Name.ToUpperInvariant()}", "whatever was typed");

        await Expect(second.Locator("h1")).ToHaveTextAsync("Arrived at the client");
        Assert.Equal(200, (await home.RedeemAsync((await home.ArrivalAsync("second", Cancel))["code"]!)).Status);
        Assert.Equal(session, await visitor.SessionCookieAsync());
        visitor.AssertContentButForStatus();
    }

    [Fact]
    public async Task Another_name_in_the_second_tab_signs_in_when_the_form_is_sent_again()
    {
        var home = await neighbourhood.SettleAsync();
        await home.Tenant.AddUserAsync("another");
        await using var visitor = await browser.VisitAsync();
        var second = await visitor.OpenWindowAsync();
        await second.GotoAsync(home.AuthorizeAddress(("state", "second"), ("prompt", "login")));
        await home.SignInAsync(visitor);
        var form = new SignInView(second);

        await form.SignInAsync("another", PasswordUsers.Password);
        await Expect(second.GetByRole(AriaRole.Alert)).ToContainTextAsync("too old");
        await Expect(form.Name).ToHaveValueAsync("another");
        await Expect(form.Password).ToHaveValueAsync("");
        // What the page offers to go on with is not the sign-in that the client asked for.
        Assert.DoesNotContain("signed_in=", await form.ContinueAs.GetAttributeAsync("href"), StringComparison.Ordinal);
        await form.SignInAsync("another", PasswordUsers.Password);

        await Expect(second.Locator("h1")).ToHaveTextAsync("Arrived at the client");
        var tokens = await home.RedeemAsync((await home.ArrivalAsync("second", Cancel))["code"]!);
        Assert.Equal("another", tokens.Claims("access_token").GetProperty("name").GetString());
        visitor.AssertContentButForStatus();
    }

    [Fact]
    public async Task A_sign_in_whose_cookie_was_lost_comes_again_filled_and_then_works()
    {
        var home = await neighbourhood.SettleAsync();
        await using var visitor = await browser.VisitAsync();
        var form = new SignInView(visitor.Page);
        await visitor.GoAsync(home.AuthorizeAddress(("state", "lost")));
        await visitor.ForgetAsync("postern_form");

        await form.SignInAsync(home.Person);
        await Expect(visitor.Alert).ToContainTextAsync("keeps no cookies");
        Assert.Equal("", await visitor.SessionCookieAsync());
        await Expect(form.Name).ToHaveValueAsync(home.Person.Name);
        await Expect(form.Password).ToHaveValueAsync("");
        await form.SignInAsync(home.Person);

        Assert.NotNull((await home.ArriveAsync(visitor, "lost", Cancel))["code"]);
        visitor.AssertContentButForStatus();
    }

    [Fact]
    public async Task A_consent_whose_cookie_was_lost_is_asked_again_and_gives_nothing()
    {
        var home = await neighbourhood.SettleAsync(ConsentPageTests.Sensitive);
        await using var visitor = await browser.VisitAsync();
        var page = new DecisionView(visitor.Page);
        await home.SignInAsync(visitor);
        await visitor.GoAsync(home.AuthorizeAddress(("state", "asked"), ("scope", "openid orders")));
        await visitor.ForgetAsync("postern_form");
        var token = visitor.Page.Locator("input[name=form_token]");
        var lost = await token.InputValueAsync();

        await page.Allow.ClickAsync();
        // The page is another one, with a token for the browser's new cookie.
        await Expect(token).Not.ToHaveValueAsync(lost);
        await Expect(visitor.Heading).ToHaveTextAsync("Allow access?");
        Assert.Equal(0, await home.Tenant.Server.ScalarAsync<long>(
            "select count(*) from authorization_codes where application_id = (select id from applications where client_id = @ClientId)", new { home.Tenant.ClientId }));
        await page.Allow.ClickAsync();

        Assert.NotNull((await home.ArriveAsync(visitor, "asked", Cancel))["code"]);
        visitor.AssertContentButForStatus();
    }

    [Fact]
    public async Task A_consent_for_a_user_who_has_left_is_asked_of_the_next_one()
    {
        var home = await neighbourhood.SettleAsync(ConsentPageTests.Sensitive);
        await home.Tenant.AddUserAsync("another");
        await using var visitor = await browser.VisitAsync();
        await home.SignInAsync(visitor);
        await visitor.GoAsync(home.AuthorizeAddress(("state", "left"), ("scope", "openid orders")));
        var second = await visitor.OpenWindowAsync();
        await second.GotoAsync(home.At("/login/" + home.Tenant.Organization));
        await new SignInView(second).SignInAsync("another", PasswordUsers.Password);
        await Expect(new AccountView(second).Details).ToBeVisibleAsync();

        await new DecisionView(visitor.Page).Allow.ClickAsync();

        await Expect(visitor.Page.Locator("main > p strong").Last).ToHaveTextAsync("another");
        visitor.AssertContentButForStatus();
    }

    [Fact]
    public async Task A_second_sign_out_says_that_nobody_is_signed_in_and_a_lost_cookie_asks_again()
    {
        var home = await neighbourhood.SettleAsync();
        await using var visitor = await browser.VisitAsync();
        await home.SignInAsync(visitor);
        var second = await visitor.OpenWindowAsync();
        await second.GotoAsync(home.At("/logout"));
        await visitor.GoAsync(home.At("/logout"));
        await visitor.ForgetAsync("postern_form");

        await new AccountView(visitor.Page).SignOut.ClickAsync();
        await Expect(visitor.Alert).ToBeVisibleAsync();
        Assert.NotEqual("", await visitor.SessionCookieAsync());
        await new AccountView(visitor.Page).SignOut.ClickAsync();
        await Expect(visitor.Status).ToHaveTextAsync("You are signed out.");
        await new AccountView(second).SignOut.ClickAsync();
        await Expect(second.GetByRole(AriaRole.Status)).ToHaveTextAsync("You are signed out.");
        visitor.AssertContentButForStatus();
    }

    [Fact]
    public async Task A_device_code_that_was_typed_before_the_sign_in_of_another_tab_needs_no_typing_again()
    {
        var home = await neighbourhood.SettleAsync();
        await using var visitor = await browser.VisitAsync();
        var device = await home.BeginDeviceAsync();
        var page = new DeviceView(visitor.Page);
        await visitor.GoAsync(device["verification_uri"]!);
        var second = await visitor.OpenWindowAsync();
        await second.GotoAsync(home.At("/login/" + home.Tenant.Organization));
        await new SignInView(second).SignInAsync(home.Person);
        await Expect(new AccountView(second).Details).ToBeVisibleAsync();

        await page.EnterAsync(device["user_code"]!);
        await Expect(visitor.Alert).ToBeVisibleAsync();
        await Expect(page.Code).ToHaveValueAsync(device["user_code"]!);
        await page.Submit.ClickAsync();
        await Expect(page.CodeShown).ToBeVisibleAsync();
        await visitor.ForgetAsync("postern_form");
        await new DecisionView(visitor.Page).Allow.ClickAsync();
        await Expect(page.Code).ToHaveValueAsync(device["user_code"]!);
        Assert.Equal("authorization_pending", (await home.PollDeviceAsync(device["device_code"]!))["error"]);
        await page.Submit.ClickAsync();
        await new DecisionView(visitor.Page).Allow.ClickAsync();

        await Expect(visitor.Status).ToHaveTextAsync("The device is connected. You can close this page.");
        visitor.AssertContentButForStatus();
    }
}
