using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Postern.Tests.Fixtures;
using Postern.Tests.Pages;
using Postern.Tests.Pages.Views;
using Visitor = Postern.Tests.Pages.Visitor;
using Xunit;

namespace Postern.Tests.Clients;

/// <summary>Casdoor's own browser libraries, unmodified, in a page of another origin than the server.</summary>
public sealed class BrowserSdkTests(Chromium browser, Neighbourhood neighbourhood, NpmPackages packages)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_JS_library_signs_in_by_PKCE_reads_the_user_and_refreshes()
    {
        await using var page = await BrowserPage.StartAsync(packages, "casdoor-js-sdk");
        var home = await SettleAsync(page);
        await using var visitor = await browser.VisitAsync();

        var result = await SignInAsync(visitor, page, home, visitor.Page.GetByRole(AriaRole.Button));

        Assert.Equal(home.Person.Name, result["user"]!["preferred_username"]!.GetValue<string>());
        Assert.Equal(home.Tenant.Organization, result["payload"]!["owner"]!.GetValue<string>());
        Assert.NotEqual(result["first"]!["refresh_token"]!.GetValue<string>(), result["second"]!["refresh_token"]!.GetValue<string>());
        await AssertActiveAsync(home, result["second"]!["access_token"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("casdoor-react-sdk")]
    [InlineData("casdoor-vue-sdk")]
    public async Task The_React_and_Vue_libraries_bring_a_code_to_the_server_of_their_page(string library)
    {
        await using var page = await BrowserPage.StartAsync(packages, library);
        var home = await SettleAsync(page);
        await using var visitor = await browser.VisitAsync();

        var result = await SignInAsync(visitor, page, home, visitor.Page.GetByRole(AriaRole.Link));

        await AssertActiveAsync(home, result["token"]!.GetValue<string>());
    }

    private async Task<Household> SettleAsync(BrowserPage page)
    {
        var home = await neighbourhood.SettleAsync();
        Assert.True(await home.SetAsync($"redirect_uris = '[\"{page.Address}/callback\"]'"));
        page.Use(home);
        return home;
    }

    /// <summary>Signs in by the page, and gives what it kept when it shows the user's name.</summary>
    private static async Task<JsonNode> SignInAsync(Visitor visitor, BrowserPage page, Household home, ILocator signIn)
    {
        await visitor.GoAsync(page.Address + "/");
        await signIn.ClickAsync();
        await new SignInView(visitor.Page).SignInAsync(home.Person);
        await Assertions.Expect(visitor.Heading).ToHaveTextAsync(home.Person.DisplayName);
        Assert.StartsWith(page.Address + "/callback?", visitor.Page.Url, StringComparison.Ordinal);
        visitor.AssertContent();
        return JsonNode.Parse((await visitor.Page.EvaluateAsync<JsonElement>("() => window.result")).GetRawText())!;
    }

    private static async Task AssertActiveAsync(Household home, string token)
    {
        using var application = home.Tenant.AsApplication();
        using var content = new FormUrlEncodedContent([KeyValuePair.Create("token", token)]);
        using var response = await application.PostAsync(new Uri("/api/login/oauth/introspect", UriKind.Relative), content, Cancel);
        var answer = await Answer.OfAsync(response);
        Assert.True(answer.Body.GetProperty("active").GetBoolean(), answer.Text);
        Assert.Equal(home.Person.Name, answer["username"]);
    }
}
