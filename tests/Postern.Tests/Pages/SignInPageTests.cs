using Microsoft.Playwright;
using Postern.Tests.Pages.Views;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Postern.Tests.Pages;

public sealed class SignInPageTests(Chromium browser, Neighbourhood neighbourhood)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_sign_in_by_the_page_ends_at_the_client_with_a_code_that_is_good_with_and_without_scripts(bool hasScripts)
    {
        var home = await neighbourhood.SettleAsync();
        await using var visitor = await browser.VisitAsync(new Visit("en-US", 1280, hasScripts));

        await visitor.GoAsync(home.AuthorizeAddress());
        await new SignInView(visitor.Page).SignInAsync(home.Person);

        var arrival = await home.ArriveAsync(visitor, "s-1", Cancel);
        Assert.Equal("GET", arrival.Method);
        Assert.Equal(home.Server.Issuer, arrival["iss"]);
        var tokens = await home.RedeemAsync(arrival["code"]!);
        Assert.Equal(200, tokens.Status);
        Assert.Equal("n-1", tokens.Claims("id_token").GetProperty("nonce").GetString());
        visitor.AssertContent();
    }

    [Fact]
    public async Task A_wrong_password_shows_the_alert_and_keeps_the_name_and_the_right_one_goes_on()
    {
        var home = await neighbourhood.SettleAsync();
        await using var visitor = await browser.VisitAsync();
        var page = new SignInView(visitor.Page);
        await visitor.GoAsync(home.AuthorizeAddress(("state", "after-alert")));

        await page.SignInAsync(home.Person.Name, "not this one");

        await Expect(visitor.Alert).ToBeVisibleAsync();
        await Expect(page.Name).ToHaveValueAsync(home.Person.Name);
        await Expect(page.Password).ToHaveValueAsync("");
        await page.SignInAsync(home.Person);
        Assert.NotNull((await home.ArriveAsync(visitor, "after-alert", Cancel))["code"]);
        visitor.AssertContent();
    }

    [Fact]
    public async Task Who_is_signed_in_goes_to_the_next_client_without_a_page_and_may_choose_when_asked_to()
    {
        var home = await neighbourhood.SettleAsync();
        await using var visitor = await browser.VisitAsync();
        await home.SignInAsync(visitor);

        await visitor.GoAsync(home.AuthorizeAddress(("state", "at-once")));
        Assert.NotNull((await home.ArriveAsync(visitor, "at-once", Cancel))["code"]);

        await visitor.GoAsync(home.AuthorizeAddress(("state", "chosen"), ("prompt", "select_account")));
        await Expect(visitor.Heading).ToHaveTextAsync("Choose an account");
        await new SignInView(visitor.Page).ContinueAs.ClickAsync();
        Assert.NotNull((await home.ArriveAsync(visitor, "chosen", Cancel))["code"]);

        await visitor.GoAsync(home.AuthorizeAddress(("state", "again"), ("prompt", "login")));
        await Expect(visitor.Heading).ToHaveTextAsync("Sign in");
        await new SignInView(visitor.Page).SignInAsync(home.Person);
        Assert.NotNull((await home.ArriveAsync(visitor, "again", Cancel))["code"]);
        visitor.AssertContent();
    }

    [Fact]
    public async Task A_sign_in_gives_the_browser_a_new_session_that_no_script_reads()
    {
        var home = await neighbourhood.SettleAsync();
        await using var visitor = await browser.VisitAsync();
        await home.SignInAsync(visitor);
        var first = await visitor.SessionCookieAsync();

        await home.SignInAsync(visitor);

        Assert.NotEqual(first, await visitor.SessionCookieAsync());
        Assert.All(await visitor.CookiesAsync(), cookie =>
        {
            Assert.True(cookie.HttpOnly);
            Assert.Equal(SameSiteAttribute.Lax, cookie.SameSite);
        });
        Assert.Equal("", await visitor.Page.EvaluateAsync<string>("document.cookie"));
        visitor.AssertContent();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_form_post_answer_goes_to_the_client_by_itself_or_by_its_button(bool hasScripts)
    {
        var home = await neighbourhood.SettleAsync();
        await using var visitor = await browser.VisitAsync(new Visit("en-US", 1280, hasScripts));
        await visitor.GoAsync(home.AuthorizeAddress(("state", "posted"), ("response_mode", "form_post")));

        await new SignInView(visitor.Page).SignInAsync(home.Person);
        if (!hasScripts)
        {
            await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        }

        var arrival = await home.ArriveAsync(visitor, "posted", Cancel);
        Assert.Equal("POST", arrival.Method);
        Assert.Equal(200, (await home.RedeemAsync(arrival["code"]!)).Status);
        if (hasScripts)
        {
            // Nothing to press in a silent sign-in, whatever comes of it.
            await visitor.GoAsync(home.AuthorizeAddress(("state", "silent"), ("response_mode", "form_post"), ("prompt", "none")));
            Assert.NotNull((await home.ArriveAsync(visitor, "silent", Cancel))["code"]);
            await visitor.ForgetAsync("postern_session");
            await visitor.GoAsync(home.AuthorizeAddress(("state", "nobody"), ("response_mode", "form_post"), ("prompt", "none")));
            Assert.Equal("login_required", (await home.ArriveAsync(visitor, "nobody", Cancel))["error"]);
        }

        visitor.AssertContent();
    }

    [Fact]
    public async Task The_keyboard_alone_signs_in_and_always_shows_where_it_is()
    {
        var home = await neighbourhood.SettleAsync();
        await using var visitor = await browser.VisitAsync();
        await visitor.GoAsync(home.AuthorizeAddress(("state", "keys")));

        foreach (var (id, typed) in new[] { ("username", home.Person.Name), ("password", home.Person.Password), ("remember", ""), ("", "") })
        {
            await visitor.Page.Keyboard.PressAsync("Tab");
            Assert.Equal(id, await visitor.Page.EvaluateAsync<string>("document.activeElement.name"));
            Assert.Equal("solid 3px", await visitor.Page.EvaluateAsync<string>("(s => s.outlineStyle + ' ' + s.outlineWidth)(getComputedStyle(document.activeElement))"));
            if (typed.Length > 0)
            {
                await visitor.Page.Keyboard.TypeAsync(typed);
            }
        }

        Assert.Equal("BUTTON", await visitor.Page.EvaluateAsync<string>("document.activeElement.tagName"));
        await visitor.Page.Keyboard.PressAsync("Enter");
        Assert.NotNull((await home.ArriveAsync(visitor, "keys", Cancel))["code"]);
        visitor.AssertContent();
    }

    [Fact]
    public async Task A_request_that_cannot_be_answered_shows_a_page_that_says_why_and_goes_nowhere()
    {
        var home = await neighbourhood.SettleAsync();
        await using var visitor = await browser.VisitAsync();

        var answer = await visitor.GoAsync(home.AuthorizeAddress(("redirect_uri", "http://localhost:1/elsewhere")));

        Assert.Equal(400, answer!.Status);
        await Expect(visitor.Alert).ToContainTextAsync("redirect_uri is not one that the application lists");
        Assert.StartsWith(home.Server.Issuer, visitor.Page.Url, StringComparison.Ordinal);
        visitor.AssertContent();
    }
}
