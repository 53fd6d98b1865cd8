using Xunit;

namespace Postern.Tests.Pages;

public sealed class SilentSignInTests(Chromium browser, Neighbourhood neighbourhood)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_frame_of_the_same_site_is_given_a_code_without_a_page()
    {
        var home = await neighbourhood.SettleAsync();
        await using var visitor = await browser.VisitAsync();
        await home.SignInAsync(visitor);

        await visitor.GoAsync($"http://localhost:{home.Client.Port}/frame?src={Uri.EscapeDataString(home.AuthorizeAddress(("state", "framed"), ("prompt", "none")))}");

        var arrival = await home.ArrivalAsync("framed", Cancel);
        Assert.Equal(200, (await home.RedeemAsync(arrival["code"]!)).Status);
        visitor.AssertContent();
    }

    [Fact]
    public async Task A_frame_of_another_site_is_told_that_a_sign_in_is_required()
    {
        var home = await neighbourhood.SettleAsync();
        await using var visitor = await browser.VisitAsync();
        await home.SignInAsync(visitor);
        var request = home.AuthorizeAddress(("state", "foreign"), ("prompt", "none"), ("redirect_uri", home.Client.ForeignRedirectUri));

        await visitor.GoAsync($"http://127.0.0.1:{home.Client.Port}/frame?src={Uri.EscapeDataString(request)}");

        Assert.Equal("login_required", (await home.ArrivalAsync("foreign", Cancel))["error"]);
        visitor.AssertContent();
    }

    [Fact]
    public async Task No_page_of_ours_is_shown_in_a_frame()
    {
        var home = await neighbourhood.SettleAsync();
        await using var visitor = await browser.VisitAsync();

        await visitor.GoAsync($"http://localhost:{home.Client.Port}/frame?src={Uri.EscapeDataString(home.AuthorizeAddress())}");

        Assert.Equal(0, await visitor.Page.FrameLocator("iframe").Locator("#username").CountAsync());
        Assert.Contains(visitor.Complaints, text => text.Contains("frame-ancestors", StringComparison.Ordinal) || text.Contains("X-Frame-Options", StringComparison.Ordinal));
    }
}
