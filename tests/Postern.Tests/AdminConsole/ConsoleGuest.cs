using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Postern.Tests.Fixtures;
using Postern.Tests.Pages;
using Postern.Tests.Pages.Views;
using Xunit;
using static Microsoft.Playwright.Assertions;
using Visit = Postern.Tests.Pages.Visit;
using Visitor = Postern.Tests.Pages.Visitor;

namespace Postern.Tests.AdminConsole;

/// <summary>A person at the console, in a browser of their own.</summary>
public sealed class ConsoleGuest(TestServer server, Visitor visitor) : IAsyncDisposable
{
    public const string Password = "aLong-enough-passphrase7";

    public Visitor Visitor => visitor;

    public IPage Page => visitor.Page;

    /// <summary>Of a page of the console, and not of the sign-in page before it.</summary>
    public ILocator Heading => visitor.Page.Locator("#root main h1:not(.unseen)");

    public static string At(TestServer server, string path) => server.Issuer + path;

    /// <summary>The installation's administrator, whose password the tests know.</summary>
    public static async Task<ConsoleGuest> AdministratorAsync(TestServer server, Chromium browser, string path = "/", Visit? visit = null)
    {
        using var administrator = await Administrator.OfAsync(server);
        // Set once; a second time it is the same.
        var answer = await administrator.PostAsync($"/api/set-password?userOwner=built-in&userName=admin&newPassword={Uri.EscapeDataString(Password)}", "");
        Assert.True(answer.Body["status"]!.ToString() == "ok" || answer.Body["msg"]!.ToString().StartsWith("The new password must be different", StringComparison.Ordinal), answer.Body.ToJsonString());
        return await SignInAsync(server, browser, "built-in", "admin", path, visit);
    }

    /// <summary>A user of an organization, made for the test.</summary>
    public static async Task<ConsoleGuest> NewAsync(TestServer server, Chromium browser, string organization, string name, bool isAdmin, string path = "/")
    {
        using var administrator = await Administrator.OfAsync(server);
        Assert.Equal("Affected", await administrator.WriteAsync("/api/add-user", new JsonObject { ["owner"] = organization, ["name"] = name, ["password"] = Password, ["isAdmin"] = isAdmin }));
        return await SignInAsync(server, browser, organization, name, path, null);
    }

    /// <summary>Opens a page of the console; on the way stands the sign-in page.</summary>
    private static async Task<ConsoleGuest> SignInAsync(TestServer server, Chromium browser, string organization, string name, string path, Visit? visit)
    {
        var guest = new ConsoleGuest(server, await browser.VisitAsync(visit));
        await guest.Visitor.GoAsync(At(server, path));
        await guest.Page.Locator("#organization").FillAsync(organization);
        await new SignInView(guest.Page).SignInAsync(name, Password);
        await Expect(guest.Heading).ToBeVisibleAsync();
        return guest;
    }

    /// <summary>Types an address: the page is loaded anew and signs in by the browser's session.</summary>
    public async Task GoAsync(string path)
    {
        await visitor.GoAsync(At(server, path));
        await Expect(Heading).ToBeVisibleAsync();
        await SettleAsync();
    }

    /// <summary>Follows a link to a page of another kind: the console shows it without being loaded anew.</summary>
    public async Task StepAsync(string path)
    {
        await Page.EvaluateAsync(
            """
            path => {
              document.querySelector('main h1')?.setAttribute('data-left', '');
              history.pushState({ idx: (history.state?.idx ?? 0) + 1, key: crypto.randomUUID(), usr: null }, '', path);
              dispatchEvent(new PopStateEvent('popstate', { state: history.state }));
            }
            """, path);
        await Expect(Page.Locator("main h1:not(.unseen, [data-left])")).ToBeVisibleAsync();
        await SettleAsync();
    }

    /// <summary>Until nothing is loaded any more: whatever comes late has a sign in its place from the beginning.</summary>
    private Task SettleAsync() => Expect(Page.Locator(".ant-spin-spinning, .ant-skeleton-active, .ant-btn-loading")).ToHaveCountAsync(0);

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public ILocator Field(string label) => Page.GetByLabel(label, new() { Exact = true });

    public ILocator Text(string text) => Page.GetByText(text, new() { Exact = true });

    public ValueTask DisposeAsync() => visitor.DisposeAsync();
}
