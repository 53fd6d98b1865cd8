using System.Text.Json.Nodes;
using Dapper;
using Postern.Directory.Objects;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Objects;

/// <summary>A list is whole or refused: what it takes in memory is bounded, and so is what callers without credentials get at once.</summary>
public sealed class ListBudgetTests(Servers servers)
{
    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_list_that_is_too_large_is_refused_and_its_pages_are_not(DatabaseDriver driver)
    {
        var world = await ObjectWorld.CreateAsync(await servers.OnAsync(driver));
        using var administrator = await Administrator.OfAsync(world.Server);
        await AddAsync(world, 15, new string('x', 3_500_000));
        var path = $"/api/get-products?owner={world.Organization}";

        foreach (var anonymous in new[] { path, path + "&p=1&pageSize=15", path + "&p=1&pageSize=2" })
        {
            var refused = JsonNode.Parse(await world.Server.Http.GetStringAsync(new Uri(anonymous, UriKind.Relative)))!;
            Assert.Equal(("error", "the list is larger than 4 MB: ask for it in smaller pages, with p and pageSize"), (refused["status"]!.ToString(), refused["msg"]!.ToString()));
        }

        var whole = await administrator.GetAsync(path);
        Assert.Equal(("error", "the list is larger than 48 MB: ask for it in smaller pages, with p and pageSize"), (whole["status"]!.ToString(), whole["msg"]!.ToString()));
        Assert.Null(whole["data"]);
        var page = await administrator.GetAsync(path + "&p=3&pageSize=2");
        Assert.Equal(("ok", 2, 15), (page["status"]!.ToString(), page["data"]!.AsArray().Count, page["data2"]!.GetValue<int>()));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Without_credentials_a_list_is_its_first_hundred_or_a_page(DatabaseDriver driver)
    {
        var world = await ObjectWorld.CreateAsync(await servers.OnAsync(driver));
        using var administrator = await Administrator.OfAsync(world.Server);
        await AddAsync(world, 105, "small");
        async Task<int> CountAsync(string more) =>
            JsonNode.Parse(await world.Server.Http.GetStringAsync(new Uri($"/api/get-products?owner={world.Organization}{more}", UriKind.Relative)))!["data"]!.AsArray().Count;

        Assert.Equal((100, 100, 5), (await CountAsync(""), await CountAsync("&p=1&pageSize=1000"), await CountAsync("&p=2&pageSize=1000")));
        Assert.Equal(105, (await administrator.GetAsync($"/api/get-products?owner={world.Organization}"))["data"]!.AsArray().Count);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Records_are_a_list_like_others(DatabaseDriver driver)
    {
        var world = await ObjectWorld.CreateAsync(await servers.OnAsync(driver));
        using var administrator = await Administrator.OfAsync(world.Server);
        await world.WriteAsync((c, t) => c.ExecuteAsync(
            """
            with recursive n (i) as (select 1 union all select i + 1 from n where i < 3200)
            insert into records (owner, name, created_time, organization, organization_id, client_ip, user_name, method, request_uri, action, object, status_code, detail, verdict, new_values, old_values)
            select @Organization, 'r' || i, 1, @Organization, (select id from organizations where name = @Organization), '', '', '', '', 'a', '', 200, '', 'ok', @text, '' from n
            """, new { world.Organization, text = new string('x', 16_000) }, t));
        var whole = await administrator.GetAsync("/api/get-records?organizationName=" + world.Organization);
        Assert.Equal("the list is larger than 48 MB: ask for it in smaller pages, with p and pageSize", whole["msg"]!.ToString());
        Assert.Equal(3, (await administrator.GetAsync($"/api/get-records?organizationName={world.Organization}&p=1&pageSize=3"))["data"]!.AsArray().Count);
    }

    [Fact]
    public void What_all_lists_hold_is_bounded_and_given_back()
    {
        var memory = new ListMemory();
        var item = new JsonObject { ["text"] = new string('x', 1_000_000) };
        var bodies = new List<ListBody>();
        for (var i = 0; i < 4; i++)
        {
            bodies.Add(new ListBody(memory));
            for (var j = 0; j < 45 && bodies[i].Add(item); j++)
            {
            }
        }

        Assert.Equal((45, 45, default(LocalizedText), default(LocalizedText)), (bodies[0].Count, bodies[1].Count, bodies[0].Refusal, bodies[1].Refusal));
        Assert.StartsWith("other large lists are being answered", bodies[3].Refusal?.English, StringComparison.Ordinal);
        Assert.False(new ListBody(memory).Hold(1_000_000));
        bodies.ForEach(b => b.Dispose());
        using var next = new ListBody(memory);
        Assert.True(next.Hold(40_000_000) && next.Add(item));
        next.LetGo(40_000_000);
        Assert.True(next.Add(item));
    }

    private static Task<int> AddAsync(ObjectWorld world, int count, string text) => world.WriteAsync((c, t) => c.ExecuteAsync(
        """
        with recursive n (i) as (select 1 union all select i + 1 from n where i < @count)
        insert into objects (id, kind, owner, name, created_time, organization, organization_id, body)
        select @Organization || i, 'product', @Organization, 'p' || i, i, @Organization, (select id from organizations where name = @Organization), @body from n
        """, new { count, world.Organization, body = new JsonObject { ["description"] = text }.ToJsonString() }, t));
}
