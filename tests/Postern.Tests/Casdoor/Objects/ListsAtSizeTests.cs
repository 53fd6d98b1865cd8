using System.Data.Common;
using Dapper;
using Postern.Directory.Objects;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Objects;

/// <summary>Tables in which looking at every row is not the same as using an index.</summary>
public sealed class ListsAtSizeTests
{
    private const string Endless = "with recursive n (i) as (select 1 union all select i + 1 from n) select count(*) from n";

    private static readonly (ObjectQuery Query, string Index)[] Quick =
    [
        (new(), "users_created_everywhere"),
        (new() { Owner = "many" }, "users_created|users_created_everywhere"),
        (new() { Owner = "many", SortField = "createdTime", IsAscending = true }, "users_created|users_created_everywhere"),
        (new() { Owner = "many", SortField = "name" }, "users_owner_name_key|sqlite_autoindex_users_2"),
        (new() { Owner = "many", SortField = "displayName" }, "users_display_name"),
        (new() { Owner = "many", SortField = "email", IsAscending = true }, "users_email"),
        (new() { Owner = "many", SortField = "phone" }, "users_phone"),
        (new() { Owner = "many", Field = "name", Value = "a19", IsBeginning = true }, "users_name_begins"),
        (new() { Owner = "many", Field = "displayName", Value = "User 19", IsBeginning = true }, "users_display_name_begins"),
        (new() { Owner = "many", Field = "email", Value = "m19", IsBeginning = true }, "users_email_begins"),
        (new() { Owner = "many", Field = "phone", Value = "1391", IsBeginning = true }, "users_phone_begins"),
    ];

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Quick_lists_use_their_index_and_read_the_rows_of_the_page_only(DatabaseDriver driver)
    {
        await using var server = await StartAsync(driver);
        foreach (var (query, index) in Quick)
        {
            var plan = ListPlan.Of(server.Database.Dialect, ObjectKinds.User, query with { Page = 1, PageSize = 10 }).Value!;
            Assert.True(plan.IsQuick);
            foreach (var isReversed in new[] { false, true })
            {
                var steps = await ExplainAsync(server.Database, ObjectStore.RowsSql(plan, isReversed), plan);

                Assert.True(index.Split('|').Any(name => steps.Contains($" {name} ", StringComparison.Ordinal)), steps);
                Assert.DoesNotContain("Seq Scan", steps, StringComparison.Ordinal);
                Assert.False(steps.Contains("SCAN users ", StringComparison.Ordinal) && !steps.Contains("SCAN users USING COVERING INDEX users_created_everywhere", StringComparison.Ordinal), steps);
            }

            if (!plan.IsCounted)
            {
                Assert.Contains($" {index} ", await ExplainAsync(server.Database, ObjectStore.CountSql(plan), plan), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task The_users_of_a_group_are_found_by_the_index_of_members_and_nobody_else_is_looked_at()
    {
        await using var server = await StartAsync(DatabaseDriver.Sqlite);
        foreach (var query in new ObjectQuery[] { new(), new() { SortField = "name" }, new() { Field = "name", Value = "a19", IsBeginning = true } })
        {
            var plan = ListPlan.Of(server.Database.Dialect, ObjectKinds.User, query with { Owner = "many", Group = "many/team", Page = 1, PageSize = 10 }).Value!;
            foreach (var sql in new[] { ObjectStore.RowsSql(plan, isReversed: false), ObjectStore.CountSql(plan) })
            {
                var steps = await ExplainAsync(server.Database, sql, plan);

                Assert.Contains(" memberships_member_id ", steps, StringComparison.Ordinal);
                Assert.DoesNotContain("SCAN users", steps, StringComparison.Ordinal);
                Assert.DoesNotContain("(owner=?", steps, StringComparison.Ordinal);
            }
        }
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_search_that_takes_too_long_is_stopped_and_says_what_is_quick(DatabaseDriver driver)
    {
        await using var server = await StartAsync(driver);
        using var administrator = await Administrator.OfAsync(server);
        var (scans, longest) = (server.Database.Scans, server.Database.Scans.Longest);
        const string inside = "/api/get-users?owner=many&p=1&pageSize=10&field=displayName&value=ser%20199";

        Assert.Equal("ok", (string?)(await administrator.GetAsync(inside))["status"]);
        scans.Longest = TimeSpan.Zero;
        var stopped = await administrator.GetAsync(inside);
        Assert.Equal(("error", "searching inside displayName took too long: search for its beginning with match=prefix, within one owner and without sortField"), ((string?)stopped["status"], (string?)stopped["msg"]));
        Assert.Equal("searching by tag took too long: search for the beginning of a name with match=prefix, within one owner",
            (string?)(await administrator.GetAsync("/api/get-users?owner=many&p=1&pageSize=10&field=tag&value=nothing"))["msg"]);
        Assert.Equal("sorting by lastSigninTime took too long: sort by createdTime or by name, within one owner",
            (string?)(await administrator.GetAsync("/api/get-users?p=1&pageSize=10&sortField=lastSigninTime"))["msg"]);
        Assert.Equal("ok", (string?)(await administrator.GetAsync("/api/get-users?owner=many&p=1&pageSize=10&field=displayName&value=user%20199&match=prefix"))["status"]);
        Assert.Equal("ok", (string?)(await administrator.GetAsync("/api/get-users?owner=many&p=1000&pageSize=10&sortField=email"))["status"]);

        scans.Longest = longest;
        Assert.Equal("ok", (string?)(await administrator.GetAsync(inside))["status"]);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_stopped_scan_leaves_its_connection_usable(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var scans = server.Database.Scans;
        scans.Longest = TimeSpan.FromMilliseconds(50);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(ScanEnd.TookTooLong, (await scans.ReadAsync(c => c.ExecuteScalarAsync<long>(Endless))).End);
            Assert.Equal(new(ScanEnd.Done, 1), await scans.ReadAsync(c => c.ExecuteScalarAsync<long>("select 1")));
        }
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Searches_beyond_those_that_may_run_at_once_are_told_to_come_again(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        using var administrator = await Administrator.OfAsync(server);
        var (scans, longest) = (server.Database.Scans, server.Database.Scans.Longest);
        var gate = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        scans.Longest = TimeSpan.Zero;
        // As many as there may be on the largest machine: the first of them hold every place.
        var others = Enumerable.Range(0, 4).Select(_ => scans.ReadAsync(_ => gate.Task)).ToList();
        const string search = "/api/get-users?p=1&pageSize=10&field=name&value=adm";

        Assert.Equal("other long searches are under way: try again in a few seconds", (string?)(await administrator.GetAsync(search))["msg"]);
        Assert.Equal("ok", (string?)(await administrator.GetAsync("/api/get-users?p=1&pageSize=10"))["status"]);

        gate.SetResult(true);
        Assert.Contains((await Task.WhenAll(others)), scan => scan.End == ScanEnd.Done);
        scans.Longest = longest;
        Assert.Equal("ok", (string?)(await administrator.GetAsync(search))["status"]);
    }

    private static async Task<TestServer> StartAsync(DatabaseDriver driver)
    {
        var server = await TestServer.StartAsync(driver);
        await server.Database.WriteAsync(async (connection, transaction) => Written.Commit(await connection.ExecuteAsync(ManyUsers.Sql, new { count = 20_000, owner = "many" }, transaction)));
        if (driver == DatabaseDriver.Postgres)
        {
            // What the database does by itself after a while.
            await server.Database.ReadAsync(c => c.ExecuteAsync("analyze users"));
        }

        return server;
    }

    private static Task<string> ExplainAsync(Database database, string sql, ListPlan plan) => database.ReadAsync(async connection =>
    {
        var parameters = new DynamicParameters(plan.Parameters);
        parameters.Add("size", 10L);
        parameters.Add("offset", 0L);
        var rows = await connection.QueryAsync((database.Driver == DatabaseDriver.Sqlite ? "explain query plan " : "explain ") + sql, parameters);
        return string.Join('\n', rows.Select(r => string.Join(' ', ((IDictionary<string, object?>)r).Values) + " "));
    });
}
