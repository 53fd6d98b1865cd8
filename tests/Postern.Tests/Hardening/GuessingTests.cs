using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Postern.Server.Hosting;
using Postern.Server.OAuth;
using Postern.Tests.Casdoor.Accounts;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Hardening;

public sealed class GuessingTests(Servers servers)
{
    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Names_with_and_without_a_user_are_refused_and_frozen_alike(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        await using var host = await AccountsHost.StartAsync(server);
        await host.AddUserAsync(host.Tenant.Organization, "alice", "right-Password-1");

        var (known, unknown) = (new List<string?>(), new List<string?>());
        for (var i = 0; i < 7; i++)
        {
            known.Add((await host.LoginAsync("alice", "wrong"))["msg"]);
            unknown.Add((await host.LoginAsync("nobody", "wrong"))["msg"]);
        }

        Assert.Equal(known, unknown);
        // A frozen name is refused before its password is compared, whether or not there is a user: else the time would tell.
        await server.Services.GetRequiredService<RefusalCounts>().FlushAsync();
        Assert.Equal(4, await server.Database.ReadAsync(c => c.ExecuteScalarAsync<long>(
            "select coalesce(sum(total), 0) from refusal_counts where client = @ClientId and reason = 'frozen'", new { host.Tenant.ClientId })));
    }

    [Fact]
    public void A_network_of_IPv6_counts_as_one_guesser_and_its_neighbour_as_another()
    {
        var refused = new RefusedRequests(new PosternOptions { RefusedTokenRequestsPerMinute = 1 }, TimeProvider.System);
        // The count begins anew with each minute; three tries at once cannot meet two such ends.
        var limited = Enumerable.Range(0, 3).Select(_ => (refused.Note("2001:db8:1:2::1", "c"), refused.Note("2001:db8:1:2:ffff::9", "c")).Item2).Count(r => r is not null);

        Assert.True(limited >= 1);
        Assert.Null(new RefusedRequests(new PosternOptions { RefusedTokenRequestsPerMinute = 1 }, TimeProvider.System).Note("2001:db8:1:3::1", "c"));
        Assert.Null(refused.Note("2001:db8:1:3::1", "c"));
    }
}
