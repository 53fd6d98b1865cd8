using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Postern.AuthorizationServer.Refusals;
using Postern.Server.Configuration;
using Postern.Storage.Databases;
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
        // Its own server: on a shared one, other tests use up the names that are counted separately in a minute.
        await using var server = await TestServer.StartAsync(driver);
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
        var counted = await server.ScalarAsync<long>(
            "select coalesce(sum(total), 0) from refusal_counts where client = @ClientId and reason = 'frozen'", new { host.Tenant.ClientId });
        // The first of a user in a minute is a record instead; nobody's are all counted.
        var recorded = await server.ScalarAsync<long>(
            "select count(*) from records where organization = @Organization and user_name = 'alice' and detail = 'locked out'", new { host.Tenant.Organization });
        Assert.InRange(recorded, 1, 2);
        Assert.Equal(4, counted + recorded);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_name_that_nobody_has_waits_for_the_disk_as_a_wrong_password_does(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        await using var host = await AccountsHost.StartAsync(server);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("error", (await host.LoginAsync("nobody" + i, "wrong"))["status"]);
        }

        Assert.Equal(3, await server.Database.ReadAsync(c => c.ExecuteScalarAsync<long>(
            "select coalesce(sum(total), 0) from refusal_counts where client = @ClientId and reason = 'unknown_user'", new { host.Tenant.ClientId })));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Who_guessed_too_often_waits_and_who_calls_from_elsewhere_does_not(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver, options => options with { RefusedTokenRequestsPerMinute = 3 });
        await using var host = await AccountsHost.StartAsync(server);
        await host.AddUserAsync(host.Tenant.Organization, "alice", "right-Password-1");
        // The count begins anew with each minute: none ends within this test.
        server.Clock.Advance(TimeSpan.FromSeconds(60 - server.Clock.GetUtcNow().Second));
        var body = $$"""{"type":"login","application":"{{host.Tenant.Application}}","organization":"{{host.Tenant.Organization}}","username":"alice","password":"right-Password-1"}""";

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("error", (await SignInAsync(server.Http, body.Replace("alice", "nobody" + i, StringComparison.Ordinal)))["status"]);
        }

        var limited = await SignInAsync(server.Http, body);
        Assert.Equal((429, "error", "too many refused requests: wait for a minute"), (limited.Status, limited["status"], limited["msg"]));
        Assert.NotNull(limited.Headers.RetryAfter);
        Assert.False(limited.Headers.Contains("Set-Cookie"));
        using var elsewhere = TestServer.ConnectFrom(server, "127.0.0.2");
        Assert.Equal("ok", (await SignInAsync(elsewhere, body))["status"]);
        server.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("ok", (await SignInAsync(server.Http, body))["status"]);
    }

    [Fact]
    public async Task More_passwords_than_can_be_compared_in_time_are_503_and_count_for_nobody()
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite);
        await using var host = await AccountsHost.StartAsync(server);
        await host.AddUserAsync(host.Tenant.Organization, "alice", "right-Password-1");
        var body = $$"""{"type":"login","application":"{{host.Tenant.Application}}","organization":"{{host.Tenant.Organization}}","username":"alice","password":"right-Password-1"}""";

        var answers = await Task.WhenAll(Enumerable.Range(0, 400).Select(_ => SignInAsync(server.Http, body)));

        var refused = answers.Where(a => a.Status == 503).ToList();
        Assert.NotEmpty(refused);
        Assert.All(refused, a => Assert.Equal(("error", "the server has too much to do now: try again shortly"), (a["status"], a["msg"])));
        Assert.All(refused, a => Assert.NotNull(a.Headers.RetryAfter));
        Assert.All(answers.Where(a => a.Status != 503), a => Assert.Equal("ok", a["status"]));
        Assert.Equal("ok", (await SignInAsync(server.Http, body))["status"]);
    }

    private static async Task<Answer> SignInAsync(HttpClient http, string body)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(new Uri("/api/login", UriKind.Relative), content);
        return await Answer.OfAsync(response);
    }

    [Fact]
    public void A_network_of_IPv6_counts_as_one_guesser_and_its_neighbour_as_another()
    {
        var refused = new RefusalRateLimiter(new PosternOptions { RefusedTokenRequestsPerMinute = 1 }, TimeProvider.System);
        // The count begins anew with each minute; three tries at once cannot meet two such ends.
        var limited = Enumerable.Range(0, 3).Select(_ => (refused.Note("2001:db8:1:2::1", "c"), refused.Note("2001:db8:1:2:ffff::9", "c")).Item2).Count(r => r is not null);

        Assert.True(limited >= 1);
        Assert.Null(new RefusalRateLimiter(new PosternOptions { RefusedTokenRequestsPerMinute = 1 }, TimeProvider.System).Note("2001:db8:1:3::1", "c"));
        Assert.Null(refused.Note("2001:db8:1:3::1", "c"));
    }
}
