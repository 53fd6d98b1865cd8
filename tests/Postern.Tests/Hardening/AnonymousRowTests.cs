using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Postern.AuthorizationServer.Refusals;
using Postern.Storage.Databases;
using Postern.Storage.Tables;
using Postern.Tests.Fixtures;
using Postern.Tests.Rfc8628;
using Xunit;

namespace Postern.Tests.Hardening;

/// <summary>Rows that callers without a secret can make: so many per address, so many per client, and gone when their time is over.</summary>
public sealed class AnonymousRowTests
{
    private const string Push = "/api/login/oauth/par";
    private const string Begin = "/api/device-auth";

    [Theory]
    [InlineData(DatabaseDriver.Sqlite, Push, "pushed_requests")]
    [InlineData(DatabaseDriver.Postgres, Push, "pushed_requests")]
    [InlineData(DatabaseDriver.Sqlite, Begin, "device_codes")]
    [InlineData(DatabaseDriver.Postgres, Begin, "device_codes")]
    public async Task An_address_without_a_secret_makes_so_many_rows_a_minute(DatabaseDriver driver, string path, string table)
    {
        await using var server = await TestServer.StartAsync(driver, options => options with { AnonymousRowsPerMinute = 3 });
        var tenant = await Device.NewTenantAsync(server);
        server.Clock.Advance(TimeSpan.FromSeconds(60 - server.Clock.GetUtcNow().Second));
        for (var i = 0; i < 3; i++)
        {
            Assert.InRange((await AskAsync(tenant, path)).Status, 200, 201);
        }

        var refused = await AskAsync(tenant, path);

        Assert.Equal((429, "temporarily_unavailable"), (refused.Status, refused["error"]));
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal(3, await CountAsync(server, table));
        // With the secret, and from elsewhere, it goes on.
        Assert.InRange((await AskAsync(tenant, path, ("client_secret", tenant.ClientSecret))).Status, 200, 201);
        using var elsewhere = TestServer.ConnectFrom(server, "127.0.0.2");
        using var content = new FormUrlEncodedContent(Form(tenant).Select(f => KeyValuePair.Create(f.Name, f.Value)));
        using var other = await elsewhere.PostAsync(new Uri(path, UriKind.Relative), content, TestContext.Current.CancellationToken);
        Assert.True(other.IsSuccessStatusCode);
        server.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.InRange((await AskAsync(tenant, path)).Status, 200, 201);
    }

    [Theory]
    [InlineData(DatabaseDriver.Sqlite, Push, "pushed_requests")]
    [InlineData(DatabaseDriver.Postgres, Push, "pushed_requests")]
    [InlineData(DatabaseDriver.Sqlite, Begin, "device_codes")]
    [InlineData(DatabaseDriver.Postgres, Begin, "device_codes")]
    public async Task A_client_has_so_many_waiting_and_its_secret_has_room_of_its_own(DatabaseDriver driver, string path, string table)
    {
        await using var server = await TestServer.StartAsync(driver, options => options with { WaitingPerClient = 20 });
        var (tenant, neighbour) = (await Device.NewTenantAsync(server), await Device.NewTenantAsync(server));
        Assert.InRange((await AskAsync(tenant, path)).Status, 200, 201);
        Assert.InRange((await AskAsync(tenant, path)).Status, 200, 201);

        var full = await AskAsync(tenant, path);

        Assert.Equal((429, "temporarily_unavailable"), (full.Status, full["error"]));
        Assert.NotNull(full.Headers.RetryAfter);
        Assert.Equal(2, await CountAsync(server, table));
        Assert.InRange((await AskAsync(neighbour, path)).Status, 200, 201);
        for (var i = 2; i < 20; i++)
        {
            Assert.InRange((await AskAsync(tenant, path, ("client_secret", tenant.ClientSecret))).Status, 200, 201);
        }

        Assert.Equal(429, (await AskAsync(tenant, path, ("client_secret", tenant.ClientSecret))).Status);
        server.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.InRange((await AskAsync(tenant, path)).Status, 200, 201);
        server.Clock.Advance(TimeSpan.FromMinutes(21));
        await server.Services.GetServices<IHostedService>().OfType<Sweep>().Single().RunShortAsync();
        Assert.Equal(0, await CountAsync(server, table));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Of_a_pushed_request_only_what_an_authorization_knows_is_kept(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var tenant = await Device.NewTenantAsync(server);

        var pushed = await AskAsync(tenant, Push, [("state", "kept"), .. Enumerable.Range(0, 30).Select(i => ($"unknown{i}", "dropped"))]);

        Assert.Equal(201, pushed.Status);
        var kept = await server.ScalarAsync<string>("select parameters from pushed_requests");
        Assert.Contains("\"state\":\"kept\"", kept, StringComparison.Ordinal);
        Assert.DoesNotContain("unknown", kept, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusals_of_many_clients_are_counted_in_so_many_rows_a_minute()
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite);
        var counts = server.Services.GetRequiredService<RefusalCounts>();

        for (var i = 0; i < 1_000; i++)
        {
            counts.Add($"client{i}", "invalid_grant");
        }

        await counts.FlushAsync();
        Assert.InRange(await CountAsync(server, "refusal_counts"), 2, RefusalCounts.MostAMinute + 1);
        Assert.Equal(1_000, await server.ScalarAsync<long>("select sum(total) from refusal_counts"));
    }

    private static Task<Answer> AskAsync(Tenant tenant, string path, params (string, string)[] more) =>
        tenant.Server.PostFormAsync(path, [.. Form(tenant), .. more]);

    private static (string Name, string Value)[] Form(Tenant tenant) =>
    [
        ("client_id", tenant.ClientId), ("response_type", "code"), ("redirect_uri", Visitor.RedirectUri), ("scope", "openid"),
        ("code_challenge", Visitor.Challenge), ("code_challenge_method", "S256"),
    ];

    private static Task<long> CountAsync(TestServer server, string table) => server.ScalarAsync<long>($"select count(*) from {table}");
}
