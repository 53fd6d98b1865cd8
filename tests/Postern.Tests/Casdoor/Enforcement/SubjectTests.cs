using System.Text.Json.Nodes;
using Postern.Storage.Databases;
using Postern.Tests.Casdoor.Objects;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Enforcement;

/// <summary>What enforcement tells of its subjects.</summary>
public sealed class SubjectTests(Servers servers)
{
    /// <summary>A matcher that asks about the subject, and not about a policy.</summary>
    private const string Asking =
        "[request_definition]\nr = sub, obj, act\n[policy_definition]\np = sub, obj, act\n[role_definition]\ng = _, _\n"
        + "[policy_effect]\ne = some(where (p.eft == allow))\n[matchers]\nm = g(r.sub, r.obj)";

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_model_that_asks_about_a_subject_hears_of_its_own_organization_only(DatabaseDriver driver)
    {
        // A permission of built-in for * reaches every user of the server.
        await using var server = await TestServer.StartAsync(driver);
        var (hold, other) = (await server.NewTenantAsync(), await server.NewTenantAsync());
        using var administrator = await Administrator.OfAsync(server);
        foreach (var (org, user) in new[] { (hold.Organization, "ann"), (other.Organization, "carol") })
        {
            Assert.Equal("Affected", await administrator.WriteAsync("/api/add-group", new() { ["owner"] = org, ["name"] = "staff-" + org }));
            Assert.Equal("Affected", await administrator.WriteAsync("/api/add-user", new() { ["owner"] = org, ["name"] = user, ["groups"] = new JsonArray($"{org}/staff-{org}") }));
            Assert.Equal("Affected", await administrator.WriteAsync("/api/add-role", new() { ["owner"] = org, ["name"] = "secret", ["users"] = new JsonArray($"{org}/{user}"), ["isEnabled"] = true }));
        }

        // A role of another organization that a global administrator gave to a user of this one.
        Assert.Equal("Affected", await administrator.WriteAsync(
            "/api/add-role", new() { ["owner"] = other.Organization, ["name"] = "guests", ["users"] = new JsonArray($"{hold.Organization}/ann"), ["isEnabled"] = true }));
        foreach (var org in new[] { hold.Organization, "built-in" })
        {
            Assert.Equal("Affected", await administrator.WriteAsync("/api/add-model", new() { ["owner"] = org, ["name"] = "asks-" + hold.Organization, ["modelText"] = Asking }));
            Assert.Equal("Affected", await administrator.WriteAsync("/api/add-permission", new()
            {
                ["owner"] = org, ["name"] = "asks-" + hold.Organization, ["model"] = $"{org}/asks-{hold.Organization}", ["isEnabled"] = true,
                ["users"] = new JsonArray(org == "built-in" ? $"{hold.Organization}/ann" : "*"), ["resources"] = new JsonArray("x"), ["actions"] = new JsonArray("y"),
            }));
        }

        var (holds, others) = (hold.Organization, other.Organization);
        Assert.Equal("[[true,true,true,false,false]]", await AskAsync(holds, (holds, "ann", $"{holds}/secret"), (holds, "ann", $"{holds}/staff-{holds}"), (holds, "ann", $"{holds}/*"), (holds, "ann", $"{others}/guests"), (holds, "nobody", $"{holds}/*")));
        // A user who exists, and one who does not.
        Assert.Equal("[[false,false,false,true]]", await AskAsync(holds, (others, "carol", $"{others}/secret"), (others, "carol", $"{others}/staff-{others}"), (others, "carol", $"{others}/*"), (others, "carol", "*")));
        Assert.Equal("[[false,false,false,true]]", await AskAsync(holds, (others, "nobody", $"{others}/secret"), (others, "nobody", $"{others}/staff-{others}"), (others, "nobody", $"{others}/*"), (others, "nobody", "*")));
        Assert.Equal("[[true,true,true,true]]", await AskAsync("built-in", (others, "carol", $"{others}/secret"), (others, "carol", $"{others}/staff-{others}"), (holds, "ann", $"{others}/guests"), (holds, "ann", $"{holds}/secret")));

        async Task<string> AskAsync(string organization, params (string Owner, string Name, string Role)[] asked)
        {
            var requests = new JsonArray([.. asked.Select(a => (JsonNode)new JsonArray($"{a.Owner}/{a.Name}", a.Role, "x"))]).ToJsonString();
            var query = $"/api/batch-enforce?permissionId={organization}/asks-{holds}";
            return organization == "built-in" ? (await administrator.PostAsync(query, requests)).Body["data"]!.ToJsonString()
                : (await server.PostJsonAsync(query, requests, Api.Basic(hold.ClientId, hold.ClientSecret))).Body.GetProperty("data").GetRawText();
        }
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_batch_that_costs_too_much_is_refused_with_how_many_requests_are_not(DatabaseDriver driver)
    {
        var world = await ObjectWorld.CreateAsync(await servers.OnAsync(driver));
        using var administrator = await Administrator.OfAsync(world.Server);
        var org = world.Organization;
        Assert.Equal("Affected", await administrator.WriteAsync("/api/add-permission", new()
        {
            ["owner"] = org, ["name"] = "many", ["isEnabled"] = true, ["users"] = new JsonArray("*"),
            ["resources"] = new JsonArray([.. Enumerable.Range(0, 90).Select(i => (JsonNode)$"r{i}")]), ["actions"] = new JsonArray([.. Enumerable.Range(0, 100).Select(i => (JsonNode)$"a{i}")]),
        }));

        var refused = await BatchAsync(1000);
        Assert.Equal("error", refused["status"]!.ToString());
        var most = int.Parse(System.Text.RegularExpressions.Regex.Match(refused["msg"]!.ToString(), "^1000 requests by 9000 policies are too much for one call: send at most ([0-9]+) requests at once").Groups[1].Value);
        Assert.InRange(most, 50, 500);
        Assert.Equal("error", (await BatchAsync(most + 1))["status"]!.ToString());
        Assert.Equal(Enumerable.Repeat("true", most / 8), (await BatchAsync(most / 8))["data"]![0]!.AsArray().Select(v => v!.ToJsonString()));

        async Task<JsonNode> BatchAsync(int count) =>
            (await administrator.PostAsync($"/api/batch-enforce?permissionId={org}/many", new JsonArray([.. Enumerable.Range(0, count).Select(i => (JsonNode)new JsonArray($"{org}/u{i}", "r89", "a99"))]).ToJsonString())).Body;
    }
}
