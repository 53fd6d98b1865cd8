using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.AuditTrail;

/// <summary>What a record says of a write: who, from where, what, old and new values without secrets, and the verdict.</summary>
public sealed class RecordValuesTests(Servers servers)
{
    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_write_leaves_what_changed_before_and_after_and_a_secret_as_asterisks(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var trail = await Trail.OfAsync(server);
        using var global = await Administrator.OfAsync(server);
        var name = "provider-" + trail.Organization;
        await global.WriteAsync("/api/add-provider", new() { ["owner"] = "admin", ["name"] = name, ["displayName"] = "First", ["clientSecret"] = "nightingale-1" });
        await global.WriteAsync("/api/update-provider?id=admin/" + name, new()
        {
            ["displayName"] = "第二", ["clientSecret"] = "nightingale-2", ["host"] = "mail.example", ["httpHeaders"] = new JsonObject { ["Authorization"] = "nightingale-3", ["Accept"] = "text/plain" },
            ["content"] = new string('x', 3000), ["apiToken"] = "nightingale-4",
        });
        await global.WriteAsync("/api/delete-provider", new() { ["owner"] = "admin", ["name"] = name });

        var (added, updated, deleted) = (await OfAsync("add-provider"), await OfAsync("update-provider"), await OfAsync("delete-provider"));
        Assert.Equal("built-in app/app-built-in POST /api/add-provider 127.0.0.1 ok", string.Join(' ', new[] { "organization", "user", "method", "requestUri", "clientIp", "verdict" }.Select(p => Trail.Text(added, p))));
        Assert.Equal("""{"status":"ok","msg":""}""", Trail.Text(added, "response"));
        var values = Values(added, "object");
        Assert.Equal(("First", "***", false), (values["displayName"]!.GetValue<string>(), values["clientSecret"]!.GetValue<string>(), values.ContainsKey("host")));
        Assert.Equal("", Trail.Text(added, "oldObject"));

        values = Values(updated, "object");
        Assert.Equal(["apiToken", "clientSecret", "content", "displayName", "host", "httpHeaders", "secrets"], values.Select(p => p.Key).Order(StringComparer.Ordinal));
        Assert.Equal("***", values["httpHeaders"]!.GetValue<string>());
        Assert.Equal(("第二", "***", "***"), (values["displayName"]!.GetValue<string>(), values["clientSecret"]!.GetValue<string>(), values["apiToken"]!.GetValue<string>()));
        Assert.Equal(2001, values["content"]!.GetValue<string>().Length);
        Assert.Equal(("First", "***"), (Values(updated, "oldObject")["displayName"]!.GetValue<string>(), Values(updated, "oldObject")["clientSecret"]!.GetValue<string>()));

        Assert.Equal(("", "第二"), (Trail.Text(deleted, "object"), Values(deleted, "oldObject")["displayName"]!.GetValue<string>()));
        Assert.DoesNotContain("nightingale", await server.DumpAsync(), StringComparison.Ordinal);

        async Task<JsonElement> OfAsync(string action) =>
            (await trail.FilterAsync(await trail.GlobalAsync(), new() { ["organization"] = "built-in", ["action"] = action, ["target"] = "admin/" + name })).Single();
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_user_who_changes_himself_leaves_old_and_new_values(DatabaseDriver driver)
    {
        var trail = await Trail.OfAsync(await servers.OnAsync(driver));
        await trail.Server.ExecuteAsync(
            "update organizations set account_items = @items where name = @Organization", new { items = Postern.Directory.Objects.AccountItems.Default().ToJsonString(), trail.Organization });
        var alice = await trail.UserAsync("alice");
        var answer = await trail.Server.PostJsonAsync("/api/update-user", """{"displayName":"Alice 😀","email":"alice@example.com"}""", alice);
        Assert.Equal("Affected", answer["data"]);
        var record = await trail.SingleAsync("update-user");
        Assert.Equal(("alice", trail.Organization + "/alice"), (Trail.Text(record, "user"), Trail.Text(record, "target")));
        Assert.Equal(("", "Alice 😀"), (Values(record, "oldObject")["displayName"]!.GetValue<string>(), Values(record, "object")["displayName"]!.GetValue<string>()));
        Assert.Equal("alice@example.com", Values(record, "object")["email"]!.GetValue<string>());
        Assert.False(Values(record, "object").ContainsKey("updatedTime"));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Very_many_long_values_are_cut_to_a_bounded_record(DatabaseDriver driver)
    {
        var trail = await Trail.OfAsync(await servers.OnAsync(driver));
        using var global = await Administrator.OfAsync(trail.Server);
        var body = new JsonObject { ["owner"] = "admin", ["name"] = "long-" + trail.Organization };
        for (var i = 0; i < 12; i++)
        {
            // Its two thousandth character is half a pair.
            body["own" + i] = "x" + string.Concat(Enumerable.Repeat("😀", 1500));
        }

        Assert.Equal("Affected", await global.WriteAsync("/api/add-provider", body));
        var longest = await trail.Server.ScalarAsync<long>("select max(length(new_values)) from records where object = @id", new { id = "admin/long-" + trail.Organization });
        Assert.InRange(longest, 10_000, 18_000);
    }

    private static JsonObject Values(JsonElement record, string property) => JsonNode.Parse(Trail.Text(record, property))!.AsObject();
}
