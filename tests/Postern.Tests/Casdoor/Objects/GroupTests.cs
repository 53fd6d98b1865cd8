using System.Text.Json.Nodes;
using Dapper;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Objects;

/// <summary>Groups hang below groups by id: names change, and the tree stays.</summary>
public sealed class GroupTests(Servers servers)
{
    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_tree_has_its_children_and_a_group_the_name_of_its_parent(DatabaseDriver driver)
    {
        await using var world = await World.StartAsync(await servers.OnAsync(driver));
        await world.AddAsync("team", "dept", displayName: "Team");
        await world.AddAsync("dept", world.Organization, displayName: "Department");
        await world.AddAsync("desk", $"{world.Organization}/team", displayName: "Desk");

        var tree = (await world.Administrator.GetAsync($"/api/get-groups?owner={world.Organization}&withTree=true"))["data"]!.AsArray();

        Assert.Equal("dept[team[desk]]", Drawn(tree));
        Assert.Equal(("Department", world.Organization, "Virtual", "dept"),
            (tree[0]!["title"]!.ToString(), tree[0]!["owner"]!.ToString(), tree[0]!["type"]!.ToString(), tree[0]!["name"]!.ToString()));
        Assert.False(tree[0]!["children"]![0]!["children"]![0]!.AsObject().ContainsKey("children"));
        Assert.Equal([("dept", "", true), ("desk", "Team", false), ("team", "Department", true)], await world.ShownAsync("parentName"));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_rename_of_a_group_or_an_organization_carries_the_tree_and_its_labels_along(DatabaseDriver driver)
    {
        await using var world = await World.StartAsync(await servers.OnAsync(driver));
        await world.AddAsync("dept", world.Organization);
        await world.AddAsync("team", "dept");
        var renamed = world.Organization + "-b";

        Assert.Equal("Affected", await world.UpdateAsync("dept", new() { ["name"] = "unit" }));
        Assert.Equal([("team", "unit", false), ("unit", world.Organization, true)], await world.ShownAsync("parentId"));
        Assert.Equal("Affected", await world.Administrator.WriteAsync($"/api/update-organization?id=admin/{world.Organization}", new() { ["name"] = renamed }));
        world.Organization = renamed;

        Assert.Equal([("team", "unit", false), ("unit", renamed, true)], await world.ShownAsync("parentId"));
        Assert.Equal("unit[team]", await world.TreeAsync());
        Assert.Equal("the group unit has groups below it: delete them first", await world.DeleteAsync("unit"));
        Assert.Equal("Affected", await world.DeleteAsync("team"));
        Assert.Equal("Affected", await world.DeleteAsync("unit"));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Two_organizations_have_groups_of_one_name(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        await using var first = await World.StartAsync(server);
        await using var second = await World.StartAsync(server);
        await first.AddAsync("staff", first.Organization);
        await second.AddAsync("staff", second.Organization);
        await second.AddAsync("desk", "staff");

        Assert.Equal("Affected", await first.DeleteAsync("staff"));
        Assert.Equal("staff[desk]", await second.TreeAsync());
        Assert.Equal("The group: staff already exists", await second.Administrator.WriteAsync("/api/add-group", second.Group("staff", "")));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task No_group_is_below_itself_whatever_is_written_at_once(DatabaseDriver driver)
    {
        await using var world = await World.StartAsync(await servers.OnAsync(driver));
        foreach (var name in new[] { "a", "b", "c" })
        {
            await world.AddAsync(name, world.Organization);
        }

        Assert.Equal($"parentId must not be the group itself or a group below it: {world.Organization}/a", await world.UpdateAsync("a", new() { ["parentId"] = "a" }));
        var answers = await Task.WhenAll(
            world.UpdateAsync("a", new() { ["parentId"] = "b" }), world.UpdateAsync("b", new() { ["parentId"] = "c" }), world.UpdateAsync("c", new() { ["parentId"] = "a" }));

        Assert.Equal(2, answers.Count(a => a == "Affected"));
        Assert.Contains(answers, a => a.StartsWith("parentId must not be", StringComparison.Ordinal));
        Assert.Equal(3, (await world.TreeAsync()).Count(char.IsLetter));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_group_that_comes_later_takes_those_that_named_it_and_makes_no_circle(DatabaseDriver driver)
    {
        await using var world = await World.StartAsync(await servers.OnAsync(driver));
        await world.AddAsync("a", "b");
        Assert.Equal("a", await world.TreeAsync());
        await world.AddAsync("b", "a");

        Assert.Equal("a[b]", await world.TreeAsync());
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Groups_are_twenty_levels_deep_at_most(DatabaseDriver driver)
    {
        await using var world = await World.StartAsync(await servers.OnAsync(driver));
        for (var level = 1; level <= 20; level++)
        {
            await world.AddAsync($"g{level}", level == 1 ? "" : $"g{level - 1}");
        }

        await world.AddAsync("top", "");
        Assert.Equal("groups are at most 20 levels deep", await world.Administrator.WriteAsync("/api/add-group", world.Group("g21", "g20")));
        Assert.Equal("groups are at most 20 levels deep", await world.UpdateAsync("g1", new() { ["parentId"] = "top" }));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Groups_that_named_their_parents_before_these_came_are_twenty_levels_deep_too(DatabaseDriver driver)
    {
        await using var world = await World.StartAsync(await servers.OnAsync(driver));
        for (var level = 1; level <= 22; level++)
        {
            await world.AddAsync($"g{level}", $"g{level + 1}");
        }

        var tree = await world.TreeAsync();
        Assert.Equal(20, Depth(tree));
        Assert.Equal(22, tree.Count(c => c == 'g'));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_upgrade_finds_the_parents_that_were_kept_by_name(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver, prepare: database => database.UnderStartLockAsync(async (connection, transaction) =>
        {
            await Migrations.ApplyAsync(database, connection, transaction, TimeProvider.System, last: 32);
            await connection.ExecuteAsync(
                """
                insert into organizations (id, owner, name, created_time, display_name, password_type, default_application, account_items, disable_signin,
                  enable_soft_deletion, is_profile_public, token_retention_days, record_retention_days, body)
                values ('o', 'admin', 'hold', 1, '', '', '', '[]', false, false, false, 0, 0, '{}');
                """, transaction: transaction);
            foreach (var (name, parent) in new[] { ("dept", "hold"), ("team", "dept"), ("desk", "hold/team"), ("lost", "nowhere"), ("x", "y"), ("y", "x"), ("under", "x") })
            {
                await connection.ExecuteAsync(
                    """
                    insert into objects (id, kind, owner, name, created_time, organization, organization_id, lookup, body) values (@name, 'group', 'hold', @name, 1, 'hold', 'o', @name, @body);
                    insert into memberships (object_id, list, place, kind, member) values (@name, 'parent', 0, 'group', @parent);
                    """, new { name, parent, body = new JsonObject { ["type"] = "Virtual", ["parentId"] = parent }.ToJsonString() }, transaction);
            }
        }));
        await using var world = await World.StartAsync(server);
        world.Organization = "hold";

        Assert.Equal("dept[team[desk]],lost,x[under],y", await world.TreeAsync());
        Assert.Equal("the group dept has groups below it: delete them first", await world.DeleteAsync("dept"));
        await world.AddAsync("nowhere", "hold");
        Assert.Equal("dept[team[desk]],nowhere[lost],x[under],y", await world.TreeAsync());
        Assert.Equal("Affected", await world.UpdateAsync("dept", new() { ["name"] = "unit" }));
        Assert.Contains(("team", "unit", true), await world.ShownAsync("parentId"));
    }

    private static int Depth(string tree) => 1 + tree.Aggregate((Now: 0, Most: 0), (d, c) => c == '[' ? (d.Now + 1, Math.Max(d.Most, d.Now + 1)) : c == ']' ? (d.Now - 1, d.Most) : d).Most;

    /// <summary>The names, in their order, with those below in brackets.</summary>
    private static string Drawn(JsonArray nodes) =>
        string.Join(',', nodes.Select(n => n!["key"]!.ToString() + (n["children"] is JsonArray below ? $"[{Drawn(below)}]" : "")).Order(StringComparer.Ordinal));

    private sealed class World(Administrator administrator, string organization) : IAsyncDisposable
    {
        public Administrator Administrator => administrator;

        public string Organization { get; set; } = organization;

        public static async Task<World> StartAsync(TestServer server) => new(await Administrator.OfAsync(server), (await server.NewTenantAsync()).Organization);

        public JsonObject Group(string name, string parent, string displayName = "") =>
            new() { ["owner"] = Organization, ["name"] = name, ["displayName"] = displayName, ["type"] = "Virtual", ["parentId"] = parent };

        public async Task AddAsync(string name, string parent, string displayName = "") =>
            Assert.Equal("Affected", await administrator.WriteAsync("/api/add-group", Group(name, parent, displayName)));

        public Task<string> UpdateAsync(string name, JsonObject change) => administrator.WriteAsync($"/api/update-group?id={Organization}/{name}", change);

        public Task<string> DeleteAsync(string name) => administrator.WriteAsync("/api/delete-group", new() { ["owner"] = Organization, ["name"] = name });

        public async Task<string> TreeAsync() => Drawn((await administrator.GetAsync($"/api/get-groups?owner={Organization}&withTree=true"))["data"]!.AsArray());

        public async Task<IEnumerable<(string Name, string Value, bool HasChildren)>> ShownAsync(string property) => (await administrator.GetAsync($"/api/get-groups?owner={Organization}"))["data"]!.AsArray()
            .Select(g => (g!["name"]!.ToString(), g[property]!.ToString(), (bool)g["haveChildren"]!)).OrderBy(g => g.Item1, StringComparer.Ordinal);

        public ValueTask DisposeAsync()
        {
            administrator.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
