using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Pages;

/// <summary>How an application's pages look: its title, its colour, its logo, and nothing that a browser would fetch elsewhere.</summary>
public sealed partial class BrandTests
{
    // The smallest PNG there is: one transparent pixel.
    private const string Png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_logo_is_fetched_once_and_served_by_us(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver, options => options with { AllowPrivateTargets = true });
        await using var node = await server.StartNodeAsync();
        await using var site = await LoopbackSite.StartAsync(context => context.Response.Body.WriteAsync(Convert.FromBase64String(Png)).AsTask());
        var address = await PageOfAsync(server, "logo", $"\"{site.Address}/logo.png\"");

        var path = await LogoOfAsync(server, address);
        for (var visit = 0; visit < 3; visit++)
        {
            Assert.Equal(path, await LogoOfAsync(node, address));
        }

        using var picture = await node.Http.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(1, site.Requests);
        Assert.Equal(("image/png", Png), (picture.Content.Headers.ContentType!.ToString(), Convert.ToBase64String(await picture.Content.ReadAsByteArrayAsync())));
        Assert.Equal("default-src 'none'; sandbox", picture.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("nosniff", picture.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Fact]
    public async Task An_uploaded_logo_is_served_and_a_picture_that_may_hold_scripts_is_not()
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite, options => options with { AllowPrivateTargets = true });
        var asked = new TaskCompletionSource();
        await using var site = await LoopbackSite.StartAsync(async context =>
        {
            await context.Response.WriteAsync("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>");
            asked.TrySetResult();
        });
        var uploaded = await PageOfAsync(server, "logo", $"\"data:image/png;base64,{Png}\"");
        var scripted = await PageOfAsync(server, "logo", $"\"{site.Address}/logo.svg\"");

        await server.Http.GetStringAsync(new Uri(scripted, UriKind.Relative));
        await asked.Task;
        // One worker fetches in turn: with the next one there, the first was judged.
        await LogoOfAsync(server, uploaded);

        Assert.DoesNotContain("<img", await server.Http.GetStringAsync(new Uri(scripted, UriKind.Relative)), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await server.Http.GetAsync(new Uri("/login/logo/" + new string('0', 64), UriKind.Relative))).StatusCode);
    }

    [Theory]
    [InlineData("#0B3D91", "#ffffff")]
    [InlineData("#1677ff", "#000000")]
    [InlineData("#ffe100", "#000000")]
    public async Task A_colour_is_served_with_the_text_that_can_be_read_on_it(string color, string text)
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite);
        var address = await PageOfAsync(server, "themeData", $$"""{"colorPrimary":"{{color}}","isEnabled":true}""");

        var page = await server.Http.GetStringAsync(new Uri(address, UriKind.Relative));
        var sheet = await server.Http.GetStringAsync(new Uri(Theme().Match(page).Value, UriKind.Relative));

        Assert.Contains($"--accent: {color.ToLowerInvariant()}; --on-accent: {text};", sheet, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"colorPrimary":"red","isEnabled":true}""")]
    [InlineData("""{"colorPrimary":"#fff","isEnabled":true}""")]
    [InlineData("""{"colorPrimary":"#000000}*{display:none","isEnabled":true}""")]
    [InlineData("""{"colorPrimary":"#1677ff","isEnabled":false}""")]
    public async Task Nothing_but_a_colour_that_is_switched_on_becomes_style(string theme)
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite);

        var page = await server.Http.GetStringAsync(new Uri(await PageOfAsync(server, "themeData", theme), UriKind.Relative));

        Assert.DoesNotMatch(Theme(), page);
        Assert.Equal(HttpStatusCode.NotFound, (await server.Http.GetAsync(new Uri("/login/theme/red.css", UriKind.Relative))).StatusCode);
    }

    /// <summary>The sign-in page of an organization whose application has this property.</summary>
    private static async Task<string> PageOfAsync(TestServer server, string property, string value)
    {
        var tenant = await server.NewTenantAsync();
        await server.ExecuteAsync("update applications set body = @body where client_id = @ClientId", new { body = $$"""{"{{property}}":{{value}}}""", tenant.ClientId });
        return "/login/" + tenant.Organization;
    }

    /// <summary>The logo's address as soon as a page has one; the first page goes without.</summary>
    private static async Task<string> LogoOfAsync(TestServer server, string address)
    {
        while (true)
        {
            var page = await server.Http.GetStringAsync(new Uri(address, UriKind.Relative), TestContext.Current.CancellationToken);
            if (Logo().Match(page) is { Success: true } found)
            {
                return found.Value;
            }
        }
    }

    [GeneratedRegex("/login/logo/[0-9a-f]{64}")]
    private static partial Regex Logo();

    [GeneratedRegex("/login/theme/[^\"]*")]
    private static partial Regex Theme();
}
