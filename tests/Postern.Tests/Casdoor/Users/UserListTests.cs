using System.Text.Json.Nodes;
using Postern.Storage.Databases;
using Postern.Tests.Casdoor.Rows;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Users;

/// <summary>Lists of users: of a group, sorted, and their number.</summary>
public sealed class UserListTests(Servers servers)
{
    private const string Denied = "Unauthorized operation";

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_users_of_a_group_are_listed_paged_counted_searched_and_sorted(DatabaseDriver driver)
    {
        var tenant = await GroupedAsync(await servers.OnAsync(driver));
        var (application, list) = (RowCaller.Of(tenant), $"/api/get-users?owner={tenant.Organization}&groupName={Team(tenant)}");

        Assert.Equal(["u1", "u2", "u3"], Members.Names(await application.DataAsync(list)).Order());
        Assert.Equal(["u1", "u2", "u3"], Members.Names(await application.DataAsync($"/api/get-users?owner={tenant.Organization}&groupName={tenant.Organization}/{Team(tenant)}")).Order());
        Assert.Null((await application.GetAsync(list))["data2"]);

        var first = await application.GetAsync(list + "&p=1&pageSize=2&sortField=name&sortOrder=ascend");
        var second = await application.GetAsync(list + "&p=2&pageSize=2&sortField=name&sortOrder=ascend");
        Assert.Equal(("u1 u2", 3), PageOf(first));
        Assert.Equal(("u3", 3), PageOf(second));
        Assert.Equal(["u3", "u2", "u1"], Members.Names((await application.GetAsync(list + "&p=1&pageSize=5&sortField=score&sortOrder=descend"))["data"]));

        foreach (var search in new[] { "field=name&value=2", "field=name&value=u2&match=prefix", "field=email&value=u2%40", "field=score&value=2" })
        {
            var found = await application.GetAsync($"{list}&p=1&pageSize=5&{search}");
            Assert.Equal((search, ("u2", 1)), (search, PageOf(found)));
        }

        // u4 is in no group.
        Assert.Equal(0, (await application.GetAsync(list + "&p=1&pageSize=5&field=name&value=u4"))["data2"]!.GetValue<int>());
        Assert.Empty((await application.DataAsync($"/api/get-users?owner={tenant.Organization}&groupName=nobody"))!.AsArray());
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_group_of_another_organization_shows_nobody(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var (tenant, other) = (await GroupedAsync(server), await GroupedAsync(server));
        var (application, global) = (RowCaller.Of(tenant), await server.GlobalAdministratorAsync());

        Assert.Equal(["u1", "u2", "u3"], Members.Names(await application.DataAsync("/api/get-users?groupName=" + Team(tenant))).Order());
        Assert.Empty((await application.DataAsync("/api/get-users?groupName=" + Team(other)))!.AsArray());
        Assert.Empty((await application.DataAsync($"/api/get-users?groupName={other.Organization}/{Team(other)}"))!.AsArray());
        Assert.Equal(Denied, await application.MessageAsync($"/api/get-users?owner={other.Organization}&groupName={Team(other)}"));
        Assert.Equal(["u1", "u2", "u3"], Members.Names(await global.DataAsync($"/api/get-users?owner={other.Organization}&groupName={Team(other)}")).Order());
        Assert.Empty((await global.DataAsync($"/api/get-users?owner={tenant.Organization}&groupName={other.Organization}/{Team(other)}"))!.AsArray());
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_group_of_many_is_listed_under_the_bounds_of_a_scan(DatabaseDriver driver)
    {
        var tenant = await GroupedAsync(await servers.OnAsync(driver));
        await tenant.Server.ExecuteAsync(
            """
            insert into memberships (object_id, list, place, kind, member, member_id)
            with recursive n(i) as (select 1 union all select i + 1 from n where i < 2500) select @Organization || '-' || i, 'groups', 0, 'user', '', (select id from objects where kind = 'group' and name = @group) from n
            """, new { tenant.Organization, group = Team(tenant) });

        var page = await RowCaller.Of(tenant).GetAsync($"/api/get-users?owner={tenant.Organization}&groupName={Team(tenant)}&p=2&pageSize=2&sortField=name&sortOrder=ascend");

        Assert.Equal(("u3", 3), PageOf(page));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_first_of_a_sorting_are_told_and_never_by_what_is_secret(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await GroupedAsync(server);
        var (application, path) = (RowCaller.Of(tenant), $"/api/get-sorted-users?owner={tenant.Organization}");

        foreach (var sorter in new[] { "score", "name", "created_time", "createdTime", "display_name", "email" })
        {
            Assert.Equal((sorter, "u4 u3"), (sorter, string.Join(' ', Members.Names(await application.DataAsync($"{path}&sorter={sorter}&limit=2")))));
        }

        Assert.Equal(["u4", "u3", "u2", "u1"], Members.Names(await application.DataAsync("/api/get-sorted-users?sorter=name&limit=1000")));
        Assert.Empty((await application.DataAsync(path + "&sorter=name"))!.AsArray());
        foreach (var sorter in new[] { "password", "password_salt", "totpSecret", "recovery_codes", "managed_accounts", "mfaAccounts", "access_token", "nothing", "name;drop", "groups", "properties" })
        {
            Assert.Equal("users cannot be sorted by " + sorter, await application.MessageAsync($"{path}&sorter={Uri.EscapeDataString(sorter)}&limit=2"));
        }

        foreach (var limit in new[] { "1001", "-1", "x", "99999999999" })
        {
            Assert.Equal("limit must be a number of at most 1000", await application.MessageAsync($"{path}&sorter=name&limit={limit}"));
        }

        Assert.Equal("sorter must not be empty", await application.MessageAsync(path + "&limit=2"));
        Assert.Equal(Denied, await RowCaller.Of(await server.NewTenantAsync()).MessageAsync(path + "&sorter=name&limit=2"));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Users_are_counted_as_every_client_asks(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await GroupedAsync(server);
        var (application, path) = (RowCaller.Of(tenant), $"/api/get-user-count?owner={tenant.Organization}");

        foreach (var (query, count) in new[] { ("", 4), ("&isOnline=", 4), ("&isOnline=0", 4), ("&isOnline=false", 4), ("&isOnline=1", 0), ("&isOnline=true", 0) })
        {
            Assert.Equal((query, count), (query, (await application.DataAsync(path + query))!.GetValue<int>()));
        }

        Assert.Equal("Affected", await application.WriteAsync("/api/delete-user", new() { ["owner"] = tenant.Organization, ["name"] = "u1" }));
        Assert.Equal(3, (await application.DataAsync("/api/get-user-count"))!.GetValue<int>());
        Assert.Equal("isOnline must be 1, 0, true, false or empty", await application.MessageAsync(path + "&isOnline=2"));
        Assert.Equal(Denied, await RowCaller.Of(await server.NewTenantAsync()).MessageAsync(path));
        Assert.True((await (await server.GlobalAdministratorAsync()).DataAsync("/api/get-user-count"))!.GetValue<int>() > 4);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_organizations_users_are_listed_under_the_other_name_too(DatabaseDriver driver)
    {
        var tenant = await GroupedAsync(await servers.OnAsync(driver));
        var global = await tenant.Server.GlobalAdministratorAsync();
        foreach (var query in new[] { "owner", "organization" })
        {
            var path = $"/api/get-organization-users?{query}={tenant.Organization}";
            Assert.Equal(["u1", "u2", "u3", "u4"], Members.Names(await RowCaller.Of(tenant).DataAsync(path)).Order());
            Assert.Equal(["u1", "u2", "u3", "u4"], Members.Names(await global.DataAsync(path)).Order());
            Assert.Equal(Denied, await RowCaller.Of(await tenant.Server.NewTenantAsync()).MessageAsync(path));
        }
    }

    private static (string Names, int Total) PageOf(JsonNode answer) => (string.Join(' ', Members.Names(answer["data"])), answer["data2"]!.GetValue<int>());

    // The name of a group is an installation's once.
    private static string Team(Tenant tenant) => "team-" + tenant.Organization;

    /// <summary>Four users, made one after the other; three of them in the team.</summary>
    private static async Task<Tenant> GroupedAsync(TestServer server)
    {
        var tenant = await server.NewOrganizationAsync();
        Assert.Equal("Affected", await RowCaller.Of(tenant).WriteAsync("/api/add-group", new() { ["owner"] = tenant.Organization, ["name"] = Team(tenant) }));
        for (var i = 1; i <= 4; i++)
        {
            await tenant.AddUserAsync($"u{i}", ("score", i), ("email", $"u{i}@example.com"), ("displayName", $"User {i}"), ("createdTime", $"2026-01-0{i}T00:00:00Z"),
                ("groups", i < 4 ? new JsonArray($"{tenant.Organization}/{Team(tenant)}") : new JsonArray()));
        }

        return tenant;
    }
}
