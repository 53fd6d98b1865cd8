using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Postern.Directory.Statistics;
using Postern.Storage.Databases;
using Postern.Storage.Tables;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Ownership;

/// <summary>An organization is its row: a later one of its name, or one that takes a name which it gave up, has nothing of it.</summary>
public sealed class DeletedOrganizationTests(Servers servers)
{
    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_new_organization_of_a_deleted_ones_name_has_nothing_of_it(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        using var administrator = await Administrator.OfAsync(server);
        var world = await World.NewAsync(server, administrator);
        var carol = await world.SignInAsync();
        await server.Services.GetRequiredService<StatisticsCounter>().FlushAsync();
        Assert.Equal("Affected", await administrator.WriteAsync("/api/add-session", new JsonObject { ["owner"] = world.Organization, ["name"] = "carol", ["application"] = "a", ["sessionId"] = new JsonArray("s") }));
        Assert.NotEqual(0, await server.ScalarAsync<long>("select count(*) from statistics where organization_id = @Id", new { world.Id }));
        Assert.NotEqual("[]", (await world.DataAsync("/api/get-records")).ToJsonString());

        Assert.Contains("still has", await administrator.WriteAsync("/api/delete-organization", Key("admin", world.Organization)), StringComparison.Ordinal);
        await world.EmptyAsync();
        Assert.Equal("Affected", await administrator.WriteAsync("/api/delete-organization", Key("admin", world.Organization)));

        var left = await DeletedApplicationTests.MentionsAsync(server, world.Id, world.Organization);
        Assert.Empty(left.Except(["webhook_events.organization", "webhook_events.organization_id", "retired_ids.id"]));
        var again = await World.NewAsync(server, administrator, world.Organization);
        Assert.NotEqual(world.Id, again.Id);
        Assert.False(await server.IsGoodAsync(carol["access_token"]));
        Assert.DoesNotContain("carol", (await again.DataAsync("/api/get-records")).ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(0, (await again.DataAsync("/api/get-statistics"))["signIns"]!.AsArray().Sum(s => s!.ToJsonString().Contains("\"total\":1", StringComparison.Ordinal) ? 1 : 0));
        Assert.Equal("[]", (await again.DataAsync("/api/get-tokens?owner=admin")).ToJsonString());
        Assert.Equal("[]", (await again.DataAsync($"/api/get-users?owner={world.Organization}")).ToJsonString());
        Assert.Equal("[]", (await again.DataAsync($"/api/get-sessions?owner={world.Organization}")).ToJsonString());
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_renamed_organization_keeps_all_and_who_takes_its_old_name_gets_nothing(DatabaseDriver driver)
    {
        await using var receiver = await Receiver.StartAsync();
        await using var server = await TestServer.StartAsync(driver, o => o with { AllowPrivateTargets = true });
        using var administrator = await Administrator.OfAsync(server);
        var world = await World.NewAsync(server, administrator);
        var carol = await world.SignInAsync();
        Assert.Equal("Affected", await administrator.WriteAsync("/api/add-webhook", new JsonObject
        {
            ["owner"] = world.Organization, ["name"] = "hook", ["organization"] = world.Organization, ["url"] = receiver.Address, ["events"] = new JsonArray("login"), ["isEnabled"] = true,
        }));
        var renamed = world.Organization + "-new";

        Assert.Equal("Affected", await administrator.WriteAsync($"/api/update-organization?id=admin/{world.Organization}", new JsonObject { ["name"] = renamed }));

        var thief = await World.NewAsync(server, administrator, world.Organization);
        Assert.True(await server.IsGoodAsync(carol["access_token"]));
        Assert.Equal(200, (await world.Tenant.RefreshAsync(carol["refresh_token"]!)).Status);
        var user = carol.Claims("access_token").GetProperty("sub").GetString();
        // By her openid and by her unionid, which is the organization's.
        Assert.Equal(user, (await world.SignInAsync()).Claims("access_token").GetProperty("sub").GetString());
        await server.ExecuteAsync("delete from external_identities where kind = 'openid'");
        Assert.Equal(user, (await world.SignInAsync()).Claims("access_token").GetProperty("sub").GetString());
        Assert.Contains("carol", (await world.DataAsync("/api/get-records")).ToJsonString(), StringComparison.Ordinal);
        Assert.NotEqual("[]", (await world.DataAsync("/api/get-tokens?owner=admin")).ToJsonString());
        await server.Services.GetRequiredService<Postern.CasdoorApi.Webhooks.WebhookDelivery>().SendDueAsync(CancellationToken.None);
        Assert.Equal(renamed, JsonNode.Parse((await receiver.NextAsync()).Body)!["organization"]!.ToString());

        Assert.DoesNotContain("carol", (await thief.DataAsync("/api/get-records")).ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("[]", (await thief.DataAsync("/api/get-tokens?owner=admin")).ToJsonString());
        Assert.Equal("[]", (await thief.DataAsync("/api/get-webhooks")).ToJsonString());
        Assert.Equal("[]", (await thief.DataAsync("/api/get-webhook-events")).ToJsonString());
        var other = await thief.SignInAsync();
        Assert.NotEqual(user, other.Claims("access_token").GetProperty("sub").GetString());
        // A token of the new organization is good, and opens nothing of the renamed one.
        Assert.Equal("Unauthorized operation", (await server.GetAsync($"/api/get-users?owner={renamed}", Api.Basic(thief.Tenant.ClientId, thief.Tenant.ClientSecret)))["msg"]);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_row_that_only_has_the_callers_organizations_name_is_not_the_callers(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        using var administrator = await Administrator.OfAsync(server);
        var (world, other) = (await World.NewAsync(server, administrator), await World.NewAsync(server, administrator));
        Assert.Equal("Affected", await administrator.WriteAsync("/api/add-role", new JsonObject { ["owner"] = other.Organization, ["name"] = "baker" }));
        // As a race of two nodes could leave it, if there were one.
        await server.ExecuteAsync("update objects set owner = @Organization, organization = @Organization where organization_id = @Id and name = 'baker'", new { world.Organization, other.Id });

        var answer = await server.GetAsync($"/api/get-role?id={world.Organization}/baker", Api.Basic(world.Tenant.ClientId, world.Tenant.ClientSecret));

        Assert.Equal("Unauthorized operation", answer["msg"]);
    }

    [Fact]
    public async Task Of_two_nodes_one_deletes_an_organization_while_the_other_adds_to_it()
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Postgres);
        await using var second = await server.StartNodeAsync();
        using var first = await Administrator.OfAsync(server);
        using var other = await Administrator.OfAsync(second);
        for (var round = 0; round < 5; round++)
        {
            var name = "org-" + round;
            Assert.Equal("Affected", await first.WriteAsync("/api/add-organization", new JsonObject { ["owner"] = "admin", ["name"] = name }));

            var deleted = first.WriteAsync("/api/delete-organization", Key("admin", name));
            await Task.WhenAll(Enumerable.Range(0, 4).Select(i => other.WriteAsync("/api/add-role", new JsonObject { ["owner"] = name, ["name"] = "role-" + i })));
            await deleted;
            Assert.Equal(0, await server.ScalarAsync<long>("select count(*) from objects x where x.owner = @name and not exists (select 1 from organizations o where o.id = x.organization_id and o.name = x.owner)", new { name }));
        }
    }

    private static JsonObject Key(string owner, string name) => new() { ["owner"] = owner, ["name"] = name };

    /// <summary>An organization made by the API, with one application that shares a tenant's Mini Program.</summary>
    private sealed record World(TestServer Server, Administrator Administrator, Tenant Tenant, string Id)
    {
        public string Organization => Tenant.Organization;

        public static async Task<World> NewAsync(TestServer server, Administrator administrator, string? name = null)
        {
            var house = await server.NewTenantAsync();
            var organization = name ?? "hold-" + house.Organization;
            Assert.Equal("Affected", await administrator.WriteAsync("/api/add-organization", Key("admin", organization)));
            var (application, clientId) = ("shop-" + house.Application, "shop-" + house.ClientId);
            Assert.Equal("Affected", await administrator.WriteAsync("/api/add-application", new JsonObject
            {
                ["owner"] = "admin", ["name"] = application, ["organization"] = organization, ["clientId"] = clientId, ["clientSecret"] = house.ClientSecret, ["enableSignUp"] = true,
                ["providers"] = new JsonArray(new JsonObject { ["owner"] = "admin", ["name"] = house.Application.Replace("app-", "mini-", StringComparison.Ordinal) }),
            }));
            var id = await server.ScalarAsync<string>("select id from organizations where name = @organization", new { organization });
            return new World(server, administrator, house with { Organization = organization, Application = application, ClientId = clientId }, id!);
        }

        public async Task<Answer> SignInAsync()
        {
            var answer = await Tenant.SignInAsync(Tenant.Code("carol"), "carol");
            Assert.True(answer.Status == 200, answer.Text);
            return answer;
        }

        public async Task<JsonNode> DataAsync(string path) =>
            JsonNode.Parse((await Server.GetAsync(path, Api.Basic(Tenant.ClientId, Tenant.ClientSecret))).Text)!["data"] ?? new JsonArray();

        public async Task EmptyAsync()
        {
            foreach (var user in await Tenant.UsersAsync())
            {
                Assert.Equal("Affected", await Administrator.WriteAsync("/api/delete-user", Key(Organization, user.Name)));
            }

            Assert.Equal("Affected", await Administrator.WriteAsync("/api/delete-application", Key("admin", Tenant.Application)));
        }
    }
}
