using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Hardening;

public sealed class DemoTests
{
    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Demo_rows_and_sandbox_appids_open_nothing_without_the_sandbox(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver, o => o with { HasSandbox = false });
        var (tenant, demo) = (await server.NewTenantAsync(), await server.NewTenantAsync("is_demo = true"));

        var bySandboxAppid = await tenant.SignInAsync(tenant.Code("mei"));
        var byDemo = await demo.SignInAsync(demo.Code("mei"));

        Assert.Equal((401, "invalid_client"), (bySandboxAppid.Status, bySandboxAppid["error"]));
        Assert.Equal((401, "invalid_client"), (byDemo.Status, byDemo["error"]));
        Assert.Empty(await tenant.UsersAsync());
        Assert.Equal(0, server.WeChat.CallsTo("jscode2session", tenant.MiniProgram.AppId));
    }
}
