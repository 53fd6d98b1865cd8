using Microsoft.Playwright;
using Postern.Tests.Fapi2;
using Postern.Tests.Fixtures;
using Postern.Tests.Pages;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Postern.Tests.AdminConsole;

/// <summary>The setting <c>securityProfile</c> of an application, and the tab that says whether it is met (docs/fapi.md).</summary>
public sealed class ConsoleProfileTests(Chromium browser)
{
    [Fact]
    public async Task The_form_says_what_the_profile_demands_and_the_diagnosis_what_is_met()
    {
        await using var server = await Neighbourhood.StartServerAsync();
        using var key = ClientKey.NewEc();
        var tenant = await server.NewWebTenantAsync(FapiClient.Everything, $"token_endpoint_auth_method = 'private_key_jwt', jwks = '{key.Jwks()}'");
        var path = $"/applications/admin/{tenant.Application}";
        await using var guest = await ConsoleGuest.AdministratorAsync(server, browser, path);
        using var administrator = await Administrator.OfAsync(server);
        var diagnose = guest.Page.GetByRole(AriaRole.Tab, new() { Name = "Diagnose" });
        await Expect(guest.Page.GetByText("FAPI 2.0 requires: pushed authorization requests")).ToBeVisibleAsync();
        await Expect(diagnose).ToHaveCountAsync(0);

        await guest.Field("Security profile").ClickAsync();
        await guest.Page.GetByTitle("FAPI 2.0 Security Profile").ClickAsync();
        await guest.Button("Save").ClickAsync();
        await Expect(guest.Page.Locator(".save-bar")).ToHaveCountAsync(0);
        Assert.Equal("fapi2", (string?)(await administrator.GetAsync($"/api/get-application?id=admin/{tenant.Application}"))["data"]!["securityProfile"]);

        await diagnose.ClickAsync();
        await Expect(guest.Page.GetByText("The client authenticates by private_key_jwt.")).ToBeVisibleAsync();
        await Expect(guest.Text("Token signature")).ToBeVisibleAsync();
        guest.Visitor.AssertContent();
    }

    [Fact]
    public async Task A_demand_that_is_not_met_stops_the_save_with_what_to_do()
    {
        await using var server = await Neighbourhood.StartServerAsync();
        var tenant = await server.NewWebTenantAsync(FapiClient.Everything);
        await using var guest = await ConsoleGuest.AdministratorAsync(server, browser, $"/applications/admin/{tenant.Application}");
        using var administrator = await Administrator.OfAsync(server);

        await guest.Field("Security profile").ClickAsync();
        await guest.Page.GetByTitle("FAPI 2.0 Security Profile").ClickAsync();
        await guest.Button("Save").ClickAsync();

        await Expect(guest.Page.GetByText("securityProfile fapi2 needs tokenEndpointAuthMethod private_key_jwt").First).ToBeVisibleAsync();
        Assert.Equal("", (string?)(await administrator.GetAsync($"/api/get-application?id=admin/{tenant.Application}"))["data"]!["securityProfile"]);
        guest.Visitor.AssertContent();
    }
}
