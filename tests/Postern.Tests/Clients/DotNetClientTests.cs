using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Postern.Tests.Fixtures;
using Postern.Tests.Pages;
using Postern.Tests.Pages.Views;
using Postern.Tests.Samples;
using Xunit;
using static Microsoft.Playwright.Assertions;
using Visitor = Postern.Tests.Pages.Visitor;

namespace Postern.Tests.Clients;

/// <summary>Libraries for web applications of .NET, by their defaults, in a process of their own (<c>tests/Postern.Clients</c>).</summary>
public sealed class DotNetClientTests(Chromium browser, Neighbourhood neighbourhood)
{
    private const string Program = "tests/Postern.Clients";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Microsofts_handler_signs_in_by_a_posted_form_reads_userinfo_and_signs_out()
    {
        var home = await neighbourhood.SettleAsync();
        using var client = await StartAsync(home, "handler");
        await home.SetAsync(Uris(client, "/signin-oidc", "/signout-callback-oidc"));
        await using var visitor = await browser.VisitAsync();

        await SignInAsync(visitor, client, home);
        await SignOutAsync(visitor, client, home, await TextAsync(visitor, "access"));
    }

    [Theory]
    [InlineData("introspection", "JWT")]
    [InlineData("local", "JWT-Standard")]
    public async Task OpenIddict_signs_in_with_its_long_state_renews_signs_out_and_validates_our_tokens(string validation, string format)
    {
        var home = await neighbourhood.SettleAsync($"token_format = '{format}'");
        using var client = await StartAsync(home, "openiddict", ("Validation", validation));
        await home.SetAsync(Uris(client, "/callback/login/postern", "/callback/logout/postern"));
        await using var visitor = await browser.VisitAsync();

        await SignInAsync(visitor, client, home);
        var (first, renewed) = (await TextAsync(visitor, "access"), await TextAsync(visitor, "renewed"));
        Assert.NotEqual(first, renewed);
        Assert.Equal(HttpStatusCode.OK, await CallAsync(client, renewed));
        await SignOutAsync(visitor, client, home, renewed);
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(client, "nonsense"));
    }

    private static Task<SampleProcess> StartAsync(Household home, string client, params (string, string)[] more) => SampleProcess.StartAsync(
        Program, [("Client", client), ("Authority", home.Server.Issuer), ("ClientId", home.Tenant.ClientId), ("ClientSecret", home.Tenant.ClientSecret), .. more]);

    private static string Uris(SampleProcess client, params string[] paths) =>
        $"redirect_uris = '{new JsonArray([.. paths.Select(path => JsonValue.Create(client.Address + path))]).ToJsonString()}'";

    private static async Task SignInAsync(Visitor visitor, SampleProcess client, Household home)
    {
        await visitor.GoAsync(client.Address + "/enter");
        await new SignInView(visitor.Page).SignInAsync(home.Person);
        try
        {
            await Expect(visitor.Heading).ToHaveTextAsync("Signed in");
        }
        catch (PlaywrightException e)
        {
            throw new InvalidOperationException($"{visitor.Page.Url}: {client.Said}", e);
        }

        Assert.Equal("mei@example.com", await TextAsync(visitor, "email"));
    }

    private static async Task SignOutAsync(Visitor visitor, SampleProcess client, Household home, string access)
    {
        await visitor.GoAsync(client.Address + "/leave");
        if (await new AccountView(visitor.Page).SignOut.CountAsync() > 0)
        {
            await new AccountView(visitor.Page).SignOut.ClickAsync();
        }

        await Expect(visitor.Heading).ToHaveTextAsync("Not signed in");
        Assert.False(await home.Server.IsGoodAsync(access));
        visitor.AssertContent();
    }

    private static async Task<string> TextAsync(Visitor visitor, string id) => await visitor.Page.Locator("#" + id).TextContentAsync() ?? "";

    private static async Task<HttpStatusCode> CallAsync(SampleProcess client, string token)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, client.Address + "/api") { Headers = { Authorization = new("Bearer", token) } };
        using var answer = await http.SendAsync(request, Cancel);
        return answer.StatusCode;
    }
}
