using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Postern.Tests.Fixtures;
using Postern.Tests.Pages;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Postern.Tests.AdminConsole;

/// <summary>What the console shows to which user, and that typing an address shows no more.</summary>
public sealed class ConsoleAccessTests(Chromium browser)
{
    [Fact]
    public async Task An_administrator_of_one_organization_sees_it_and_nothing_of_another_by_typing_addresses()
    {
        await using var server = await Neighbourhood.StartServerAsync();
        var (own, other) = (await server.NewTenantAsync(), await server.NewTenantAsync());
        await own.SignInAsync(own.Code("mei"), "MeiOfOurs");
        await other.SignInAsync(other.Code("li"), "LiOfTheirs");
        await using var guest = await ConsoleGuest.NewAsync(server, browser, own.Organization, "boss", isAdmin: true, "/users");

        await Expect(guest.Page.GetByText("MeiOfOurs").First).ToBeVisibleAsync();
        await Expect(guest.Page.GetByText("LiOfTheirs")).ToHaveCountAsync(0);
        await Expect(guest.Page.GetByText("All organizations")).ToHaveCountAsync(0);
        var li = Assert.Single(await other.UsersAsync()).Id;
        foreach (var path in new[]
        {
            $"/users/{other.Organization}/LiOfTheirs", $"/applications/admin/{other.Application}", $"/organizations/admin/{other.Organization}", "/organizations/admin/built-in", "/users/built-in/admin",
            $"/users?organization={other.Organization}", $"/applications?organization={other.Organization}", $"/records?organization={other.Organization}", $"/?organization={other.Organization}",
            $"/providers/admin/{other.Application.Replace("app-", "mini-", StringComparison.Ordinal)}", $"/tokens?organization={other.Organization}", $"/sessions?organization={other.Organization}", "/users?organization=built-in",
        })
        {
            await guest.GoAsync(path);
            var text = await guest.Page.GetByRole(AriaRole.Main).InnerTextAsync();
            // What was typed may be repeated.
            Assert.DoesNotContain("LiOfTheirs", text.Replace($"{other.Organization}/LiOfTheirs", "", StringComparison.Ordinal), StringComparison.Ordinal);
            Assert.DoesNotContain(li, text, StringComparison.Ordinal);
            Assert.DoesNotContain(other.ClientId, text, StringComparison.Ordinal);
            Assert.DoesNotContain("Built-in Organization", text, StringComparison.Ordinal);
        }

        await guest.GoAsync("/organizations");
        await Expect(guest.Page.GetByRole(AriaRole.Link, new() { Name = own.Organization, Exact = true })).ToBeVisibleAsync();
        await Expect(guest.Page.GetByText(other.Organization)).ToHaveCountAsync(0);
        await Expect(guest.Button("Add organization")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_normal_user_gets_his_own_account_and_no_menu_of_an_administrator()
    {
        await using var server = await Neighbourhood.StartServerAsync();
        var tenant = await server.NewTenantAsync();
        await using var guest = await ConsoleGuest.NewAsync(server, browser, tenant.Organization, "bo", isAdmin: false);

        await Expect(guest.Heading).ToHaveTextAsync("My account");
        await Expect(guest.Page.GetByRole(AriaRole.Menuitem)).ToHaveCountAsync(1);
        await guest.Field("Display name").FillAsync("Bo 博");
        await guest.Button("Save").ClickAsync();
        await Expect(guest.Page.GetByText("Saved")).ToBeVisibleAsync();
        using var administrator = await Administrator.OfAsync(server);
        Assert.Equal("Bo 博", (await administrator.GetAsync($"/api/get-user?id={tenant.Organization}/bo"))["data"]!["displayName"]!.ToString());
        foreach (var path in new[] { "/users", "/records", "/connect", "/applications/admin/app-built-in" })
        {
            await guest.GoAsync(path);
            await Expect(guest.Heading).ToHaveTextAsync("There is no such page");
        }

        guest.Visitor.AssertContent();
    }

    [Fact]
    public async Task Tokens_stand_in_memory_alone_are_renewed_unseen_and_a_ban_ends_the_console_too()
    {
        await using var server = await Neighbourhood.StartServerAsync();
        var tenant = await server.NewTenantAsync();
        await using var guest = await ConsoleGuest.NewAsync(server, browser, tenant.Organization, "boss", isAdmin: true, "/users");
        Assert.Equal("[]", await guest.Page.EvaluateAsync<string>("JSON.stringify([...Object.values(localStorage), ...Object.values(sessionStorage)])"));
        Assert.DoesNotContain("code=", guest.Page.Url, StringComparison.Ordinal);

        // Longer than an access token of the console lives.
        server.Clock.Advance(TimeSpan.FromMinutes(61));
        await guest.Page.RunAndWaitForResponseAsync(() => guest.Button("Reload").ClickAsync(), response => response.Url.EndsWith("/access_token", StringComparison.Ordinal));
        // What was asked before the ban is answered before it.
        await Expect(guest.Page.Locator(".ant-btn-loading")).ToHaveCountAsync(0);
        await Expect(guest.Page.GetByRole(AriaRole.Link, new() { Name = "boss" })).ToBeVisibleAsync();
        await Expect(guest.Page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);

        using var administrator = await Administrator.OfAsync(server);
        Assert.Equal("Affected", await administrator.WriteAsync($"/api/update-user?id={tenant.Organization}/boss&columns=is_forbidden", new JsonObject { ["isForbidden"] = true }));
        await guest.Button("Reload").ClickAsync();
        await Expect(guest.Page.GetByText("You are signed out")).ToBeVisibleAsync();
        await guest.Button("Sign in again").ClickAsync();
        await Expect(guest.Page.Locator("#password")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_code_that_this_browser_did_not_ask_for_signs_nobody_in()
    {
        await using var server = await Neighbourhood.StartServerAsync();
        await using var visitor = await browser.VisitAsync();
        var redeemed = 0;
        visitor.Page.Request += (_, request) => redeemed += request.Url.EndsWith("/access_token", StringComparison.Ordinal) ? 1 : 0;

        foreach (var answer in new[] { "code=of-somebody-else&state=made-up", "code=of-somebody-else", "code=x&state=__proto__&returnTo=https://evil.example/" })
        {
            await visitor.GoAsync(ConsoleGuest.At(server, "/signed-in?" + answer));
            // It begins a sign-in of its own.
            await Expect(visitor.Page.Locator("#password")).ToBeVisibleAsync();
            Assert.StartsWith(server.Issuer + "/login", visitor.Page.Url, StringComparison.Ordinal);
        }

        Assert.Equal(0, redeemed);
    }

    [Fact]
    public async Task Signing_out_ends_the_session_and_the_next_page_asks_who_it_is()
    {
        await using var server = await Neighbourhood.StartServerAsync();
        await using var guest = await ConsoleGuest.AdministratorAsync(server, browser, "/users");

        await guest.Page.GetByLabel("Account of Admin").ClickAsync();
        await guest.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Sign out" }).ClickAsync();
        await Expect(guest.Page.Locator("#password")).ToBeVisibleAsync();
        await guest.Visitor.GoAsync(ConsoleGuest.At(server, "/users"));
        await Expect(guest.Page.Locator("#password")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task An_organization_that_nobody_has_is_answered_like_a_name_that_nobody_has_and_one_that_is_closed_says_so()
    {
        await using var server = await Neighbourhood.StartServerAsync();
        var tenant = await server.NewTenantAsync();
        using var administrator = await Administrator.OfAsync(server);
        Assert.Equal("Affected", await administrator.WriteAsync("/api/add-user", new JsonObject { ["owner"] = tenant.Organization, ["name"] = "boss", ["password"] = ConsoleGuest.Password, ["isAdmin"] = true }));
        await using var visitor = await browser.VisitAsync();
        await visitor.GoAsync(ConsoleGuest.At(server, "/"));
        var answers = new List<string>();
        foreach (var (organization, name) in new[] { ("nobodys", "boss"), (tenant.Organization, "nobody") })
        {
            await visitor.Page.Locator("#organization").FillAsync(organization);
            await new Pages.Views.SignInView(visitor.Page).SignInAsync(name, "wrong-password");
            await Expect(visitor.Page.Locator("#organization")).ToHaveValueAsync(organization);
            answers.Add(await visitor.Alert.InnerTextAsync());
        }

        Assert.Equal(answers[0], answers[1]);
        Assert.Equal("Affected", await administrator.WriteAsync($"/api/update-organization?id=admin/{tenant.Organization}", new JsonObject { ["disableSignin"] = true }));
        await visitor.Page.Locator("#organization").FillAsync(tenant.Organization);
        await new Pages.Views.SignInView(visitor.Page).SignInAsync("boss", ConsoleGuest.Password);
        await Expect(visitor.Alert).ToHaveTextAsync("Sign-in is switched off for this organization.");
    }
}
