using System.Text.Json.Nodes;
using Dapper;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.AdminConsole;

/// <summary>The application that the console signs in to.</summary>
public sealed class ConsoleClientTests(Servers servers)
{
    private const string Id = "/api/update-application?id=admin/app-console";

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task What_it_signs_in_with_cannot_be_changed_and_how_it_looks_can(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        using var administrator = await Administrator.OfAsync(server);
        foreach (var change in new JsonObject[]
        {
            new() { ["redirectUris"] = new JsonArray("https://elsewhere.example/") }, new() { ["clientId"] = "another" }, new() { ["isShared"] = false }, new() { ["apiAccess"] = true },
            new() { ["organization"] = "shop" }, new() { ["tokenEndpointAuthMethod"] = "" }, new() { ["grantTypes"] = new JsonArray("password") },
        })
        {
            Assert.Contains("is what the console signs in with", await administrator.WriteAsync(Id, change), StringComparison.Ordinal);
        }

        Assert.Equal("Unaffected", await administrator.WriteAsync(Id, new JsonObject { ["name"] = "another" }));
        Assert.Equal("Unaffected", await administrator.WriteAsync("/api/delete-application", new JsonObject { ["owner"] = "admin", ["name"] = "app-console" }));
        Assert.Equal("Affected", await administrator.WriteAsync(Id, new JsonObject { ["title"] = "Our console" }));
        var shown = (await administrator.GetAsync("/api/get-application?id=admin/app-console"))["data"]!;
        Assert.Equal(("postern-console", "Our console", """["http://postern.test/signed-in","http://postern.test/"]"""), (shown["clientId"]!.ToString(), shown["title"]!.ToString(), shown["redirectUris"]!.ToJsonString()));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_database_without_it_gets_it_at_a_start_and_a_new_address_is_its_own(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        await server.Database.WriteAsync(async (connection, transaction) =>
        {
            await connection.ExecuteAsync("delete from applications where name = 'app-console'", transaction: transaction);
            return Postern.Storage.Databases.Written.Commit(true);
        });

        await using var node = await server.StartNodeAsync();

        using var administrator = await Administrator.OfAsync(node);
        Assert.Equal("postern-console", (await administrator.GetAsync("/api/get-application?id=admin/app-console"))["data"]!["clientId"]!.ToString());
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Nothing_but_a_person_at_the_page_signs_in_to_it(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await server.NewTenantAsync();
        foreach (var form in new (string, string)[][]
        {
            [("grant_type", "client_credentials")], [("grant_type", "password"), ("username", "admin"), ("password", "x")],
            [("tag", "wechat_miniprogram"), ("code", tenant.Code("mei"))], [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", "x")],
        })
        {
            var answer = await tenant.TokenAsync([("client_id", "postern-console"), .. form]);
            Assert.InRange(answer.Status, 400, 401);
        }

        Assert.Empty(await tenant.UsersAsync());
    }
}
