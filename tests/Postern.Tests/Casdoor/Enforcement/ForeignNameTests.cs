using System.Text.Json.Nodes;
using Postern.Storage.Databases;
using Postern.Tests.Casdoor.Rows;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Enforcement;

/// <summary>What an object names of another organization is refused when it is written, and used by those who administer both.</summary>
public sealed class ForeignNameTests(Servers servers)
{
    private const string Adapter = "built-in/user-adapter-built-in";
    private const string Model = "built-in/user-model-built-in";

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_organization_cannot_write_the_name_of_what_another_one_keeps(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var (tenant, other) = (await server.NewTenantAsync(), await server.NewTenantAsync());
        var (caller, org) = (RowCaller.Of(tenant), tenant.Organization);
        Assert.Equal("Affected", await caller.WriteAsync("/api/add-adapter", new() { ["owner"] = org, ["name"] = "a" }));
        foreach (var kind in new[] { "enforcer", "permission" })
        {
            // The models of built-in are everybody's.
            Assert.Equal("Affected", await caller.WriteAsync("/api/add-" + kind, Named(kind, "own", Model, org + "/a")));
            foreach (var (property, value) in new[] { ("adapter", Adapter), ("adapter", other.Organization + "/a"), ("model", other.Organization + "/m"), ("adapter", "admin/a") })
            {
                var refusal = $"the {property} {value} is not of the organization {org}: name one of its own, written {org}/name";
                var (model, adapter) = property == "model" ? (value, org + "/a") : (Model, value);
                Assert.Equal(refusal, await caller.WriteAsync("/api/add-" + kind, Named(kind, "foreign", model, adapter)));
                Assert.Equal(refusal, await caller.WriteAsync($"/api/update-{kind}?id={org}/own", new() { [property] = value, ["displayName"] = "changed" }));
                Assert.Equal(refusal, await caller.WriteAsync($"/api/update-{kind}?id={org}/own&columns={property}", new() { [property.ToUpperInvariant()] = value }));
            }

            Assert.Null(await caller.DataAsync($"/api/get-{kind}?id={org}/foreign"));
            var kept = (await caller.DataAsync($"/api/get-{kind}?id={org}/own"))!;
            Assert.Equal((Model, org + "/a", "own"), (kept["model"]!.ToString(), kept["adapter"]!.ToString(), kept["displayName"]!.ToString()));
            Assert.Equal("Affected", await caller.WriteAsync($"/api/update-{kind}?id={org}/own", new() { ["adapter"] = org + "/b" }));
        }

        Assert.Equal("Unauthorized operation", await caller.WriteAsync("/api/add-webhook", new() { ["owner"] = org, ["name"] = "w", ["organization"] = other.Organization }));
        Assert.Equal("Unauthorized operation", await caller.WriteAsync("/api/add-webhook", new() { ["owner"] = other.Organization, ["name"] = "w", ["organization"] = org }));
        Assert.Equal("Affected", await caller.WriteAsync("/api/add-webhook", new() { ["owner"] = org, ["name"] = "w", ["organization"] = org }));
        Assert.Equal("Unauthorized operation", await caller.WriteAsync($"/api/update-webhook?id={org}/w", new() { ["organization"] = other.Organization }));
        Assert.Equal(org, (await caller.DataAsync($"/api/get-webhook?id={org}/w"))!["organization"]!.ToString());

        JsonObject Named(string kind, string name, string model, string adapter) =>
            new() { ["owner"] = org, ["name"] = name, ["displayName"] = name, ["model"] = model, ["adapter"] = adapter, ["isEnabled"] = kind == "permission" };
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_application_with_the_installation_judges_by_the_adapter_of_built_in_and_its_organization_does_not(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var (tenant, own) = (await server.NewTenantAsync("api_access = 'installation'"), await server.NewTenantAsync());
        await server.ExecuteAsync("update applications set organization = @Organization, organization_id = @Organization where name = @Application", new { tenant.Organization, own.Application });
        var (wide, narrow, org, subject) = (RowCaller.Of(tenant), RowCaller.Of(own), tenant.Organization, "carol-" + tenant.Organization);

        Assert.Equal("Affected", await wide.WriteAsync("/api/add-enforcer", new() { ["owner"] = org, ["name"] = "e", ["model"] = Model, ["adapter"] = Adapter }));
        Assert.Equal("Affected", await wide.WriteAsync($"/api/add-policy?id={org}/e", Rule("Ptype", "V")));
        Assert.Equal("Unaffected", await wide.WriteAsync($"/api/add-policy?id={org}/e", Rule("ptype", "v")));

        foreach (var query in new[]
        {
            $"enforcerId={org}/e", $"enforcerId={org}%2Fe&permissionId=&modelId=&resourceId=&owner=", $"permissionId=null&modelId=null&resourceId=null&enforcerId={org}/e&owner=null",
            $"{org}%2Fe=&enforcerId={org}%2Fe", "enforcerId=built-in/user-enforcer-built-in",
        })
        {
            Assert.Equal("[true]", await EnforceAsync(wide, "enforce", query, new JsonArray(subject, "data", "read")));
            Assert.Equal("[[true,false]]", await EnforceAsync(wide, "batch-enforce", query, new JsonArray(new JsonArray(subject, "data", "read"), new JsonArray(subject, "data", "write"))));
        }

        // The name that a global administrator wrote lends nobody what built-in keeps.
        Assert.Equal($"The adapter: {Adapter} doesn't exist in the organization {org}", await EnforceAsync(narrow, "enforce", $"enforcerId={org}/e", new JsonArray(subject, "data", "read")));
        Assert.Equal($"The adapter: {Adapter} doesn't exist in the organization {org}", await narrow.WriteAsync($"/api/remove-policy?id={org}/e", Rule("Ptype", "V")));
        Assert.Equal("Affected", await narrow.WriteAsync($"/api/update-enforcer?id={org}/e", new() { ["displayName"] = "E", ["adapter"] = Adapter }));
        Assert.Equal("Affected", await wide.WriteAsync($"/api/remove-policy?id={org}/e&adapterId=", Rule("PTYPE", "v")));
        Assert.Equal("[false]", await EnforceAsync(wide, "enforce", $"enforcerId={org}/e", new JsonArray(subject, "data", "read")));

        JsonObject Rule(string type, string value) => new()
        {
            ["Id"] = 0, [type] = "p", [value + "0"] = subject, [value + "1"] = "data", [value + "2"] = "read", [value + "3"] = "", [value + "4"] = null, [value + "5"] = "", ["tableName"] = null,
        };
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Permissions_judge_by_permission_model_resource_and_owner_of_another_organization(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var (tenant, other) = (await server.NewTenantAsync("api_access = 'installation'"), await server.NewTenantAsync());
        await other.AddUserAsync("alice");
        var (wide, org) = (RowCaller.Of(tenant), other.Organization);
        Assert.Equal("Affected", await wide.WriteAsync("/api/add-model", new() { ["owner"] = org, ["name"] = "m", ["modelText"] = (await wide.DataAsync($"/api/get-model?id={Model}"))!["modelText"]!.ToString() }));
        Assert.Equal("Affected", await wide.WriteAsync("/api/add-permission", new()
        {
            ["owner"] = org, ["name"] = "p", ["users"] = new JsonArray(org + "/alice"), ["model"] = org + "/m", ["resources"] = new JsonArray("book"), ["actions"] = new JsonArray("read"),
            ["effect"] = "Allow", ["isEnabled"] = true, ["state"] = "Approved",
        }));

        foreach (var query in new[] { $"permissionId={org}/p", $"modelId={org}/m", $"resourceId={org}/book", $"owner={org}", $"permissionId=null&modelId=null&resourceId=null&enforcerId=null&owner={org}" })
        {
            Assert.Equal("[true]", await EnforceAsync(wide, "enforce", query, new JsonArray(org + "/alice", "book", "read")));
            Assert.Equal("[[false]]", await EnforceAsync(wide, "batch-enforce", query, new JsonArray(new JsonArray(org + "/alice", "book", "write"))));
        }
    }

    /// <summary>The verdicts, or the sentence that refuses.</summary>
    private static async Task<string> EnforceAsync(RowCaller caller, string route, string query, JsonArray body)
    {
        var answer = JsonNode.Parse((await caller.Server.PostJsonAsync($"/api/{route}?{query}", body.ToJsonString(), caller.Authorization)).Text)!;
        return answer["status"]!.ToString() == "ok" ? answer["data"]!.ToJsonString() : answer["msg"]!.ToString();
    }
}
