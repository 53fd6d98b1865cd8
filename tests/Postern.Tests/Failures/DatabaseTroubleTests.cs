using Dapper;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Failures;

public sealed class DatabaseTroubleTests
{
    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_locked_database_is_503_leaves_nothing_and_the_same_code_signs_in_once_it_is_free(DatabaseDriver driver)
    {
        await using var server = await Trouble.StartAsync(driver);
        var tenant = await server.NewTenantAsync();
        var before = await Trouble.CountAsync(server);
        var code = tenant.Code("mei");

        Answer refused;
        await using (await Trouble.LockAsync(server))
        {
            refused = await tenant.SignInAsync(code, "Mei");
        }

        Assert.Equal(before, await Trouble.CountAsync(server));
        AssertBusy(refused);
        Assert.Contains(server.Log.Lines, l => l.StartsWith("Error", StringComparison.Ordinal) && l.Contains(driver == DatabaseDriver.Sqlite ? "locked by another process" : "the database did not answer in time", StringComparison.Ordinal));
        Assert.Equal(200, (await tenant.SignInAsync(code, "Mei")).Status);
        Assert.Single(await tenant.UsersAsync());
    }

    [Fact]
    public async Task A_PostgreSQL_that_is_gone_is_503_in_each_dialect_and_serves_again_when_it_is_back()
    {
        await using var server = await Trouble.StartAsync(DatabaseDriver.Postgres);
        var tenant = await server.NewTenantAsync();
        var token = (await tenant.SignInAsync(tenant.Code("mei")))["access_token"]!;
        var before = await Trouble.CountAsync(server);
        await using var administrator = await Trouble.AdministratorAsync(server);
        var name = Trouble.DatabaseName(server);

        await administrator.ExecuteAsync($"alter database {name} allow_connections false; select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'");
        var signIns = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => tenant.SignInAsync(tenant.Code("lost" + i))));
        var account = await Trouble.GetAsync(server, "/api/get-account", token);
        var list = await Trouble.GetAsync(server, "/api/get-users?owner=built-in", token);
        var userInfo = await Trouble.GetAsync(server, "/api/userinfo", token);
        var keys = await Trouble.GetAsync(server, "/.well-known/jwks");
        await administrator.ExecuteAsync($"alter database {name} allow_connections true");

        Assert.All([.. signIns, userInfo, keys], AssertBusy);
        Assert.All([account, list], AssertBusyEnvelope);
        Assert.Equal(before, await Trouble.CountAsync(server));
        Assert.Equal(200, (await tenant.SignInAsync(tenant.Code("found"))).Status);
        Assert.Equal("ok", (await Trouble.GetAsync(server, "/api/get-account", token))["status"]);
    }

    [Fact]
    public async Task A_PostgreSQL_that_restarted_while_nobody_signed_in_costs_nobody_a_sign_in()
    {
        await using var server = await Trouble.StartAsync(DatabaseDriver.Postgres);
        var tenant = await server.NewTenantAsync();
        // Several connections wait in the pool.
        await Task.WhenAll(Enumerable.Range(0, 30).Select(i => tenant.SignInAsync(tenant.Code("p" + i))));
        await using var administrator = await Trouble.AdministratorAsync(server);
        await administrator.ExecuteAsync($"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{Trouble.DatabaseName(server)}'");

        var answers = new List<Answer>();
        for (var i = 0; i < 5; i++)
        {
            answers.Add(await tenant.SignInAsync(tenant.Code("p" + i)));
        }

        Assert.All(answers, a => Assert.Equal(200, a.Status));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_disk_that_fills_in_the_middle_of_many_sign_ins_keeps_whole_ones_and_nothing_of_the_others(DatabaseDriver driver)
    {
        await using var server = await Trouble.StartAsync(driver);
        var tenant = await server.NewTenantAsync();
        await tenant.SignInAsync(tenant.Code("first"));
        await FillAsync(server);

        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => tenant.SignInAsync(tenant.Code("p" + i), "Name" + i)));
        await EmptyAsync(server);

        var good = answers.Count(a => a.Status == 200);
        Assert.True(good < 60, "The disk did not fill.");
        Assert.All(answers.Where(a => a.Status != 200), AssertBusy);
        Assert.Equal(await WholeAsync(server, tenant, good + 1), await Trouble.CountAsync(server));
        Assert.All(await Task.WhenAll(answers.Where(a => a.Status == 200).Select(a => Trouble.GetAsync(server, "/api/get-account", a["access_token"]))),
            account => Assert.Equal("ok", account["status"]));
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 60).Select(i => tenant.SignInAsync(tenant.Code("p" + i), "Name" + i))), a => Assert.Equal(200, a.Status));
        Assert.Equal(61, (await tenant.UsersAsync()).Count);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_write_queue_that_is_full_is_503_at_once_and_loses_nothing_that_is_in_it(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var tenant = await server.NewTenantAsync();
        var (gate, begun) = (new TaskCompletionSource(), new SemaphoreSlim(0));
        // What writes must be held before the queue is filled, or it would make room again.
        var writers = driver == DatabaseDriver.Sqlite ? 1 : 16;
        var queued = Enumerable.Range(0, writers).Select(_ => QueueAsync()).ToList();
        for (var i = 0; i < writers; i++)
        {
            await begun.WaitAsync(TestContext.Current.CancellationToken);
        }

        while (TryQueue(out var item))
        {
            queued.Add(item);
        }

        var refused = await tenant.SignInAsync(tenant.Code("mei"));

        gate.SetResult();
        AssertBusy(refused);
        Assert.Equal(queued.Count, (await Task.WhenAll(queued)).Sum());
        Assert.Equal(200, (await tenant.SignInAsync(tenant.Code("mei"))).Status);
        Assert.Single(await tenant.UsersAsync());

        Task<int> QueueAsync() => server.Database.WriteAsync(async (_, _) =>
        {
            begun.Release();
            await gate.Task;
            return Written.Commit(1);
        });

        bool TryQueue(out Task<int> item)
        {
            try
            {
                item = QueueAsync();
                return true;
            }
            catch (StorageUnavailableException)
            {
                item = Task.FromResult(0);
                return false;
            }
        }
    }

    private static void AssertBusy(Answer answer)
    {
        Assert.Equal((503, "temporarily_unavailable"), (answer.Status, answer["error"]));
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Equal("the server cannot read or write its data now: try again shortly", answer["error_description"]);
    }

    private static void AssertBusyEnvelope(Answer answer)
    {
        Assert.Equal((503, "error"), (answer.Status, answer["status"]));
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Equal("the server cannot read or write its data now: try again shortly", answer["msg"]);
        Assert.Equal(["status", "msg", "code", "sub", "name", "data", "data2", "data3"], answer.Body.EnumerateObject().Select(p => p.Name));
    }

    /// <summary>SQLite may take a few pages more; at PostgreSQL the last insert of a sign-in finds no room.</summary>
    private static Task<int> FillAsync(TestServer server) => server.Database.WriteAsync(async (connection, transaction) =>
    {
        if (server.Database.Driver == DatabaseDriver.Sqlite)
        {
            var pages = await connection.ExecuteScalarAsync<long>("pragma page_count", transaction: transaction);
            return Written.Commit(await connection.ExecuteScalarAsync<int>($"pragma max_page_count = {pages + 4}", transaction: transaction));
        }

        return Written.Commit(await connection.ExecuteAsync(
            """
            create function full_disk() returns trigger language plpgsql as 'begin if random() < 0.5 then raise exception using errcode = ''53100''; end if; return new; end';
            create trigger full_disk before insert on records for each row execute function full_disk()
            """, transaction: transaction));
    });

    private static Task<int> EmptyAsync(TestServer server) => server.Database.WriteAsync(async (connection, transaction) =>
        Written.Commit(await connection.ExecuteAsync(
            server.Database.Driver == DatabaseDriver.Sqlite ? "pragma max_page_count = 1073741823" : "drop trigger full_disk on records", transaction: transaction)));

    /// <summary>What the tables hold where each of so many people signed in once, as a whole.</summary>
    private static async Task<string> WholeAsync(TestServer server, Tenant tenant, int people)
    {
        var others = await server.Database.ReadAsync(c => c.ExecuteScalarAsync<long>("select count(*) from users where owner <> @Organization", new { tenant.Organization }));
        var records = await server.Database.ReadAsync(c => c.ExecuteScalarAsync<long>("select count(*) from records where action <> 'new-user'"));
        return $"users {others + people}, external_identities {2 * people}, identity_conflicts 0, grants {people}, tokens {people}, refresh_tokens {people}, records {records + people}, sessions 0";
    }
}
