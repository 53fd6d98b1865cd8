using Dapper;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.SignIn;

public sealed class RefreshTests(Servers servers)
{
    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_refresh_rotates_and_keeps_subject_and_auth_time(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var tenant = await server.NewTenantAsync();
        var first = await tenant.SignInAsync(tenant.Code("mei"));
        server.Clock.Advance(TimeSpan.FromHours(1));

        var second = await tenant.RefreshAsync(first["refresh_token"]!);

        Assert.Equal(200, second.Status);
        Assert.NotEqual(first["refresh_token"], second["refresh_token"]);
        Assert.Equal(first.Claims("access_token").GetProperty("sub").GetString(), second.Claims("access_token").GetProperty("sub").GetString());
        Assert.Equal(first.Claims("id_token").GetProperty("auth_time").GetInt64(), second.Claims("id_token").GetProperty("auth_time").GetInt64());
        Assert.Equal(first.Claims("id_token").GetProperty("sid").GetString(), second.Claims("id_token").GetProperty("sid").GetString());
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_lost_reply_is_answered_with_the_same_successor_within_thirty_seconds(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var tenant = await server.NewTenantAsync();
        var first = (await tenant.SignInAsync(tenant.Code("mei")))["refresh_token"]!;

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => tenant.RefreshAsync(first)));
        server.Clock.Advance(TimeSpan.FromSeconds(20));
        var late = await tenant.RefreshAsync(first);

        Assert.All([.. answers, late], a => Assert.Equal(200, a.Status));
        Assert.Single(answers.Append(late).Select(a => a["refresh_token"]).Distinct());
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Once_the_successor_is_used_the_old_token_is_refused_and_the_grant_lives_on(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var tenant = await server.NewTenantAsync();
        var first = (await tenant.SignInAsync(tenant.Code("mei")))["refresh_token"]!;
        var second = (await tenant.RefreshAsync(first))["refresh_token"]!;
        var third = (await tenant.RefreshAsync(second))["refresh_token"]!;

        var replayed = await tenant.RefreshAsync(first);

        Assert.Equal((400, "invalid_grant"), (replayed.Status, replayed["error"]));
        Assert.Equal(200, (await tenant.RefreshAsync(third)).Status);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_replay_after_thirty_seconds_revokes_the_grant(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var tenant = await server.NewTenantAsync();
        var first = (await tenant.SignInAsync(tenant.Code("mei")))["refresh_token"]!;
        var second = (await tenant.RefreshAsync(first))["refresh_token"]!;
        server.Clock.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal("invalid_grant", (await tenant.RefreshAsync(first))["error"]);

        Assert.Equal("invalid_grant", (await tenant.RefreshAsync(second))["error"]);
        Assert.Contains("refresh-token-replayed", await server.DumpAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_forbidden_users_refresh_token_dies_at_once(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewTenantAsync();
        var first = (await tenant.SignInAsync(tenant.Code("mei")))["refresh_token"]!;
        await tenant.Server.Database.WriteAsync(async (c, t) =>
            Written.Commit(await c.ExecuteAsync("update users set is_forbidden = true where owner = @Organization", new { tenant.Organization }, t)));

        Assert.Equal("invalid_grant", (await tenant.RefreshAsync(first))["error"]);
        Assert.Equal("invalid_grant", (await tenant.SignInAsync(tenant.Code("mei")))["error"]);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_grant_that_began_with_the_secret_goes_on_only_with_it(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewTenantAsync();
        var first = (await tenant.SignInAsync(tenant.Code("mei"), more: ("client_secret", tenant.ClientSecret)))["refresh_token"]!;

        var without = await tenant.RefreshAsync(first);
        var wrong = await tenant.RefreshAsync(first, ("client_secret", "wrong"));
        var with = await tenant.RefreshAsync(first, ("client_secret", tenant.ClientSecret));

        Assert.Equal(("invalid_client", "invalid_client", 200), (without["error"], wrong["error"], with.Status));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Another_client_cannot_use_the_token_and_a_scope_never_widens(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var (tenant, other) = (await server.NewTenantAsync(), await server.NewTenantAsync());
        var token = (await tenant.SignInAsync(tenant.Code("mei")))["refresh_token"]!;

        Assert.Equal("invalid_grant", (await other.RefreshAsync(token))["error"]);
        Assert.Equal("invalid_scope", (await tenant.RefreshAsync(token, ("scope", "openid profile")))["error"]);
        Assert.Equal(200, (await tenant.RefreshAsync(token)).Status);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task However_often_it_is_refreshed_a_grant_ends_after_its_days(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver, options => options with { RefreshTokenMaxDays = 3 });
        var tenant = await server.NewTenantAsync("refresh_expire_in_hours = 48");
        var refresh = (await tenant.SignInAsync(tenant.Code("mei")))["refresh_token"]!;

        for (var day = 1; day < 3; day++)
        {
            server.Clock.Advance(TimeSpan.FromDays(1));
            refresh = (await tenant.RefreshAsync(refresh))["refresh_token"]!;
        }

        server.Clock.Advance(TimeSpan.FromDays(1) - TimeSpan.FromSeconds(1));
        var last = await tenant.RefreshAsync(refresh);
        server.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(200, last.Status);
        Assert.Equal("invalid_grant", (await tenant.RefreshAsync(last["refresh_token"]!))["error"]);
        // One that an earlier version wrote with a later end.
        await server.Database.WriteAsync(async (c, t) => Written.Commit(await c.ExecuteAsync("update refresh_tokens set expires_time = expires_time + 864000000", null, t)));
        Assert.Equal("invalid_grant", (await tenant.RefreshAsync(last["refresh_token"]!))["error"]);
        Assert.Equal(200, (await tenant.SignInAsync(tenant.Code("mei"))).Status);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_token_is_good_one_second_before_its_end_and_not_on_it(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var tenant = await server.NewTenantAsync("refresh_expire_in_hours = 1");
        var (one, two) = (await tenant.SignInAsync(tenant.Code("mei")), await tenant.SignInAsync(tenant.Code("mei")));

        server.Clock.Advance(TimeSpan.FromHours(1) - TimeSpan.FromSeconds(1) - TimeSpan.FromSeconds(2));
        Assert.Equal(200, (await tenant.RefreshAsync(one["refresh_token"]!)).Status);
        server.Clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal("invalid_grant", (await tenant.RefreshAsync(two["refresh_token"]!))["error"]);
    }
}
