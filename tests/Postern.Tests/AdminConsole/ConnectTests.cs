using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Postern.Tests.Fixtures;
using Postern.Tests.Pages;
using Postern.WeChat.Sandbox;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Postern.Tests.AdminConsole;

/// <summary>From the first start to the first user, and what an administrator does about that user.</summary>
public sealed partial class ConnectTests(Chromium browser)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_administrator_connects_a_mini_program_sees_who_comes_edits_him_and_forbids_him()
    {
        // As in Production: no demo is there, and no AppID of the sandbox counts.
        await using var server = await Neighbourhood.StartServerAsync(options => options with { HasSandbox = false });
        var app = new SandboxApp { AppId = "wx11111111aaaaaaaa", AppSecret = "0123456789abcdef0123456789abcdef", OpenPlatform = "p" };
        server.WeChat.Register(app);
        await using var guest = await ConsoleGuest.AdministratorAsync(server, browser);

        // Day one has no charts, and one next step.
        await guest.Page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Link).ClickAsync();
        await Expect(guest.Heading).ToHaveTextAsync("Connect a Mini Program");
        await guest.Field("AppID").FillAsync(app.AppId);
        await guest.Field("AppSecret").FillAsync(app.AppSecret);
        await guest.Field("Organization").ClickAsync();
        await guest.Page.GetByTitle("A new organization").ClickAsync();
        await guest.Field("Name of the new organization").FillAsync("shop");
        await guest.Field("Name of the new application").FillAsync("shop-app");
        await guest.Button("Connect and check").ClickAsync();

        await Expect(guest.Text("WeChat knows this AppID.")).ToBeVisibleAsync();
        await Expect(guest.Text("The AppSecret is right.")).ToBeVisibleAsync();
        await Expect(guest.Text("Who comes for the first time gets an account.")).ToBeVisibleAsync();
        await Expect(guest.Page.GetByText("Waiting for the first sign-in …")).ToBeVisibleAsync();
        var code = guest.Page.Locator("pre", new() { HasText = "wx.login" });
        await Expect(code).Not.ToContainTextAsync("'…'");
        var clientId = ClientId().Match(await code.InnerTextAsync()).Groups[1].Value;

        var tokens = await SignInAsync(server, clientId, server.WeChat.MintCode(app.AppId, "mei"));
        await Expect(guest.Text("shop/Mei has signed in")).ToBeVisibleAsync();
        await guest.Page.GetByText("Show the user").ClickAsync();

        await Expect(guest.Heading).ToHaveTextAsync("Mei");
        await Expect(guest.Page.GetByText("openid in shop-wx11111111aaaaaaaa")).ToBeVisibleAsync();
        await guest.Page.GetByRole(AriaRole.Tab, new() { Name = "Edit" }).ClickAsync();
        await guest.Field("Display name").FillAsync("小美");
        await guest.Button("Save").ClickAsync();
        await Expect(guest.Heading).ToHaveTextAsync("小美");
        Assert.Equal("小美", (await AccountAsync(server, tokens))["data"]!["displayName"]!.ToString());

        await guest.Page.GetByRole(AriaRole.Tab, new() { Name = "Overview" }).ClickAsync();
        await guest.Button("Forbid").ClickAsync();
        await guest.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Forbid", Exact = true }).ClickAsync();
        await Expect(guest.Button("Permit again")).ToBeVisibleAsync();

        Assert.Equal("error", (await AccountAsync(server, tokens))["status"]!.ToString());
        await guest.GoAsync("/?range=24h");
        await Expect(guest.Text("Sign-ins by method")).ToBeVisibleAsync();
        guest.Visitor.AssertContent();
    }

    [Fact]
    public async Task A_wrong_secret_says_what_to_do_with_WeChats_number_in_Chinese_and_a_right_one_mends_it()
    {
        await using var server = await Neighbourhood.StartServerAsync();
        var app = new SandboxApp { AppId = "wxsandbox22222222", AppSecret = "0123456789abcdef0123456789abcdef" };
        server.WeChat.Register(app);
        await using var guest = await ConsoleGuest.AdministratorAsync(server, browser, "/connect", new Pages.Visit("zh-CN", 375));

        await FillAsync("wrong");
        await Expect(guest.Page.GetByText("AppSecret 错误。 (微信错误码 40125)")).ToBeVisibleAsync();
        await Expect(guest.Page.GetByText("并更新提供商的 clientSecret。")).ToBeVisibleAsync();

        await guest.Button("接入另一个").ClickAsync();
        await FillAsync(app.AppSecret, "shop");
        await Expect(guest.Text("AppSecret 正确。")).ToBeVisibleAsync();
        using var administrator = await Administrator.OfAsync(server);
        Assert.Single((await administrator.GetAsync("/api/get-providers?owner=shop"))["data"]!.AsArray(), p => p!["clientId"]!.ToString() == app.AppId);
        guest.Visitor.AssertContent();

        async Task FillAsync(string secret, string? organization = null)
        {
            await guest.Field("AppID").FillAsync(app.AppId);
            await guest.Field("AppSecret").FillAsync(secret);
            await guest.Field("组织").ClickAsync();
            await guest.Page.GetByTitle(organization ?? "新建组织").ClickAsync();
            if (organization is null)
            {
                await guest.Field("新组织的名称").FillAsync("shop");
                await guest.Field("新应用的名称").FillAsync("shop-app");
            }
            else
            {
                await guest.Page.GetByRole(AriaRole.Radio, new() { Name = "shop-app" }).CheckAsync();
            }

            await guest.Button("接入并检查").ClickAsync();
        }
    }

    private static async Task<Answer> SignInAsync(TestServer server, string clientId, string code)
    {
        using var form = new FormUrlEncodedContent([new("tag", "wechat_miniprogram"), new("client_id", clientId), new("code", code), new("username", "Mei")]);
        using var response = await server.Http.PostAsync(new Uri("/api/login/oauth/access_token", UriKind.Relative), form, Cancel);
        var answer = await Answer.OfAsync(response);
        Assert.Equal(200, answer.Status);
        return answer;
    }

    private static async Task<JsonNode> AccountAsync(TestServer server, Answer tokens)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/api/get-account", UriKind.Relative));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", tokens["access_token"]);
        using var response = await server.Http.SendAsync(request, Cancel);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!;
    }

    [GeneratedRegex("client_id: '([0-9a-f]+)'")]
    private static partial Regex ClientId();
}
