using Postern.Tests.Pages.Views;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Postern.Tests.Pages;

public sealed class ConsentPageTests(Chromium browser, Neighbourhood neighbourhood)
{
    public const string Sensitive = """custom_scopes = '[{"scope":"orders","displayName":"Read your orders","description":"what you bought and when"}]'""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_allowed_is_asked_once_and_what_is_refused_is_told_to_the_client()
    {
        var home = await neighbourhood.SettleAsync(Sensitive);
        await using var visitor = await browser.VisitAsync();
        var page = new DecisionView(visitor.Page);
        await home.SignInAsync(visitor);

        await visitor.GoAsync(home.AuthorizeAddress(("state", "refused"), ("scope", "openid orders")));
        await Expect(page.Asked.Last).ToHaveTextAsync("Read your orders: what you bought and when");
        await page.Refuse.ClickAsync();
        Assert.Equal("access_denied", (await home.ArriveAsync(visitor, "refused", Cancel))["error"]);

        await visitor.GoAsync(home.AuthorizeAddress(("state", "allowed"), ("scope", "openid orders")));
        await page.Allow.ClickAsync();
        var tokens = await home.RedeemAsync((await home.ArriveAsync(visitor, "allowed", Cancel))["code"]!);
        Assert.Equal("openid orders", tokens["scope"]);

        await visitor.GoAsync(home.AuthorizeAddress(("state", "remembered"), ("scope", "openid orders")));
        Assert.NotNull((await home.ArriveAsync(visitor, "remembered", Cancel))["code"]);
        visitor.AssertContent();
    }

    [Fact]
    public async Task An_application_that_registered_itself_is_named_unverified_with_its_host_each_time()
    {
        var home = await neighbourhood.SettleAsync("is_self_registered = true");
        await using var visitor = await browser.VisitAsync();
        await visitor.GoAsync(home.AuthorizeAddress());
        await new SignInView(visitor.Page).SignInAsync(home.Person);
        await Expect(visitor.Heading).ToHaveTextAsync("Allow access?");

        for (var time = 1; time <= 2; time++)
        {
            await visitor.GoAsync(home.AuthorizeAddress(("state", "self-" + time)));
            await Expect(visitor.Alert).ToContainTextAsync("Not verified");
            await Expect(visitor.Alert).ToContainTextAsync($"localhost:{home.Client.Port}");
            await new DecisionView(visitor.Page).Allow.ClickAsync();
            Assert.NotNull((await home.ArriveAsync(visitor, "self-" + time, Cancel))["code"]);
        }

        visitor.AssertContent();
    }
}
