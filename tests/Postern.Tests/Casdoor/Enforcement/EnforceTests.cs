using System.Text.Json.Nodes;
using Postern.Storage.Databases;
using Postern.Tests.Casdoor.Objects;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Enforcement;

public sealed class EnforceTests(Servers servers)
{
    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_permission_reaches_a_user_through_his_role_and_one_that_denies_outweighs_it(DatabaseDriver driver)
    {
        var world = await ObjectWorld.CreateAsync(await servers.OnAsync(driver));
        using var administrator = await Administrator.OfAsync(world.Server);
        var org = world.Organization;
        foreach (var user in new[] { "ann", "bob" })
        {
            Assert.Equal("Affected", await administrator.WriteAsync("/api/add-user", new() { ["owner"] = org, ["name"] = user }));
        }

        Assert.Equal("Affected", await administrator.WriteAsync("/api/add-role", new() { ["owner"] = org, ["name"] = "reader", ["users"] = new JsonArray($"{org}/ann"), ["isEnabled"] = true }));
        Assert.Equal("Affected", await administrator.WriteAsync("/api/add-permission", Permission("may", "Allow", roles: $"{org}/reader")));
        Assert.Equal("[true]", await EnforceAsync($"permissionId={org}/may", $"{org}/ann", "book", "read"));
        Assert.Equal("[false]", await EnforceAsync($"permissionId={org}/may", $"{org}/ann", "book", "write"));
        Assert.Equal("[false]", await EnforceAsync($"permissionId={org}/may", $"{org}/bob", "book", "read"));
        Assert.Equal($"""[["{org}/reader"],["book"]]""", $"[{await HeldAsync("roles")},{await HeldAsync("objects")}]");

        Assert.Equal("Affected", await administrator.WriteAsync("/api/add-permission", Permission("not", "Deny", users: $"{org}/ann")));
        Assert.Equal("[false]", await EnforceAsync($"owner={org}", $"{org}/ann", "book", "read"));
        Assert.Equal("Affected", await administrator.WriteAsync("/api/delete-permission", new() { ["owner"] = org, ["name"] = "not" }));
        Assert.Equal("[true]", await EnforceAsync($"owner={org}", $"{org}/ann", "book", "read"));

        JsonObject Permission(string name, string effect, string? users = null, string? roles = null) => new()
        {
            ["owner"] = org, ["name"] = name, ["effect"] = effect, ["isEnabled"] = true, ["resources"] = new JsonArray("book"), ["actions"] = new JsonArray("read"),
            ["users"] = users is null ? [] : new JsonArray(users), ["roles"] = roles is null ? [] : new JsonArray(roles),
        };

        async Task<string> EnforceAsync(string query, params string[] request) =>
            (await administrator.PostAsync("/api/enforce?" + query, new JsonArray([.. request.Select(r => (JsonNode)r)]).ToJsonString())).Body["data"]!.ToJsonString();

        async Task<string> HeldAsync(string what) => (await administrator.GetAsync($"/api/get-all-{what}?userId={org}/ann"))["data"]!.ToJsonString();
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Permissions_that_are_too_large_together_are_refused_before_they_are_read(DatabaseDriver driver)
    {
        var world = await ObjectWorld.CreateAsync(await servers.OnAsync(driver));
        using var administrator = await Administrator.OfAsync(world.Server);
        var org = world.Organization;
        JsonObject Permission(string name) => new()
        {
            ["owner"] = org, ["name"] = name, ["effect"] = "Allow", ["isEnabled"] = true, ["resources"] = new JsonArray("book"), ["actions"] = new JsonArray("read"), ["users"] = new JsonArray($"{org}/*"),
        };
        Assert.Equal("Affected", await administrator.WriteAsync("/api/add-permission", Permission("may")));
        Assert.Equal("Affected", await administrator.WriteAsync("/api/add-permission", Permission("much")));
        // As many members as ten full permissions have.
        await world.Server.ExecuteAsync(
            """
            insert into memberships (object_id, list, place, kind, member)
            with recursive places (n) as (select 1 union all select n + 1 from places where n < 100000)
            select o.id, 'users', n, 'permission', 'x/y' from places, objects o where o.kind = 'permission' and o.owner = @org and o.name = 'much'
            """, new { org });

        var all = (await administrator.PostAsync($"/api/enforce?owner={org}", $"""["{org}/ann","book","read"]""")).Body;
        var one = (await administrator.PostAsync($"/api/enforce?permissionId={org}/may", $"""["{org}/ann","book","read"]""")).Body;

        Assert.Contains("too large to be judged together", all["msg"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal("ok", one["status"]!.ToString());
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_enforcer_judges_by_the_policies_of_its_adapter_as_they_are_now(DatabaseDriver driver)
    {
        var world = await ObjectWorld.CreateAsync(await servers.OnAsync(driver));
        using var administrator = await Administrator.OfAsync(world.Server);
        var org = world.Organization;
        const string model = "[request_definition]\nr = sub, obj, act\n[policy_definition]\np = sub, obj, act\n[role_definition]\ng = _, _\n[policy_effect]\ne = some(where (p.eft == allow))\n[matchers]\nm = g(r.sub, p.sub) && r.obj == p.obj && r.act == p.act";
        Assert.Equal("Affected", await administrator.WriteAsync("/api/add-model", new() { ["owner"] = org, ["name"] = "m", ["modelText"] = model }));
        Assert.Equal("Affected", await administrator.WriteAsync("/api/add-adapter", new() { ["owner"] = org, ["name"] = "a", ["useSameDb"] = true }));
        Assert.Equal("Affected", await administrator.WriteAsync("/api/add-enforcer", new() { ["owner"] = org, ["name"] = "e", ["model"] = $"{org}/m", ["adapter"] = $"{org}/a" }));
        Assert.Equal("Affected", await administrator.WriteAsync($"/api/add-policy?id={org}/e", Rule("p", "admin", "data", "read")));
        Assert.Equal("Unaffected", await administrator.WriteAsync($"/api/add-policy?id={org}/e", Rule("p", "admin", "data", "read")));
        Assert.Equal("[[false,false]]", await BatchAsync());
        Assert.Equal("Affected", await administrator.WriteAsync($"/api/add-policy?id={org}/e", Rule("g", "alice", "admin")));
        Assert.Equal("[[true,false]]", await BatchAsync());

        var update = new JsonArray(Rule("p", "admin", "data", "read"), Rule("p", "admin", "data", "write"));
        Assert.Equal("Affected", (await administrator.PostAsync($"/api/update-policy?id={org}/e", update.ToJsonString())).Body["data"]!.ToString());
        Assert.Equal("[[false,true]]", await BatchAsync());
        Assert.Equal(["alice"], (await administrator.PostAsync($"/api/get-filtered-policies?id={org}/e", """[{"ptype":"g","fieldIndex":1,"fieldValues":["admin"]}]""")).Body["data"]!.AsArray().Select(r => r!["V0"]!.ToString()));
        Assert.Equal("Affected", await administrator.WriteAsync($"/api/remove-policy?id={org}/e", Rule("g", "alice", "admin")));
        Assert.Equal("[[false,false]]", await BatchAsync());
        Assert.Single((await administrator.GetAsync($"/api/get-policies?id={org}/e"))["data"]!.AsArray());

        async Task<string> BatchAsync() =>
            (await administrator.PostAsync($"/api/batch-enforce?enforcerId={org}/e", """[["alice","data","read"],["alice","data","write"]]""")).Body["data"]!.ToJsonString();

        static JsonObject Rule(string type, params string[] values)
        {
            var rule = new JsonObject { ["Ptype"] = type };
            for (var i = 0; i < values.Length; i++)
            {
                rule["V" + i] = values[i];
            }

            return rule;
        }
    }

    [Fact]
    public async Task What_cannot_judge_is_named_and_allows_nothing()
    {
        var world = await ObjectWorld.CreateAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        using var administrator = await Administrator.OfAsync(world.Server);
        var org = world.Organization;
        foreach (var (query, body, message) in new[]
        {
            ("", "[]", "exactly one of permissionId, modelId, resourceId, enforcerId and owner must be given"),
            ($"permissionId={org}/none", """["a","b","c"]""", $"The permission: {org}/none doesn't exist"),
            ($"enforcerId={org}/none", """["a","b","c"]""", $"The enforcer: {org}/none doesn't exist"),
            ($"permissionId={org}", "[]", "GetOwnerAndNameFromId() error, wrong token count for ID: " + org),
        })
        {
            var answer = (await administrator.PostAsync("/api/enforce?" + query, body)).Body;
            Assert.Equal(("error", message, (JsonNode?)null), (answer["status"]!.ToString(), answer["msg"]!.ToString(), answer["data"]));
        }

        Assert.Contains("section", await administrator.WriteAsync("/api/add-model", new() { ["owner"] = org, ["name"] = "m", ["modelText"] = "m = true" }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_permission_that_means_billions_of_rules_is_refused_before_they_are_made()
    {
        var world = await ObjectWorld.CreateAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        using var administrator = await Administrator.OfAsync(world.Server);
        var org = world.Organization;
        JsonArray Many(string prefix) => [.. Enumerable.Range(0, 1000).Select(i => (JsonNode)$"{prefix}{i}")];
        JsonObject Permission(string name, JsonArray users, JsonArray resources) => new()
        {
            ["owner"] = org, ["name"] = name, ["effect"] = "Allow", ["isEnabled"] = true, ["users"] = users, ["resources"] = resources, ["actions"] = Many("a"), ["domains"] = Many("d"),
        };

        Assert.Equal("Affected", await administrator.WriteAsync("/api/add-permission", Permission("vast", Many(org + "/u"), Many("r"))));
        Assert.Equal("the permissions come to more than 10000 rules: name fewer users, or give them a role", await EnforceAsync("permissionId=" + org + "/vast"));
        Assert.Equal("the permissions come to more than 10000 rules: name fewer users, or give them a role", await EnforceAsync("owner=" + org));

        // The roles of a subject count in each domain.
        const string model = "[request_definition]\nr = sub, dom, obj, act\n[policy_definition]\np = sub, dom, obj, act\n[role_definition]\ng = _, _, _\n[policy_effect]\ne = some(where (p.eft == allow))\n[matchers]\nm = g(r.sub, p.sub, r.dom) && r.dom == p.dom";
        Assert.Equal("Affected", await administrator.WriteAsync("/api/add-model", new() { ["owner"] = org, ["name"] = "m", ["modelText"] = model }));
        Assert.Equal("Affected", await administrator.WriteAsync("/api/add-user", new() { ["owner"] = org, ["name"] = "ann" }));
        for (var i = 0; i < 11; i++)
        {
            Assert.Equal("Affected", await administrator.WriteAsync("/api/add-role", new() { ["owner"] = org, ["name"] = "r" + i, ["users"] = new JsonArray($"{org}/ann"), ["isEnabled"] = true }));
        }

        var wide = Permission("wide", [$"{org}/ann"], ["x"]);
        (wide["model"], wide["actions"]) = ($"{org}/m", new JsonArray("read"));
        Assert.Equal("Affected", await administrator.WriteAsync("/api/add-permission", wide));
        Assert.StartsWith("the roles of the subject in all domains come to more than 10000", await EnforceAsync($"permissionId={org}/wide", "d1"), StringComparison.Ordinal);

        async Task<string> EnforceAsync(string query, params string[] more) =>
            (await administrator.PostAsync("/api/enforce?" + query, new JsonArray([$"{org}/ann", .. more.Select(m => (JsonNode)m), "x", "read"]).ToJsonString())).Body["msg"]!.ToString();
    }
}
