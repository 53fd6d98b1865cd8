using System.Text.Json.Nodes;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.AuditTrail;

/// <summary><c>add-record</c>: what a client says is marked as its word.</summary>
public sealed class AddRecordTests(Servers servers)
{
    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Who_when_and_where_are_the_servers_own_and_the_clients_words_are_marked(DatabaseDriver driver)
    {
        var trail = await Trail.OfAsync(await servers.OnAsync(driver));
        var claimed = new JsonObject
        {
            ["id"] = 1, ["name"] = "forged", ["owner"] = trail.Organization, ["organization"] = trail.Organization, ["createdTime"] = "2001-01-01T00:00:00Z", ["clientIp"] = "203.0.113.9",
            ["user"] = "admin", ["method"] = "DELETE", ["requestUri"] = "/shop/pay?token=songbird-uri", ["action"] = "pay", ["object"] = """{"amount":7,"password":"songbird-json"}""",
            ["response"] = "{\"status\":\"ok\",\"token\":\"songbird-cut", ["detail"] = "a=1&client_secret=songbird-form", ["unknownToken"] = "songbird-unknown", ["verdict"] = "ok",
        };
        var answer = await trail.Server.PostJsonAsync("/api/add-record", claimed.ToJsonString(), trail.Application);
        Assert.Equal(("ok", "Affected"), (answer["status"], answer["data"]));

        var record = await trail.SingleAsync("pay");
        Assert.Equal(
            $"{trail.Organization} app/{trail.Tenant.Application} POST /api/add-record 127.0.0.1 reported",
            string.Join(' ', new[] { "organization", "user", "method", "requestUri", "clientIp", "verdict" }.Select(p => Trail.Text(record, p))));
        Assert.Equal("forged", Trail.Text(record, "name"));
        Assert.StartsWith("20", Trail.Text(record, "createdTime"), StringComparison.Ordinal);
        Assert.NotEqual("2001-01-01T00:00:00Z", Trail.Text(record, "createdTime"));
        Assert.Equal("reported by the application", Trail.Text(record, "detail"));
        var said = JsonNode.Parse(Trail.Text(record, "object"))!;
        Assert.Equal(("203.0.113.9", "admin", "/shop/pay"), (said["clientIp"]!.GetValue<string>(), said["user"]!.GetValue<string>(), said["requestUri"]!.GetValue<string>()));
        Assert.Equal("""{"amount":7,"password":"***"}""", said["object"]!.ToJsonString());
        Assert.Equal("***", said["response"]!.GetValue<string>());
        Assert.Equal("a=1&client_secret=***", said["detail"]!.GetValue<string>());
        Assert.DoesNotContain("songbird", await trail.Server.DumpAsync(), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_reported_event_is_read_by_its_name_and_never_takes_that_of_a_record(DatabaseDriver driver)
    {
        var trail = await Trail.OfAsync(await servers.OnAsync(driver));
        Assert.Equal("ok", (await trail.Server.PostJsonAsync("/api/add-record", $$"""{"organization":"{{trail.Organization}}","name":"paid-7","action":"pay"}""", trail.Application))["status"]);

        var read = (await trail.Server.GetAsync($"/api/get-record?id={trail.Organization}/paid-7", trail.Application)).Body.GetProperty("data");
        Assert.Equal(("paid-7", "pay", "reported"), (read.GetProperty("name").GetString(), read.GetProperty("action").GetString(), read.GetProperty("verdict").GetString()));
        var planted = await trail.Server.PostJsonAsync("/api/add-record", $$"""{"organization":"{{trail.Organization}}","name":"{{Guid.NewGuid()}}"}""", trail.Application);
        Assert.Contains("not a UUID", planted["msg"], StringComparison.Ordinal);
        var other = await Trail.OfAsync(trail.Server);
        Assert.Equal("error", (await trail.Server.GetAsync($"/api/get-record?id={trail.Organization}/paid-7", other.Application))["status"]);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Nobody_adds_to_the_trail_of_another_organization_nor_of_one_that_does_not_exist(DatabaseDriver driver)
    {
        var (trail, other) = (await Trail.OfAsync(await servers.OnAsync(driver)), await Trail.OfAsync(await servers.OnAsync(driver)));
        var admin = await trail.UserAsync("boss", isAdmin: true);
        Assert.Equal("Unauthorized operation", await AddAsync(admin, $$"""{"organization":"{{other.Organization}}","action":"x"}"""));
        Assert.Equal("Unauthorized operation", await AddAsync(admin, $$"""{"owner":"{{other.Organization}}","action":"x"}"""));
        Assert.Equal("Unauthorized operation", await AddAsync(trail.Application, $$"""{"owner":"{{other.Organization}}","organization":"{{trail.Organization}}","action":"x"}"""));
        Assert.Equal("The organization: nowhere does not exist", await AddAsync(await trail.GlobalAsync(), """{"organization":"nowhere","action":"x"}"""));
        Assert.Equal("json: cannot unmarshal number into Go struct field Record.action of type string", await AddAsync(admin, """{"action":1}"""));
        Assert.Equal("", await AddAsync(admin, """{"action":""}"""));
        Assert.Equal(0, await other.CountAsync("1 = 1"));
        Assert.Equal("reported by the user", Trail.Text((await trail.FilterAsync(admin, new() { ["action"] = "add-record", ["verdict"] = "reported" })).Single(), "detail"));

        async Task<string?> AddAsync(string authorization, string body) => (await trail.Server.PostJsonAsync("/api/add-record", body, authorization))["msg"];
    }
}
