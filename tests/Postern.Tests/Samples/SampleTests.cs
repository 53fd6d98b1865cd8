using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Postern.Tests.Fixtures;
using Postern.Tests.Pages;
using Postern.Tests.Pages.Views;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Postern.Tests.Samples;

public sealed class SampleTests(Chromium browser, Neighbourhood neighbourhood)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_web_sample_signs_in_calls_the_API_sample_with_its_token_and_signs_out()
    {
        var home = await neighbourhood.SettleAsync();
        using var api = await SampleProcess.StartAsync("samples/api", ("Authority", home.Server.Issuer), ("Audience", home.Tenant.ClientId));
        using var web = await SampleProcess.StartAsync("samples/web", ("Authority", home.Server.Issuer), ("ClientId", home.Tenant.ClientId), ("Api", api.Address));
        await home.SetAsync($"redirect_uris = '{new JsonArray(web.Address + "/signin-oidc", web.Address + "/signout-callback-oidc").ToJsonString()}'");
        await using var visitor = await browser.VisitAsync();

        await visitor.GoAsync(web.Address);
        await visitor.Page.GetByRole(AriaRole.Link, new() { Name = "Sign in" }).ClickAsync();
        await new SignInView(visitor.Page).SignInAsync(home.Person);
        await Expect(visitor.Page.Locator("strong")).ToHaveTextAsync(home.Person.DisplayName);

        await visitor.Page.GetByRole(AriaRole.Link, new() { Name = "Call the API" }).ClickAsync();
        await Expect(visitor.Page.Locator("body")).ToContainTextAsync("The API answers 200:");
        await Expect(visitor.Page.Locator("pre")).ToContainTextAsync($"\"name\":\"{home.Person.Name}\"");

        await visitor.GoAsync(web.Address + "/leave");
        if (await new AccountView(visitor.Page).SignOut.CountAsync() > 0)
        {
            await new AccountView(visitor.Page).SignOut.ClickAsync();
        }

        await Expect(visitor.Page.Locator("body")).ToContainTextAsync("Nobody is signed in.");
        visitor.AssertContent();
    }

    [Fact]
    public async Task The_API_sample_takes_an_access_token_and_neither_an_id_token_nor_nothing()
    {
        var home = await neighbourhood.SettleAsync();
        using var api = await SampleProcess.StartAsync("samples/api", ("Authority", home.Server.Issuer), ("Audience", home.Tenant.ClientId));
        await using var visitor = await browser.VisitAsync();
        await visitor.GoAsync(home.AuthorizeAddress());
        await new SignInView(visitor.Page).SignInAsync(home.Person);
        var tokens = await home.RedeemAsync((await home.ArriveAsync(visitor, "s-1", Cancel))["code"]!);

        Assert.Equal(HttpStatusCode.OK, await CallAsync(api, tokens["access_token"]));
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(api, tokens["id_token"]));
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(api, null));
    }

    [Fact]
    public async Task The_demo_data_has_the_web_samples_application()
    {
        await using var server = await TestServer.StartAsync(Postern.Storage.Databases.DatabaseDriver.Sqlite);
        using var administrator = await Administrator.OfAsync(server);

        var application = (await administrator.GetAsync("/api/get-application?id=admin/demo-web"))["data"]!;

        Assert.Equal("demo-web", application["clientId"]!.GetValue<string>());
        Assert.Contains("http://localhost:5001/signin-oidc", application["redirectUris"]!.ToJsonString(), StringComparison.Ordinal);
        // Nobody can sign in to it until the administrator gives somebody a password.
        Assert.Empty((await administrator.GetAsync("/api/get-users?owner=demo"))["data"]!.AsArray());
    }

    private static async Task<HttpStatusCode> CallAsync(SampleProcess api, string? token)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, api.Address + "/me");
        request.Headers.Authorization = token is null ? null : new("Bearer", token);
        using var answer = await http.SendAsync(request, Cancel);
        return answer.StatusCode;
    }
}
