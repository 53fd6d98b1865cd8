using Postern.Storage.Databases;
using Postern.Tests.Casdoor.Rows;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Users;

/// <summary>No route lets the only administrator end their own standing.</summary>
public sealed class LastAdministratorTests(Servers servers)
{
    private const string Refusal = "You are the only administrator of the organization: make another one first";

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_only_administrator_of_an_organization_cannot_end_their_own_standing(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewTenantAsync("grant_types = '[\"password\"]'");
        await tenant.AddUserAsync("boss", ("isAdmin", true));
        var boss = await SignInAsync(tenant, "boss");
        var id = $"?id={tenant.Organization}/boss";

        foreach (var (property, value) in new[] { ("isAdmin", false), ("isForbidden", true), ("isDeleted", true) })
        {
            Assert.Equal(Refusal, await boss.WriteAsync("/api/update-user" + id, new() { [property] = value }));
        }

        Assert.Equal(Refusal, await boss.WriteAsync("/api/delete-user", new() { ["owner"] = tenant.Organization, ["name"] = "boss" }));
        var shown = (await boss.DataAsync("/api/get-user" + id))!;
        Assert.Equal((true, false, false), ((bool)shown["isAdmin"]!, (bool)shown["isForbidden"]!, (bool)shown["isDeleted"]!));

        await tenant.AddUserAsync("second", ("isAdmin", true));
        Assert.Equal("Affected", await boss.WriteAsync("/api/update-user" + id, new() { ["isAdmin"] = false }));
        // Programs of the organization and of the installation may still do so.
        Assert.Equal("Affected", await RowCaller.Of(tenant).WriteAsync($"/api/update-user?id={tenant.Organization}/second", new() { ["isForbidden"] = true }));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Of_two_administrators_who_step_down_at_once_one_remains(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewTenantAsync("grant_types = '[\"password\"]'");
        await tenant.AddUserAsync("one", ("isAdmin", true));
        await tenant.AddUserAsync("two", ("isAdmin", true));
        var (one, two) = (await SignInAsync(tenant, "one"), await SignInAsync(tenant, "two"));

        var answers = await Task.WhenAll(
            one.WriteAsync($"/api/update-user?id={tenant.Organization}/one", new() { ["isAdmin"] = false }),
            two.WriteAsync($"/api/update-user?id={tenant.Organization}/two", new() { ["isAdmin"] = false }));

        Assert.Equal([Refusal, "Affected"], answers.OrderBy(a => a == "Affected"));
        Assert.Single(await tenant.UsersAsync(), u => u.IsAdmin);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_only_administrator_of_the_installation_stays_whoever_asks(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        using var administrator = await Administrator.OfAsync(server);

        Assert.StartsWith("This is the only administrator of the installation", await administrator.WriteAsync("/api/update-user?id=built-in/admin", new() { ["isForbidden"] = true }), StringComparison.Ordinal);
        Assert.False((bool)(await administrator.GetAsync("/api/get-user?id=built-in/admin"))["data"]!["isForbidden"]!);
    }

    private static async Task<RowCaller> SignInAsync(Tenant tenant, string name) => RowCaller.Bearer(tenant.Server, (await tenant.TokenAsync(
        ("grant_type", "password"), ("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret), ("username", name), ("password", PasswordUsers.Password)))["access_token"]);
}
