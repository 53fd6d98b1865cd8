using System.Text.Json.Nodes;
using Postern.Directory.Objects;
using Postern.Storage.Databases;
using Postern.Tests.Casdoor.Rows;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Sdks;

/// <summary>A time is kept as a client wrote it, and is ordered and found by what it means.</summary>
public sealed class SentTimesTests(Servers servers)
{
    /// <summary>In the order of what they mean; the last two mean nothing and stand where they were written, after all others.</summary>
    private static readonly string[] Forms =
    [
        "2025-11-28T23:42:10+08:00", "2025-11-28T15:42:11.123456789", "2025-11-28T15:42:12Z", "2025-11-28T15:42:13.5Z", "2025-11-28 15:42:14", "11/28/2025 23:42:10", "a moment ago", "",
    ];

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_time_reads_as_it_was_sent_and_orders_by_what_it_means(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewTenantAsync();
        var application = RowCaller.Of(tenant);
        foreach (var kind in new[] { "user", "role", "permission" })
        {
            foreach (var (i, form) in Forms.Index().Reverse())
            {
                Assert.Equal("Affected", await application.WriteAsync("/api/add-" + kind, Named(tenant, $"{kind}-{i}", form)));
                tenant.Server.Clock.Advance(TimeSpan.FromSeconds(-1));
            }

            var plural = ObjectKinds.All.Single(k => k.Name == kind).Plural;
            var list = (await application.DataAsync($"/api/get-{plural}?owner={tenant.Organization}&p=1&pageSize=20&sortField=createdTime&sortOrder=ascend"))!.AsArray();
            var own = list.Where(o => o!["owner"]!.ToString() == tenant.Organization && o["name"]!.ToString().StartsWith(kind + "-", StringComparison.Ordinal)).ToList();
            Assert.Equal(Forms[..6], own.Select(o => o!["createdTime"]!.ToString()).Take(6));
            Assert.Equal(["", "a moment ago"], own.Skip(6).Select(o => o!["createdTime"]!.ToString()).Order(StringComparer.Ordinal));
            var found = (await application.DataAsync($"/api/get-{plural}?owner={tenant.Organization}&p=1&pageSize=20&field=createdTime&value=2025-11-28T15:42"))!.AsArray();
            Assert.Equal(5, found.Count);
        }
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_time_that_is_sent_back_stays_and_another_replaces_it(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewTenantAsync();
        var application = RowCaller.Of(tenant);
        Assert.Equal("Affected", await application.WriteAsync("/api/add-role", Named(tenant, "r", "2025-11-28T15:42:11.123")));
        var path = $"id={tenant.Organization}/r";

        foreach (var time in new[] { "2025-11-28T15:42:11.123", "2024-01-02T03:04:05Z", "yesterday", "2023-01-02T03:04:05.678+02:00" })
        {
            var read = (await application.DataAsync("/api/get-role?" + path))!.AsObject();
            read["createdTime"] = time;
            Assert.Equal("Affected", await application.WriteAsync("/api/update-role?" + path, read));
            Assert.Equal(time, (await application.DataAsync("/api/get-role?" + path))!["createdTime"]!.ToString());
        }

        Assert.Equal("Affected", await application.WriteAsync("/api/update-role?" + path, new JsonObject { ["displayName"] = "later" }));
        Assert.Equal("2023-01-02T03:04:05.678+02:00", (await application.DataAsync("/api/get-role?" + path))!["createdTime"]!.ToString());
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_token_says_when_its_user_was_made_as_the_client_wrote_it(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewTenantAsync("grant_types = '[\"password\"]'");
        var document = Named(tenant, "ann", "11/28/2025 23:42:10");
        document["password"] = PasswordUsers.Password;
        Assert.Equal("Affected", await RowCaller.Of(tenant).WriteAsync("/api/add-user", document));

        var tokens = await tenant.TokenAsync(
            ("grant_type", "password"), ("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret), ("username", "ann"), ("password", PasswordUsers.Password));

        Assert.Equal("11/28/2025 23:42:10", tokens.Claims("access_token").GetProperty("createdTime").GetString());
    }

    private static JsonObject Named(Tenant tenant, string name, string createdTime) =>
        new() { ["owner"] = tenant.Organization, ["name"] = name, ["displayName"] = name, ["createdTime"] = createdTime };
}
