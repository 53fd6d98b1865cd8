using System.Text.Json.Nodes;
using Dapper;
using Postern.Storage.Databases;
using Postern.Tests.Casdoor.Objects;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Webhooks;

/// <summary>An organization has at most twenty webhooks, and an event is told to no more than that.</summary>
public sealed class WebhookLimitTests(Servers servers)
{
    private const string TooMany = "an organization has at most 20 webhooks: let one of them hear of more events, or delete one";

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Of_many_that_are_added_at_once_twenty_are_kept(DatabaseDriver driver)
    {
        var (world, other) = (await ObjectWorld.CreateAsync(await servers.OnAsync(driver)), await ObjectWorld.CreateAsync(await servers.OnAsync(driver)));
        using var administrator = await Administrator.OfAsync(world.Server);
        var answers = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => administrator.WriteAsync("/api/add-webhook", Webhook(world, "hook" + i))));

        Assert.Equal((20, 4), (answers.Count(a => a == "Affected"), answers.Count(a => a == TooMany)));
        Assert.Equal(20, (await administrator.GetAsync("/api/get-webhooks?organization=" + world.Organization))["data"]!.AsArray().Count);
        Assert.Equal("Affected", await administrator.WriteAsync("/api/add-webhook", Webhook(other, "moved")));
        Assert.Equal(TooMany, await administrator.WriteAsync($"/api/update-webhook?id={other.Organization}/{other.Name("moved")}", new JsonObject { ["organization"] = world.Organization }));
        // One of the twenty can still be changed.
        var one = answers.Index().First(a => a.Item == "Affected").Index;
        Assert.Equal("Affected", await administrator.WriteAsync($"/api/update-webhook?id={world.Organization}/{world.Name("hook" + one)}", new JsonObject { ["method"] = "PUT" }));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_event_is_told_to_the_oldest_twenty_where_there_are_more(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewTenantAsync();
        // As an older version kept them.
        await tenant.Server.ExecuteAsync(
            """
            with recursive n (i) as (select 10 union all select i + 1 from n where i < 34)
            insert into objects (id, kind, owner, name, created_time, organization, organization_id, body)
            select @Organization || '-' || i, 'webhook', @Organization, 'w' || i, i, @Organization, (select id from organizations where name = @Organization), '{"isEnabled":true,"events":["signup"],"url":"https://hooks.invalid/"}' from n
            """, new { tenant.Organization });
        await tenant.Server.ExecuteAsync(
            """
            insert into memberships (object_id, list, place, kind, member)
            select id, 'hears', 0, 'webhook', organization || '/new-user' from objects where kind = 'webhook' and organization = @Organization
            """, new { tenant.Organization });

        Assert.Equal(200, (await tenant.SignInAsync(tenant.Code("mei"), "mei")).Status);

        var told = await tenant.Server.Database.ReadAsync(c => c.QueryAsync<string>(
            "select webhook_id from webhook_events where organization = @Organization order by webhook_id", new { tenant.Organization }));
        Assert.Equal(Enumerable.Range(10, 20).Select(i => $"{tenant.Organization}-{i}"), told);
        await tenant.Server.ExecuteAsync("delete from webhook_events where organization = @Organization", new { tenant.Organization });
    }

    private static JsonObject Webhook(ObjectWorld world, string stem) => new()
    {
        ["owner"] = world.Organization, ["name"] = world.Name(stem), ["organization"] = world.Organization, ["url"] = "https://hooks.invalid/", ["isEnabled"] = false,
    };
}
