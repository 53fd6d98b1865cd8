using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Postern.CasdoorApi.Webhooks;
using Postern.Tests.Clients;
using Postern.Tests.Fixtures;
using Postern.Tests.Pages;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Postern.Tests.AdminConsole;

/// <summary>What holds on every page of the console. With a folder in POSTERN_TEST_SCREENSHOTS each page is also left there as a picture.</summary>
public sealed class ConsolePagesTests(Chromium browser, NpmPackages packages)
{
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("POSTERN_TEST_SCREENSHOTS") is { Length: > 0 } folder ? folder : null;

    /// <summary>The pages that have an arrangement of their own; all others are made of the same list and form, which these show too.</summary>
    private static readonly string[] Different = ["home", "connect", "connected", "me", "users", "user", "application", "records", "user-changes", "provider-diagnose", "webhook-deliveries", "not-there"];

    [Theory]
    [InlineData("en-US", 1280, ColorScheme.Light)]
    [InlineData("zh-CN", 375, ColorScheme.Dark)]
    public async Task Every_page_loads_without_a_complaint_fits_its_screen_speaks_one_language_and_is_accessible(string locale, int width, ColorScheme scheme)
    {
        await using var server = await Neighbourhood.StartServerAsync();
        var pages = await FurnishAsync(server);
        await using var guest = await ConsoleGuest.AdministratorAsync(server, browser, "/me", new Pages.Visit(locale, width));
        await guest.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
        var faults = new List<string>();
        var last = "";
        foreach (var (name, path) in pages)
        {
            var kind = path.Split('/', '?')[1];
            if (kind == last || name == "home")
            {
                await guest.GoAsync(path);
            }
            else
            {
                await guest.StepAsync(path);
            }

            last = kind;
            faults.AddRange((await FaultsAsync(guest.Page, locale, scheme == ColorScheme.Light || Different.Contains(name))).Select(fault => $"{path}: {fault}"));
            if (Pictures is not null)
            {
                await guest.Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Pictures, $"console-{name}-{locale}-{width}-{scheme}.png"), FullPage = true });
            }
        }

        Assert.Equal("", string.Join("\n", faults));
        guest.Visitor.AssertContent();
    }

    /// <summary>Something of each kind that has a page of its own, and the addresses of all pages.</summary>
    private static async Task<IReadOnlyList<(string Name, string Path)>> FurnishAsync(TestServer server)
    {
        var tenant = await server.NewTenantAsync();
        var (organization, provider) = (tenant.Organization, tenant.Application.Replace("app-", "mini-", StringComparison.Ordinal));
        Assert.Equal(200, (await tenant.SignInAsync(tenant.Code("mei"), "Mei")).Status);
        await tenant.SignInAsync("no-code");
        using var administrator = await Administrator.OfAsync(server);
        foreach (var (kind, more) in new (string, JsonObject)[]
        {
            ("group", new() { ["displayName"] = "Staff", ["isTopGroup"] = true, ["parentId"] = organization }), ("invitation", new() { ["code"] = "welcome" }), ("role", new() { ["users"] = new JsonArray($"{organization}/Mei"), ["isEnabled"] = true }),
            ("permission", new() { ["users"] = new JsonArray($"{organization}/Mei"), ["resources"] = new JsonArray("book"), ["actions"] = new JsonArray("Read"), ["effect"] = "Allow", ["isEnabled"] = true }),
            ("model", new() { ["modelText"] = "[request_definition]\nr = sub, obj, act\n\n[policy_definition]\np = sub, obj, act\n\n[policy_effect]\ne = some(where (p.eft == allow))\n\n[matchers]\nm = r.sub == p.sub && r.obj == p.obj && r.act == p.act\n" }),
            ("webhook", new() { ["organization"] = organization, ["url"] = "http://127.0.0.1:9/nobody", ["events"] = new JsonArray("signup"), ["isEnabled"] = true }), ("coupon", new() { ["displayName"] = "Autumn" }), ("cert", new() { ["cryptoAlgorithm"] = "ES256" }),
        })
        {
            more["owner"] = organization;
            more["name"] = kind + "-1";
            Assert.Equal("Affected", await administrator.WriteAsync("/api/add-" + kind, more));
        }

        // The webhook is told of the user, in vain.
        await tenant.SignInAsync(tenant.Code("li"), "Li");
        await server.Services.GetRequiredService<WebhookDelivery>().SendDueAsync(CancellationToken.None);
        string[] lists =
            ["users", "groups", "organizations", "invitations", "applications", "providers", "certs", "tokens", "sessions", "roles", "permissions", "models", "resources", "webhooks", "records", "coupons", "ldaps"];
        var token = (await administrator.GetAsync($"/api/get-tokens?organization={organization}&p=1&pageSize=1"))["data"]![0]!["name"]!.ToString();
        return
        [
            ("home", "/"), ("connect", "/connect"), ("connected", $"/connect?provider=admin/{provider}&application=admin/{tenant.Application}"), ("me", "/me"), .. lists.Select(list => (list, "/" + list)),
            ("user", $"/users/{organization}/Mei"), ("user-edit", $"/users/{organization}/Mei?tab=form"), ("user-json", $"/users/{organization}/Mei?tab=json"), ("user-changes", $"/roles/{organization}/role-1?tab=history"),
            ("user-new", "/users/new"), ("organization", $"/organizations/admin/{organization}"), ("application", $"/applications/admin/{tenant.Application}"), ("provider", $"/providers/admin/{provider}"),
            ("provider-diagnose", $"/providers/admin/{provider}?tab=diagnose"), ("token", $"/tokens/admin/{token}"), ("session", "/sessions/built-in/admin/"),
            .. new[] { "group", "invitation", "role", "permission", "model", "webhook", "coupon", "cert" }.Select(kind => (kind, $"/{kind}s/{organization}/{kind}-1")),
            ("webhook-deliveries", $"/webhooks/{organization}/webhook-1?tab=deliveries"), ("coupon-new", "/coupons/new"), ("not-there", $"/users/{organization}/nobody"), ("no-page", "/users/built-in"),
        ];
    }

    private async Task<List<string>> FaultsAsync(IPage page, string locale, bool isHeldAgainstAxe)
    {
        var faults = new List<string>(isHeldAgainstAxe ? await Accessibility.ViolationsAsync(page, packages) : []);
        var wider = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        if (wider > 0)
        {
            faults.Add($"{wider} pixels wider than the screen");
        }

        var (language, text) = (await page.GetAttributeAsync("html", "lang"), await page.InnerTextAsync("main"));
        if (language != (locale == "zh-CN" ? "zh-CN" : "en"))
        {
            faults.Add($"{language} for who reads {locale}");
        }

        // What nobody translated shows as its key.
        faults.AddRange(new[] { "fields:", "kinds:", "list:", "edit:", "home:", "connect:", "user:", "webhook:", "common:", "{{" }.Where(rest => text.Contains(rest, StringComparison.Ordinal)).Select(rest => "untranslated " + rest));
        return faults;
    }
}
