using Postern.Tests.Pages.Views;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Postern.Tests.Pages;

public sealed class DevicePageTests(Chromium browser, Neighbourhood neighbourhood)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_typed_code_is_confirmed_by_who_signs_in_and_the_device_has_its_tokens(bool hasScripts)
    {
        var home = await neighbourhood.SettleAsync();
        await using var visitor = await browser.VisitAsync(new Visit("en-US", 375, hasScripts));
        var device = await home.BeginDeviceAsync();
        var page = new DeviceView(visitor.Page);

        await visitor.GoAsync(device["verification_uri"]!);
        await page.EnterAsync(device["user_code"]!.ToLowerInvariant().Replace("-", " ", StringComparison.Ordinal));
        await new SignInView(visitor.Page).SignInAsync(home.Person);
        await Expect(page.Code).Not.ToHaveValueAsync("");
        await page.Submit.ClickAsync();
        await Expect(page.CodeShown).ToHaveTextAsync(device["user_code"]!);
        await new DecisionView(visitor.Page).Allow.ClickAsync();

        await Expect(visitor.Status).ToHaveTextAsync("The device is connected. You can close this page.");
        Assert.Equal(200, (await home.PollDeviceAsync(device["device_code"]!)).Status);
        visitor.AssertContent();
    }

    [Fact]
    public async Task The_address_that_holds_the_code_fills_the_field_and_a_refusal_reaches_the_device()
    {
        var home = await neighbourhood.SettleAsync();
        await using var visitor = await browser.VisitAsync();
        await home.SignInAsync(visitor);
        var device = await home.BeginDeviceAsync();
        var page = new DeviceView(visitor.Page);

        await visitor.GoAsync(device["verification_uri_complete"]!);
        await Expect(page.Code).ToHaveValueAsync(device["user_code"]!);
        await page.Submit.ClickAsync();
        await new DecisionView(visitor.Page).Refuse.ClickAsync();

        await Expect(visitor.Status).ToHaveTextAsync("The device was refused. You can close this page.");
        Assert.Equal("access_denied", (await home.PollDeviceAsync(device["device_code"]!))["error"]);
        visitor.AssertContent();
    }

    [Fact]
    public async Task An_unknown_code_shows_the_alert()
    {
        var home = await neighbourhood.SettleAsync();
        await using var visitor = await browser.VisitAsync();

        await visitor.GoAsync(home.At("/login/oauth/device"));
        await new DeviceView(visitor.Page).EnterAsync("BBBB-BBBB");

        await Expect(visitor.Alert).ToContainTextAsync("unknown or has expired");
        visitor.AssertContent();
    }
}
