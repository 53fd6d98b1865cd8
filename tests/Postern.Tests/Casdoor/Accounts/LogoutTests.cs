using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Accounts;

public sealed class LogoutTests(Servers servers)
{
    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Signing_out_with_a_bearer_token_ends_its_grant_and_no_other(DatabaseDriver driver)
    {
        await using var host = await AccountsHost.StartAsync(await servers.OnAsync(driver));
        var (first, second) = (await host.SignInAsync("mei"), await host.SignInAsync("mei"));

        Assert.Equal("ok", (await host.SendAsync(HttpMethod.Post, "/api/logout", "Bearer " + first["access_token"]))["status"]);

        Assert.Equal("Access token doesn't exist in database", (await host.GetAsync("/api/get-account", "Bearer " + first["access_token"]))["msg"]);
        Assert.Equal("invalid_grant", (await host.Tenant.RefreshAsync(first["refresh_token"]!))["error"]);
        Assert.Equal("ok", (await host.GetAsync("/api/get-account", "Bearer " + second["access_token"]))["status"]);
    }

    [Fact]
    public async Task An_id_token_signs_out_and_leads_only_to_a_registered_address()
    {
        await using var host = await AccountsHost.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        await host.ExecuteAsync("update applications set redirect_uris = @uris where name = @Application", new { uris = """["https://shop.example/bye"]""", host.Tenant.Application });
        var (first, second) = (await host.SignInAsync("mei"), await host.SignInAsync("mei"));

        var led = await host.GetAsync($"/api/logout?id_token_hint={first["id_token"]}&post_logout_redirect_uri=https://shop.example/bye&state=a%26b%3Dc");
        var kept = await host.GetAsync($"/api/logout?id_token_hint={second["id_token"]}&post_logout_redirect_uri=https://shop.example/bye/more");

        Assert.Equal((302, "https://shop.example/bye?state=a%26b%3Dc"), (led.Status, led.Headers.Location!.OriginalString));
        Assert.Equal("Redirect URI: https://shop.example/bye/more doesn't exist in the allowed Redirect URI list", kept["msg"]);
        foreach (var signin in new[] { first, second })
        {
            Assert.Equal("error", (await host.GetAsync("/api/get-account", "Bearer " + signin["access_token"]))["status"]);
        }

        Assert.Equal("Token not found, invalid accessToken", (await host.GetAsync("/api/logout?id_token_hint=nonsense"))["msg"]);
    }
}
