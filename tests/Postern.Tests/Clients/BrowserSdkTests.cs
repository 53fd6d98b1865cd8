using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Postern.Tests.Fixtures;
using Postern.Tests.Pages;
using Postern.Tests.Pages.Views;
using Xunit;
using Visitor = Postern.Tests.Pages.Visitor;

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

    [Fact]
    public async Task A_window_that_the_JS_library_opens_gives_its_page_the_code_and_says_when_it_is_closed()
    {
        await using var page = await BrowserPage.StartAsync(packages, "casdoor-windows");
        var home = await SettleAsync(page, page.OwnAddress);
        await using var visitor = await browser.VisitAsync();
        var open = visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Window" });

        await visitor.GoAsync(page.OwnAddress + "/");
        var closed = await visitor.Page.RunAndWaitForPopupAsync(() => open.ClickAsync());
        await Assertions.Expect(new SignInView(closed).Name).ToBeVisibleAsync();
        await closed.EvaluateAsync("() => window.close()");
        await Assertions.Expect(visitor.Heading).ToHaveTextAsync("login failed");

        await visitor.GoAsync(page.OwnAddress + "/");
        var window = await visitor.Page.RunAndWaitForPopupAsync(() => open.ClickAsync());
        await new SignInView(window).SignInAsync(home.Person);
        await Assertions.Expect(visitor.Heading).ToHaveTextAsync("signed in");
        await AssertActiveAsync(home, await visitor.Page.EvaluateAsync<string>("() => sessionStorage.getItem('token')"));
        visitor.AssertContent();
    }

    [Fact]
    public async Task A_frame_of_the_JS_library_is_answered_whether_or_not_someone_is_signed_in()
    {
        await using var page = await BrowserPage.StartAsync(packages, "casdoor-windows");
        var home = await SettleAsync(page, page.OwnAddress);
        await using var visitor = await browser.VisitAsync();
        var ask = visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Frame" });

        await visitor.GoAsync(page.OwnAddress + "/");
        await ask.ClickAsync();
        await Assertions.Expect(visitor.Heading).ToHaveTextAsync("user-not-logged-in");
        await home.SignInAsync(visitor);
        await visitor.GoAsync(page.OwnAddress + "/");
        await ask.ClickAsync();
        await Assertions.Expect(visitor.Heading).ToHaveTextAsync("success");
        visitor.AssertContent();
    }

    /// <summary>Libraries of other makers, by their defaults: a code with PKCE, userinfo, a refresh in the page, and the sign-out.</summary>
    [Theory]
    [InlineData("oidc-client-ts")]
    [InlineData("keycloak-js")]
    public async Task A_library_for_pages_signs_in_renews_and_signs_out_by_its_defaults(string library)
    {
        await using var page = await BrowserPage.StartAsync(packages, library);
        var home = await SettleAsync(page, page.Address, "/callback", "/");
        await using var visitor = await browser.VisitAsync();
        ILocator Press(string name) => visitor.Page.GetByRole(AriaRole.Button, new() { Name = name });

        await visitor.GoAsync(page.Address + "/");
        await Press("Sign in").ClickAsync();
        await new SignInView(visitor.Page).SignInAsync(home.Person);
        await Assertions.Expect(Press("Sign out").Or(visitor.Page.GetByRole(AriaRole.Alert))).ToBeVisibleAsync();
        Assert.Empty(await visitor.Page.GetByRole(AriaRole.Alert).AllTextContentsAsync());
        await Assertions.Expect(visitor.Heading).ToHaveTextAsync(home.Person.Name);
        var result = JsonNode.Parse((await visitor.Page.EvaluateAsync<JsonElement>("() => window.result")).GetRawText())!;
        var (first, second) = (result["first"]!, result["second"]!);
        Assert.NotEqual(first["refresh_token"]!.GetValue<string>(), second["refresh_token"]!.GetValue<string>());
        await AssertActiveAsync(home, second["access_token"]!.GetValue<string>());

        await Press("Sign out").ClickAsync();
        if (await new AccountView(visitor.Page).SignOut.CountAsync() > 0)
        {
            await new AccountView(visitor.Page).SignOut.ClickAsync();
        }

        await Assertions.Expect(Press("Sign in")).ToBeVisibleAsync();
        await AssertActiveAsync(home, second["access_token"]!.GetValue<string>(), isActive: false);
        visitor.AssertContent();
    }

    private Task<Household> SettleAsync(BrowserPage page) => SettleAsync(page, page.Address);

    private async Task<Household> SettleAsync(BrowserPage page, string address, params string[] paths)
    {
        var home = await neighbourhood.SettleAsync();
        var uris = new JsonArray([.. (paths.Length == 0 ? ["/callback"] : paths).Select(path => JsonValue.Create(address + path))]);
        Assert.True(await home.SetAsync($"redirect_uris = '{uris.ToJsonString()}'"));
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

    private static async Task AssertActiveAsync(Household home, string token, bool isActive = true)
    {
        using var application = home.Tenant.AsApplication();
        using var content = new FormUrlEncodedContent([KeyValuePair.Create("token", token)]);
        using var response = await application.PostAsync(new Uri("/api/login/oauth/introspect", UriKind.Relative), content, Cancel);
        var answer = await Answer.OfAsync(response);
        Assert.Equal(isActive, answer.Body.GetProperty("active").GetBoolean());
        Assert.Equal(isActive ? home.Person.Name : null, answer["username"]);
    }
}
