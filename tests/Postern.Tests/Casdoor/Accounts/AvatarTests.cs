using System.Text.Json.Nodes;
using Postern.Storage.Databases;
using Postern.Tests.Casdoor.Objects;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Accounts;

/// <summary>An avatar ends up as an address in other people's pages.</summary>
public sealed class AvatarTests(Servers servers)
{
    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_users_own_is_empty_or_an_address_of_the_web(DatabaseDriver driver)
    {
        await using var host = await AccountsHost.StartAsync(await servers.OnAsync(driver));
        var token = (await host.SignInAsync("mei"))["access_token"]!;
        Assert.Equal("Affected", (await UpdateAsync("https://pictures.example/1.png"))["data"]);

        foreach (var avatar in new[] { "javascript:alert(1)", "data:image/svg+xml,<svg/>", "pictures.example/2.png", "wxfile://tmp_1.png", "http://tmp/1.png", "https://pictures.example/a b" })
        {
            Assert.Equal("avatar must be empty or an http or https address", (await UpdateAsync(avatar))["msg"]);
        }

        Assert.Equal("https://pictures.example/1.png", Assert.Single(await host.Tenant.UsersAsync()).Avatar);
        Assert.Equal("Affected", (await UpdateAsync(""))["data"]);
        Assert.Equal("", Assert.Single(await host.Tenant.UsersAsync()).Avatar);

        Task<Answer> UpdateAsync(string avatar) => host.UpdateAsync(token, new JsonObject { ["avatar"] = avatar }.ToJsonString());
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_administrator_sets_any_but_a_script(DatabaseDriver driver)
    {
        var world = await ObjectWorld.CreateAsync(await servers.OnAsync(driver));
        using var administrator = await Administrator.OfAsync(world.Server);
        Assert.Equal("Affected", await administrator.WriteAsync("/api/add-user", new JsonObject { ["owner"] = world.Organization, ["name"] = "mei", ["avatar"] = "/files/mei.png" }));
        Assert.Equal("Affected", await administrator.WriteAsync($"/api/update-user?id={world.Organization}/mei", new JsonObject { ["avatar"] = "data:image/png;base64,AAAA" }));

        foreach (var avatar in new[] { "javascript:alert(1)", " JavaScript:alert(1)", "vbscript:x", "data:text/html,<script>" })
        {
            Assert.Equal("avatar must be empty, an http or https address, or a data:image/ picture", await administrator.WriteAsync($"/api/update-user?id={world.Organization}/mei", new JsonObject { ["avatar"] = avatar }));
            Assert.Equal("avatar must be empty, an http or https address, or a data:image/ picture", await administrator.WriteAsync("/api/add-user", new JsonObject { ["owner"] = world.Organization, ["name"] = "lin", ["avatar"] = avatar }));
        }
    }
}
