using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Postern.Storage.Databases;
using Postern.Storage.Tables;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.AuditTrail;

/// <summary>The sweep: each organization's records and expired tokens stay as long as it says.</summary>
public sealed class RetentionTests(Servers servers)
{
    private const long Day = 86_400_000;

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Records_stay_as_long_as_their_organization_says(DatabaseDriver driver)
    {
        var (trail, forever) = (await Trail.OfAsync(await servers.OnAsync(driver)), await Trail.OfAsync(await servers.OnAsync(driver)));
        await trail.Server.ExecuteAsync("update organizations set record_retention_days = 40 where name = @Organization", new { trail.Organization });
        await trail.FillAsync("old", 1201, age: 41 * Day);
        await trail.FillAsync("young", 3, age: 39 * Day);
        await forever.FillAsync("old", 2, age: 4000 * Day);
        await SweepAsync(trail.Server);
        Assert.Equal((0, 3), (await trail.CountAsync("action = 'old'"), await trail.CountAsync("action = 'young'")));
        Assert.Equal(2, await forever.CountAsync("action = 'old'"));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task No_organization_keeps_records_for_fewer_days_than_the_installation_says(DatabaseDriver driver)
    {
        var trail = await Trail.OfAsync(await servers.OnAsync(driver));
        using var administrator = await Administrator.OfAsync(trail.Server);
        var path = $"/api/update-organization?id=admin/{trail.Organization}";
        Assert.Equal("recordRetentionDays must be at least 30, which this installation sets, or 0 to keep records for ever", await administrator.WriteAsync(path, new() { ["recordRetentionDays"] = 29 }));
        Assert.StartsWith("recordRetentionDays must be at least", await administrator.WriteAsync(
            "/api/add-organization", new() { ["owner"] = "admin", ["name"] = "short-" + trail.Organization, ["recordRetentionDays"] = 1 }), StringComparison.Ordinal);
        Assert.Equal("Affected", await administrator.WriteAsync(path, new() { ["recordRetentionDays"] = 30 }));
        Assert.Equal("Affected", await administrator.WriteAsync(path, new() { ["recordRetentionDays"] = 0 }));

        // As an older version kept it.
        await trail.Server.ExecuteAsync("update organizations set record_retention_days = 1 where name = @Organization", new { trail.Organization });
        await trail.FillAsync("old", 2, age: 31 * Day);
        await trail.FillAsync("young", 3, age: 29 * Day);
        await SweepAsync(trail.Server);
        Assert.Equal((0, 3), (await trail.CountAsync("action = 'old'"), await trail.CountAsync("action = 'young'")));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Records_of_no_organization_stay_as_long_as_those_of_built_in(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var trail = await Trail.OfAsync(server);
        await trail.FillAsync("old", 2, age: 41 * Day);
        await trail.FillAsync("young", 2, age: 39 * Day);
        await server.ExecuteAsync("update records set organization = case when detail like '%0' then '' else 'gone' end, organization_id = case when detail like '%0' then '' else 'gone' end where organization = @Organization", new { trail.Organization });
        await SweepAsync(server);
        Assert.Equal(4, await server.ScalarAsync<long>("select count(*) from records where organization in ('', 'gone')"));
        await server.ExecuteAsync("update organizations set record_retention_days = 40 where name = 'built-in'");
        await SweepAsync(server);
        Assert.Equal(2, await server.ScalarAsync<long>("select count(*) from records where organization in ('', 'gone') and action = 'young'"));
        Assert.Equal(2, await server.ScalarAsync<long>("select count(*) from records where organization in ('', 'gone')"));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Expired_tokens_stay_as_long_as_their_organization_says_or_thirty_days(DatabaseDriver driver)
    {
        var (trail, usual) = (await Trail.OfAsync(await servers.OnAsync(driver)), await Trail.OfAsync(await servers.OnAsync(driver)));
        await trail.Server.ExecuteAsync("update organizations set token_retention_days = 5 where name = @Organization", new { trail.Organization });
        foreach (var (of, days) in new[] { (trail, 4), (trail, 6), (usual, 29), (usual, 31) })
        {
            Assert.Equal(200, (await of.Tenant.SignInAsync(of.Tenant.Code("p" + days), "p" + days)).Status);
            await of.Server.ExecuteAsync(
                "update tokens set expires_time = @expired where organization_id = @Organization and user_name = @name",
                new { expired = of.Server.Clock.GetUtcNow().ToUnixTimeMilliseconds() - (days * Day), of.Organization, name = "p" + days });
        }

        await SweepAsync(trail.Server);
        Assert.Equal("p4", await trail.Server.ScalarAsync<string>("select user_name from tokens where organization_id = @Organization", new { trail.Organization }));
        Assert.Equal("p29", await trail.Server.ScalarAsync<string>("select user_name from tokens where organization_id = @Organization", new { usual.Organization }));
        Assert.Equal(1, await trail.Server.ScalarAsync<long>("select count(*) from tokens where organization_id = @Organization", new { trail.Organization }));
        Assert.Equal(1, await trail.Server.ScalarAsync<long>("select count(*) from tokens where organization_id = @Organization", new { usual.Organization }));
    }

    private static Task SweepAsync(TestServer server) => server.Services.GetServices<IHostedService>().OfType<Sweep>().Single().RunOnceAsync();
}
