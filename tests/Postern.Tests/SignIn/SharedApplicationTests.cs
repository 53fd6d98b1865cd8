using Postern.Storage.Databases;
using Postern.Tests.Casdoor.Accounts;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.SignIn;

public sealed class SharedApplicationTests(Servers servers)
{
    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_shared_application_signs_in_users_of_all_organizations_and_another_its_own(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        await using var host = await AccountsHost.StartAsync(server);
        var other = await server.NewTenantAsync();
        await host.AddUserAsync(host.Tenant.Organization, "ann", "right-Password-1");
        await host.AddUserAsync(other.Organization, "bob", "right-Password-1");
        async Task<(string?, string?)> BothAsync() =>
            ((await host.LoginAsync("ann", "right-Password-1"))["status"], (await host.LoginAsync("bob", "right-Password-1", other.Organization))["status"]);

        var own = await BothAsync();
        await host.ExecuteAsync("update applications set is_shared = true where name = @Application", new { host.Tenant.Application });

        Assert.Equal(("ok", "error"), own);
        Assert.Equal(("ok", "ok"), await BothAsync());
    }
}
