using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Tests.Fixtures;
using Postern.Tests.Pages;
using Postern.Tests.Pages.Views;
using Xunit;
using static Microsoft.Playwright.Assertions;
using Visitor = Postern.Tests.Pages.Visitor;

namespace Postern.Tests.Clients;

public sealed class ApacheTests(Chromium browser, Neighbourhood neighbourhood)
{
    [Fact]
    public async Task Apaches_module_signs_in_knows_the_user_renews_and_signs_out()
    {
        var home = await neighbourhood.SettleAsync();
        await using var apache = await ApacheServer.StartAsync(home.Server.Issuer, home.Tenant.ClientId, home.Tenant.ClientSecret);
        Assert.True(await home.SetAsync($"redirect_uris = '{new JsonArray(apache.RedirectUri, apache.Address + "/").ToJsonString()}'"));
        await using var visitor = await browser.VisitAsync();

        await visitor.GoAsync(apache.Address + "/secure/");
        await new SignInView(visitor.Page).SignInAsync(home.Person);
        await Expect(visitor.Heading).ToHaveTextAsync("Behind Apache");
        var first = await SessionAsync(visitor, apache);
        Assert.Equal("mei@example.com", first.GetProperty("userinfo").GetProperty("email").GetString());

        var old = first.GetProperty("access_token").GetString();
        await visitor.GoAsync($"{apache.RedirectUri}?refresh={Uri.EscapeDataString(apache.Address + "/secure/")}&access_token={old}");
        await Expect(visitor.Heading).ToHaveTextAsync("Behind Apache");
        var renewed = (await SessionAsync(visitor, apache)).GetProperty("access_token").GetString();
        Assert.NotEqual(old, renewed);
        Assert.True(await home.Server.IsGoodAsync(renewed));

        await visitor.GoAsync($"{apache.RedirectUri}?logout={Uri.EscapeDataString(apache.Address + "/")}");
        if (await new AccountView(visitor.Page).SignOut.CountAsync() > 0)
        {
            await new AccountView(visitor.Page).SignOut.ClickAsync();
        }

        await Expect(visitor.Heading).ToHaveTextAsync("Signed out");
        Assert.False(await home.Server.IsGoodAsync(renewed));
        visitor.AssertContent();
    }

    /// <summary>What the module keeps of the sign-in, asked for by the browser that has its cookie.</summary>
    private static async Task<JsonElement> SessionAsync(Visitor visitor, ApacheServer apache) =>
        JsonDocument.Parse(await visitor.Page.EvaluateAsync<string>("address => fetch(address).then(answer => answer.text())", apache.RedirectUri + "?info=json")).RootElement;
}
