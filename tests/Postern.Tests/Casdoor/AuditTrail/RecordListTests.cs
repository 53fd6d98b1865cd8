using System.Text.Json.Nodes;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.AuditTrail;

/// <summary>Who reads which records, and in which order.</summary>
public sealed class RecordListTests(Servers servers)
{
    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_administrator_reads_the_records_of_his_organization_only_however_he_asks(DatabaseDriver driver)
    {
        var (trail, other) = (await TrailAsync(driver), await TrailAsync(driver));
        await trail.FillAsync("ours", 3);
        await other.FillAsync("theirs", 3);
        var admin = await trail.UserAsync("boss", isAdmin: true);
        foreach (var caller in new[] { admin, trail.Application })
        {
            foreach (var query in new[] { "", "?pageSize=100&p=1", "?organization=" + trail.Organization, "?organizationName=" + trail.Organization + "&pageSize=100&p=1", "?owner=" + trail.Organization })
            {
                var records = await trail.ListAsync(caller, query);
                Assert.Equal(3, records.Count(r => Trail.Text(r, "action") == "ours"));
                Assert.All(records, r => Assert.Equal(trail.Organization, Trail.Text(r, "organization")));
            }

            Assert.Equal(3, (await trail.FilterAsync(caller, new() { ["action"] = "ours" })).Count);
            Assert.Empty(await trail.FilterAsync(caller, new() { ["action"] = "theirs" }));
            foreach (var parameter in new[] { "organization", "organizationName", "owner" })
            {
                Assert.Equal("Unauthorized operation", (await trail.Server.GetAsync($"/api/get-records?{parameter}={other.Organization}", caller))["msg"]);
                Assert.Equal("Unauthorized operation", (await trail.Server.GetAsync($"/api/get-records?pageSize=10&p=1&{parameter}={other.Organization}", caller))["msg"]);
                Assert.Equal("Unauthorized operation", (await trail.Server.GetAsync($"/api/export-records?format=csv&{parameter}={other.Organization}", caller))["msg"]);
            }

            Assert.Equal("Unauthorized operation", (await trail.Server.PostJsonAsync("/api/get-records-filter", $$"""{"organization":"{{other.Organization}}"}""", caller))["msg"]);
            Assert.Equal("Unauthorized operation", (await trail.Server.PostJsonAsync("/api/get-records-filter", $$"""{"owner":"{{other.Organization}}"}""", caller))["msg"]);
        }
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_global_administrator_reads_all_or_the_organization_that_he_names(DatabaseDriver driver)
    {
        var (trail, other) = (await TrailAsync(driver), await TrailAsync(driver));
        await trail.FillAsync("one", 2);
        await other.FillAsync("two", 2);
        var global = await trail.GlobalAsync();
        var all = await trail.ListAsync(global, "?pageSize=1000&p=1");
        Assert.Contains(all, r => Trail.Text(r, "organization") == trail.Organization);
        Assert.Contains(all, r => Trail.Text(r, "organization") == other.Organization);
        Assert.Equal(["two", "two"], (await trail.ListAsync(global, "?organization=" + other.Organization)).Select(r => Trail.Text(r, "action")));
        Assert.Equal(2, (await trail.FilterAsync(global, new() { ["owner"] = trail.Organization, ["action"] = "one" })).Count);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Others_read_nothing(DatabaseDriver driver)
    {
        var trail = await TrailAsync(driver);
        var user = await trail.UserAsync("alice");
        await trail.Server.ExecuteAsync("update applications set api_access = 'none' where name = @Application", new { trail.Tenant.Application });
        var tokenOfNoAccess = await trail.Tenant.TokenAsync(("grant_type", "client_credentials"), ("client_id", trail.Tenant.ClientId), ("client_secret", trail.Tenant.ClientSecret));
        foreach (var (authorization, message, data) in new[]
        {
            (user, Trail.AdministratorsOnly, ""), ("Bearer " + tokenOfNoAccess["access_token"], Trail.AdministratorsOnly, ""), (null, "Please login first", "Please login first"),
        })
        {
            foreach (var answer in new[]
            {
                await trail.Server.GetAsync("/api/get-records", authorization), await trail.Server.GetAsync("/api/get-records?pageSize=1&p=1", authorization),
                await trail.Server.GetAsync("/api/export-records?format=csv", authorization), await trail.Server.PostJsonAsync("/api/get-records-filter", "{}", authorization),
                await trail.Server.PostJsonAsync("/api/add-record", "{}", authorization),
            })
            {
                Assert.Equal(("error", message, data), (answer["status"], answer["msg"], answer["data"]));
                Assert.Equal(["code", "data", "data2", "data3", "msg", "name", "status", "sub"], answer.Body.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
            }
        }
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_client_that_registered_itself_reads_nothing_for_an_administrator(DatabaseDriver driver)
    {
        var trail = await TrailAsync(driver);
        var admin = await trail.UserAsync("boss", isAdmin: true);
        Assert.NotEmpty(await trail.ListAsync(admin));
        await trail.Server.ExecuteAsync("update applications set is_self_registered = true where name = @Application", new { trail.Tenant.Application });
        Assert.Equal("Unauthorized operation", (await trail.Server.GetAsync("/api/get-records", admin))["msg"]);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Pages_go_from_the_newest_to_the_oldest_and_a_page_beyond_the_end_is_the_last(DatabaseDriver driver)
    {
        var trail = await TrailAsync(driver);
        await trail.FillAsync("step", 5);
        var page = await trail.Server.GetAsync("/api/get-records?pageSize=2&p=1", trail.Application);
        Assert.Equal("5", page["data2"]);
        Assert.Equal(["step 4", "step 3"], Trail.Details(Trail.Of(page)));
        Assert.Equal(["step 0"], Trail.Details(await trail.ListAsync(trail.Application, "?pageSize=2&p=3")));
        Assert.Equal(["step 0"], Trail.Details(await trail.ListAsync(trail.Application, "?pageSize=2&p=99")));
        Assert.Equal(["step 4", "step 3"], Trail.Details(await trail.ListAsync(trail.Application, "?pageSize=2&p=nonsense")));
        Assert.Equal(["step 0", "step 1"], Trail.Details(await trail.ListAsync(trail.Application, "?pageSize=2&p=1&sortField=createdTime&sortOrder=ascend")));
        Assert.Equal(["step 4", "step 3"], Trail.Details(await trail.ListAsync(trail.Application, "?pageSize=2&p=1&sortField=detail&sortOrder=descend")));
        Assert.Equal(["step 0", "step 1"], Trail.Details(await trail.ListAsync(trail.Application, "?pageSize=2&p=1&sortField=detail&sortOrder=ascend")));
        Assert.Empty(await trail.ListAsync(trail.Application, "?pageSize=0&p=1"));
        Assert.Equal(5, (await trail.ListAsync(trail.Application, "?pageSize=-1&p=1")).Count);
        Assert.Equal("", (await trail.Server.GetAsync("/api/get-records", trail.Application))["data2"]);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_id_of_the_last_record_read_goes_on_where_pages_end(DatabaseDriver driver)
    {
        var trail = await TrailAsync(driver);
        await trail.FillAsync("step", 5);
        var first = await trail.ListAsync(trail.Application, "?pageSize=2&p=1");
        await trail.FillAsync("later", 3);
        var next = await trail.ListAsync(trail.Application, "?pageSize=2&p=1&before=" + first[^1].GetProperty("id").GetInt64());
        Assert.Equal(["step 2", "step 1"], Trail.Details(next));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_field_is_searched_for_a_part_of_it_and_what_cannot_be_searched_is_said(DatabaseDriver driver)
    {
        var trail = await TrailAsync(driver);
        await trail.FillAsync("update-Provider", 2);
        await trail.FillAsync("100%_done", 1, user: "李雷");
        Assert.Equal(2, (await trail.ListAsync(trail.Application, "?pageSize=9&p=1&field=action&value=PROVIDER")).Count);
        Assert.Equal("2", (await trail.Server.GetAsync("/api/get-records?pageSize=1&p=1&field=action&value=provider", trail.Application))["data2"]);
        Assert.Single(await trail.ListAsync(trail.Application, "?pageSize=9&p=1&field=action&value=%25_"));
        Assert.Single(await trail.ListAsync(trail.Application, "?pageSize=9&p=1&field=user&value=" + Uri.EscapeDataString("李")));
        Assert.Equal(3, (await trail.ListAsync(trail.Application, "?pageSize=9&p=1&field=client_ip&value=192.0.2")).Count);
        Assert.Equal(3, (await trail.ListAsync(trail.Application, "?pageSize=9&p=1&field=statusCode&value=200")).Count);
        Assert.Equal(3, (await trail.ListAsync(trail.Application, "?field=action&value=nothing")).Count);
        Assert.Equal("records cannot be searched by secret", (await trail.Server.GetAsync("/api/get-records?pageSize=9&p=1&field=secret&value=x", trail.Application))["msg"]);
        Assert.Equal("records cannot be sorted by object", (await trail.Server.GetAsync("/api/get-records?pageSize=9&p=1&sortField=object", trail.Application))["msg"]);
        Assert.Equal("pageSize must be a number", (await trail.Server.GetAsync("/api/get-records?pageSize=x&p=1", trail.Application))["msg"]);
        Assert.Equal("此操作需要管理员权限", (await trail.Server.GetAsync("/api/get-records", await trail.UserAsync("bob"), ("Accept-Language", "zh-CN")))["msg"]);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_filter_asks_for_records_that_are_equal_in_what_it_says(DatabaseDriver driver)
    {
        var trail = await TrailAsync(driver);
        await trail.FillAsync("one", 2);
        await trail.FillAsync("two", 1, user: "other");
        var one = (await trail.FilterAsync(trail.Application, new() { ["action"] = "one", ["user"] = "somebody", ["language"] = "", ["id"] = 0 }))[1];
        Assert.Equal("one 0", Trail.Text(one, "detail"));
        Assert.Equal("one 0", Trail.Text((await trail.FilterAsync(trail.Application, new() { ["name"] = Trail.Text(one, "name") })).Single(), "detail"));
        Assert.Single(await trail.FilterAsync(trail.Application, new() { ["id"] = one.GetProperty("id").GetInt64() }));
        Assert.Contains(await trail.FilterAsync(trail.Application, new() { ["createdTime"] = Trail.Text(one, "createdTime"), ["action"] = "one" }), r => Trail.Text(r, "detail") == "one 0");
        Assert.Empty(await trail.FilterAsync(trail.Application, new() { ["createdTime"] = "2001-01-01T00:00:00Z" }));
        Assert.Empty(await trail.FilterAsync(trail.Application, new() { ["action"] = "one", ["user"] = "other" }));
        Assert.Equal(3, (await trail.FilterAsync(trail.Application, [])).Count);
        Assert.Equal("records cannot be filtered by isTriggered", await RefusedAsync(new() { ["isTriggered"] = true }));
        Assert.Equal("json: cannot unmarshal number into Go struct field Record.action of type string", await RefusedAsync(new() { ["action"] = 7 }));
        Assert.Equal("createdTime is not a time of RFC 3339", await RefusedAsync(new() { ["createdTime"] = "yesterday" }));

        async Task<string?> RefusedAsync(JsonObject wanted) => (await trail.Server.PostJsonAsync("/api/get-records-filter", wanted.ToJsonString(), trail.Application))["msg"];
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Records_follow_a_rename_and_a_namesake_of_a_deleted_organization_reads_none_of_them(DatabaseDriver driver)
    {
        var trail = await TrailAsync(driver);
        using var global = await Administrator.OfAsync(trail.Server);
        var (first, second) = (trail.Organization + "-a", trail.Organization + "-b");
        Assert.Equal("Affected", await global.WriteAsync("/api/add-organization", new() { ["owner"] = "admin", ["name"] = first }));
        await trail.Server.ExecuteAsync("update records set organization = @first, organization_id = (select id from organizations where name = @first) where organization = @Organization", new { first, trail.Organization });
        await trail.FillAsync("old", 2);
        await trail.Server.ExecuteAsync("update records set organization = @first, organization_id = (select id from organizations where name = @first) where organization = @Organization", new { first, trail.Organization });
        Assert.Equal("Affected", await global.WriteAsync("/api/update-organization?id=admin/" + first, new() { ["name"] = second }));
        Assert.Equal(2, await CountAsync(await trail.GlobalAsync(), "?organization=" + second));
        Assert.Equal("Affected", await global.WriteAsync("/api/delete-organization", new() { ["owner"] = "admin", ["name"] = second }));
        Assert.Equal("Affected", await global.WriteAsync("/api/add-organization", new() { ["owner"] = "admin", ["name"] = second }));
        await trail.Server.ExecuteAsync("update applications set organization = @second, organization_id = (select id from organizations where name = @second) where name = @Application", new { second, trail.Tenant.Application });
        Assert.Equal(0, await CountAsync(trail.Application));
        // Asked by the name, of who has it now; of nobody, of who had it.
        Assert.Equal(0, await CountAsync(await trail.GlobalAsync(), "?organization=" + second));
        await trail.Server.ExecuteAsync("update applications set organization = @Organization, organization_id = @Organization where name = @Application", new { trail.Organization, trail.Tenant.Application });
        Assert.Equal("Affected", await global.WriteAsync("/api/delete-organization", new() { ["owner"] = "admin", ["name"] = second }));
        Assert.Equal(2, await CountAsync(await trail.GlobalAsync(), "?organization=" + second));

        // Beside what was done to the organization itself.
        async Task<int> CountAsync(string authorization, string query = "") => (await trail.ListAsync(authorization, query)).Count(r => Trail.Text(r, "action") == "old");
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task No_list_and_no_search_reads_the_whole_trail(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var trail = await Trail.OfAsync(server);
        await trail.FillAsync("needle", 1);
        await server.ExecuteAsync(
            """
            insert into records (owner, name, created_time, organization, organization_id, client_ip, user_name, method, request_uri, action, object, status_code, detail)
            with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < 100000)
            select @Organization, '', 1, @Organization, @Organization, '', '', '', '', 'hay', '', 200, '' from numbers
            """, new { trail.Organization });
        Assert.Equal(10_000, (await trail.ListAsync(trail.Application)).Count);
        var page = await trail.Server.GetAsync("/api/get-records?pageSize=10&p=100000", trail.Application);
        Assert.Equal("10000", page["data2"]);
        Assert.Empty(await trail.ListAsync(trail.Application, "?pageSize=1&p=1&field=detail&value=needle"));
        Assert.Single(await trail.ListAsync(trail.Application, "?pageSize=1&p=1&field=detail&value=needle&before=" + Trail.Of(page)[0].GetProperty("id").GetInt64()));
        // An index answers that one, however far back it lies.
        Assert.Single(await trail.FilterAsync(trail.Application, new() { ["action"] = "needle" }));
    }

    private async Task<Trail> TrailAsync(DatabaseDriver driver) => await Trail.OfAsync(await servers.OnAsync(driver));
}
