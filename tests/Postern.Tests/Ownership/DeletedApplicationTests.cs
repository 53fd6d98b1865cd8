using System.Text.Json.Nodes;
using Dapper;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Ownership;

/// <summary>What was given to an application is that row's: its name and its client id give none of it to another.</summary>
public sealed class DeletedApplicationTests(Servers servers)
{
    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_new_application_of_a_deleted_ones_name_has_nothing_of_it(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await server.NewTenantAsync();
        using var administrator = await Administrator.OfAsync(server);
        var carol = await tenant.SignInAsync(tenant.Code("carol"), "carol");
        var own = await tenant.TokenAsync(("grant_type", "client_credentials"), ("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret));
        var id = await IdOfAsync(tenant);
        await server.ExecuteAsync(
            "insert into consents (user_id, application_id, scope, created_time) select id, @id, 'openid', 1 from users where owner = @Organization", new { id, tenant.Organization });
        await server.ExecuteAsync("update organizations set default_application = @Application where name = @Organization", new { tenant.Application, tenant.Organization });
        Assert.Equal("Affected", await AddSessionAsync(administrator, tenant));
        Assert.True(await server.IsGoodAsync(carol["access_token"]));

        Assert.Equal("Affected", await administrator.WriteAsync("/api/delete-application", Key(tenant)));

        Assert.False(await server.IsGoodAsync(carol["access_token"]));
        Assert.Empty(await MentionsAsync(server, id, tenant.Application));
        Assert.Equal("Unaffected", await administrator.WriteAsync("/api/add-application", Application(tenant, tenant.ClientId)));
        Assert.Equal("Affected", await administrator.WriteAsync("/api/add-application", Application(tenant, tenant.ClientId + "-2")));
        Assert.Equal("Unaffected", await administrator.WriteAsync($"/api/update-application?id=admin/{tenant.Application}", new JsonObject { ["clientId"] = tenant.ClientId }));
        foreach (var alike in new[] { " ", "\u200b", "\u00a0", "\u0435" })
        {
            Assert.Equal("clientId must consist of visible ASCII characters, without blanks", await administrator.WriteAsync("/api/add-application", Application(tenant, tenant.ClientId + alike)));
        }

        // As if the client id could be had after all.
        await server.ExecuteAsync("update applications set client_id = @ClientId where name = @Application", new { tenant.ClientId, tenant.Application });
        Assert.False(await server.IsGoodAsync(carol["access_token"]));
        Assert.Equal("refused", await TokenStateAsync(server, own["access_token"]));
        Assert.Equal("invalid_grant", await tenant.RefusalAsync(
            ("grant_type", "refresh_token"), ("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret), ("refresh_token", carol["refresh_token"]!)));
        Assert.Equal(0, await server.ScalarAsync<long>("select count(*) from users where signup_application = @Application", new { tenant.Application }));
        Assert.Equal("", await server.ScalarAsync<string>("select default_application from organizations where name = @Organization", new { tenant.Organization }));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_changed_client_id_keeps_its_grants_and_is_nobody_elses_later(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var (tenant, other) = (await server.NewTenantAsync(), await server.NewTenantAsync());
        using var administrator = await Administrator.OfAsync(server);
        var carol = await tenant.SignInAsync(tenant.Code("carol"), "carol");
        var address = $"/api/update-application?id=admin/{tenant.Application}";

        Assert.Equal("Affected", await administrator.WriteAsync(address, new JsonObject { ["clientId"] = tenant.ClientId + "-new" }));

        Assert.Equal("Unaffected", await administrator.WriteAsync($"/api/update-application?id=admin/{other.Application}", new JsonObject { ["clientId"] = tenant.ClientId }));
        Assert.Equal("Unaffected", await administrator.WriteAsync("/api/add-application", Application(other with { Application = other.Application + "-2" }, tenant.ClientId)));
        // An access token is for the client id that it names (RFC 9068 §4); the grant is the application's.
        var renewed = await (tenant with { ClientId = tenant.ClientId + "-new" }).RefreshAsync(carol["refresh_token"]!);
        Assert.Equal(200, renewed.Status);
        Assert.True(await server.IsGoodAsync(renewed["access_token"]));
        // It may have its own again.
        Assert.Equal("Affected", await administrator.WriteAsync(address, new JsonObject { ["clientId"] = tenant.ClientId }));
        Assert.Equal(200, (await tenant.RefreshAsync(renewed["refresh_token"]!)).Status);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_renamed_application_keeps_its_tokens_and_they_show_its_new_name(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await server.NewTenantAsync();
        using var administrator = await Administrator.OfAsync(server);
        var carol = await tenant.SignInAsync(tenant.Code("carol"), "carol");

        Assert.Equal("Affected", await administrator.WriteAsync($"/api/update-application?id=admin/{tenant.Application}", new JsonObject { ["name"] = tenant.Application + "-new" }));

        Assert.True(await server.IsGoodAsync(carol["access_token"]));
        Assert.Equal(200, (await tenant.RefreshAsync(carol["refresh_token"]!)).Status);
        var tokens = (await administrator.GetAsync($"/api/get-tokens?owner=admin&organization={tenant.Organization}"))["data"]!.AsArray();
        Assert.All(tokens, t => Assert.Equal(tenant.Application + "-new", (string?)t!["application"]));
        // The old name is free, and a later application of that name has nothing of this one.
        Assert.Equal("Affected", await administrator.WriteAsync("/api/add-application", Application(tenant, tenant.ClientId + "-2")));
        Assert.Equal(0, await server.ScalarAsync<long>("select count(*) from grants where application_id = (select id from applications where name = @Application)", new { tenant.Application }));
        Assert.True(await server.IsGoodAsync(carol["access_token"]));
    }

    [Fact]
    public async Task Of_two_nodes_one_deletes_and_the_other_cannot_give_the_client_id_again()
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Postgres);
        await using var second = await server.StartNodeAsync();
        var tenant = await server.NewTenantAsync();
        using var first = await Administrator.OfAsync(server);
        using var other = await Administrator.OfAsync(second);
        var carol = await tenant.SignInAsync(tenant.Code("carol"), "carol");
        var id = await IdOfAsync(tenant);

        var deleted = first.WriteAsync("/api/delete-application", Key(tenant));
        var added = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => other.WriteAsync("/api/add-application", Application(tenant, tenant.ClientId))));

        Assert.Equal("Affected", await deleted);
        Assert.All(added, a => Assert.Equal("Unaffected", a));
        Assert.False(await second.IsGoodAsync(carol["access_token"]));
        Assert.Empty(await MentionsAsync(server, id, tenant.Application));
    }

    /// <summary>Every column of text of every table that holds one of these values, but for the trail of what was done.</summary>
    internal static async Task<IReadOnlyList<string>> MentionsAsync(TestServer server, params string[] values)
    {
        var mentions = new List<string>();
        foreach (var (table, column) in await SchemaColumns.OfTextAsync(server))
        {
            if (table != "records" && await server.ScalarAsync<long>($"select count(*) from {table} where {column} in (@a, @b)", new { a = values[0], b = values[^1] }) > 0)
            {
                mentions.Add($"{table}.{column}");
            }
        }

        return mentions;
    }

    private static Task<string> IdOfAsync(Tenant tenant) =>
        tenant.Server.ScalarAsync<string>("select id from applications where name = @Application", new { tenant.Application })!;

    private static async Task<string> TokenStateAsync(TestServer server, string? token) =>
        (await server.GetAsync("/api/get-users", "Bearer " + token))["status"] == "ok" ? "admitted" : "refused";

    private static Task<string> AddSessionAsync(Administrator administrator, Tenant tenant) => administrator.WriteAsync(
        "/api/add-session", new JsonObject { ["owner"] = tenant.Organization, ["name"] = "carol", ["application"] = tenant.Application, ["sessionId"] = new JsonArray("s1") });

    private static JsonObject Key(Tenant tenant) => new() { ["owner"] = "admin", ["name"] = tenant.Application };

    private static JsonObject Application(Tenant tenant, string clientId) => new()
    {
        ["owner"] = "admin", ["name"] = tenant.Application, ["organization"] = tenant.Organization, ["clientId"] = clientId, ["clientSecret"] = tenant.ClientSecret,
    };
}
