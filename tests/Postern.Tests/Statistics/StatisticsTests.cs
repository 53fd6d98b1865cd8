using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Postern.AuthorizationServer.Refusals;
using Postern.Directory.Statistics;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Postern.WeChat.Sandbox;
using Xunit;

namespace Postern.Tests.Statistics;

/// <summary>What the console's first page shows.</summary>
public sealed class StatisticsTests
{
    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_sign_in_counts_once_by_its_door_at_once_and_after_a_restart(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var tenant = await server.NewTenantAsync();
        await tenant.SignInAsync(tenant.Code("mei"), "Mei");
        await tenant.SignInAsync(tenant.Code("mei"));

        var before = await AskAsync(tenant);
        await server.Services.GetRequiredService<StatisticsCounter>().FlushAsync();
        await using var node = await server.StartNodeAsync();
        var after = await AskAsync(tenant with { Server = node });

        foreach (var statistics in new[] { before, after })
        {
            Assert.Equal([("mini_program", 2)], Counts(statistics["signIns"], "door"));
            Assert.Equal([("mini_program", 1)], Counts(statistics["newUsers"], "door"));
            Assert.Equal([("mini_program", 2)], Counts(statistics["tokens"], "grantType"));
            Assert.Equal(1, (int)statistics["users"]!);
        }
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_refused_sign_in_counts_under_WeChats_number_which_is_explained_in_both_languages(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var tenant = await server.NewTenantAsync();
        await tenant.SignInAsync("no-code-of-wechats");
        server.WeChat.Inject(new SandboxFault { Route = "jscode2session", AppId = tenant.MiniProgram.AppId, Fault = new FaultKind { ErrCode = 40125 } });
        await tenant.SignInAsync(tenant.Code("mei"));
        var closed = await server.NewTenantAsync("enable_sign_up = false");
        await closed.SignInAsync(closed.Code("mei"));

        var failures = (await AskAsync(tenant))["failures"]!.AsArray();

        Assert.Equal([("wechat.40029", 1), ("wechat.40125", 1)], Counts(failures, "reason").Order());
        Assert.All(failures, f => Assert.Matches("[一-鿿]", f!["meaning"]!["zh"]!.ToString()));
        Assert.All(failures, f => Assert.Matches("^[ -~]+$", f!["meaning"]!["en"]!.ToString()));
        Assert.Equal([("sign_up_off", 1)], Counts((await AskAsync(closed))["failures"], "reason"));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Refused_requests_are_told_by_client_and_reason_to_the_administrators_of_the_client(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var (tenant, other) = (await server.NewTenantAsync(), await server.NewTenantAsync());
        await tenant.TokenAsync(("grant_type", "refresh_token"), ("client_id", tenant.ClientId), ("refresh_token", "none"));
        await tenant.TokenAsync(("grant_type", "refresh_token"), ("client_id", tenant.ClientId), ("refresh_token", "none"));
        await tenant.TokenAsync(("grant_type", "refresh_token"), ("client_id", "no-client"), ("refresh_token", "none"));
        await server.Services.GetRequiredService<RefusalCounts>().FlushAsync();

        var refusals = (await AskAsync(tenant))["refusals"]!.AsArray();
        using var administrator = await Administrator.OfAsync(server);
        var all = (await administrator.GetAsync("/api/get-statistics"))["data"]!["refusals"]!.AsArray();

        var refusal = Assert.Single(refusals)!;
        Assert.Equal((tenant.ClientId, tenant.Application), (refusal["clientId"]!.ToString(), refusal["application"]!.ToString()));
        Assert.Equal(("invalid_grant", 2), (refusal["reason"]!.ToString(), (int)refusal["count"]!));
        Assert.Contains(all, r => r!["clientId"]!.ToString() == RefusalCounts.UnknownClient && r["reason"]!.ToString() == "invalid_client");
        Assert.Empty((await AskAsync(other))["refusals"]!.AsArray());
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Two_nodes_add_up_and_a_minute_in_which_WeChat_was_slow_is_told_to_the_installation_alone(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        await using var node = await server.StartNodeAsync();
        var tenant = await server.NewTenantAsync();
        await tenant.SignInAsync(tenant.Code("mei"));
        await (tenant with { Server = node }).SignInAsync(tenant.Code("li"));
        server.WeChat.Inject(new SandboxFault { Route = "jscode2session", AppId = tenant.MiniProgram.AppId, Times = 3, Fault = new FaultKind { Status = 502 } });
        await tenant.SignInAsync(tenant.Code("bo"));
        foreach (var one in new[] { server, node })
        {
            await one.Services.GetRequiredService<StatisticsCounter>().FlushAsync();
        }

        using var administrator = await Administrator.OfAsync(server);
        var all = (await administrator.GetAsync("/api/get-statistics?range=24h"))["data"]!;

        Assert.Equal(2, Counts(all["signIns"], "door").Sum(c => c.Count));
        Assert.Equal((3, 1), ((int)all["weChat"]!["calls"]!, (int)all["weChat"]!["failed"]!));
        Assert.Equal(1, (int)Assert.Single(all["weChat"]!["slowMinutes"]!.AsArray())!["failed"]!);
        Assert.True((long)all["storage"]!["database"]! > 0);
        Assert.Null((await AskAsync(tenant))["weChat"]);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_day_begins_at_the_readers_midnight_and_what_is_older_than_the_range_is_not_counted(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var tenant = await server.NewTenantAsync();
        // 23:30 in China, then half past midnight of the next day there, on one day of UTC.
        var now = server.Clock.GetUtcNow();
        server.Clock.Advance(new DateTimeOffset(now.UtcDateTime.Date.AddDays(2), TimeSpan.Zero).AddHours(15.5) - now);
        await tenant.SignInAsync(tenant.Code("mei"));
        server.Clock.Advance(TimeSpan.FromHours(1));
        await tenant.SignInAsync(tenant.Code("mei"));

        Assert.Equal([1, 1], (await AskAsync(tenant, "&range=7d&offset=480"))["signIns"]!.AsArray().Select(s => (int)s!["count"]!));
        Assert.Equal([2], (await AskAsync(tenant, "&range=7d&offset=0"))["signIns"]!.AsArray().Select(s => (int)s!["count"]!));
        Assert.Equal(7, (await AskAsync(tenant, "&range=7d&offset=480"))["steps"]!.AsArray().Count);
        await server.Services.GetRequiredService<StatisticsCounter>().FlushAsync();
        server.Clock.Advance(TimeSpan.FromDays(8));
        Assert.Empty((await AskAsync(tenant, "&range=7d"))["signIns"]!.AsArray());
        Assert.Equal(2, Counts((await AskAsync(tenant, "&range=30d"))["signIns"], "door").Sum(c => c.Count));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task What_is_not_a_range_is_refused(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        using var administrator = await Administrator.OfAsync(server);
        foreach (var query in new[] { "range=1y", "range=7d&offset=1000", "offset=x" })
        {
            Assert.Equal("error", (await administrator.GetAsync("/api/get-statistics?" + query))["status"]!.ToString());
        }
    }

    /// <summary>As the application of the tenant, which administers its organization and no other.</summary>
    private static async Task<JsonNode> AskAsync(Tenant tenant, string query = "")
    {
        using var http = tenant.AsApplication();
        return JsonNode.Parse(await http.GetStringAsync(new Uri($"/api/get-statistics?organization={tenant.Organization}{query}", UriKind.Relative)))!["data"]!;
    }

    private static IEnumerable<(string Label, int Count)> Counts(JsonNode? counts, string label) =>
        counts!.AsArray().Select(c => (c![label]!.ToString(), (int)c["count"]!));
}
