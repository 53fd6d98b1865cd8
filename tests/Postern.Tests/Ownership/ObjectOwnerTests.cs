using System.Text.Json.Nodes;
using Postern.Directory.Objects;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Ownership;

/// <summary>Where owner and organization both say whose an object is, both are judged.</summary>
public sealed class ObjectOwnerTests(Servers servers)
{
    /// <summary>Every kind that has both.</summary>
    private static IEnumerable<ObjectKind> Kinds => ObjectKinds.All.Where(k => k.IsShared && k.Shape.Has("organization") && k.FixedOwner is null && !k.IsNamedByServer && k.NameProperty == "name");

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task No_object_is_planted_under_the_names_of_another_organization(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var (hold, other) = (await server.NewTenantAsync(), await server.NewTenantAsync());
        using var boss = hold.AsApplication();
        using var owner = other.AsApplication();

        foreach (var kind in Kinds)
        {
            var planted = Object(kind, other.Organization, hold.Organization);
            Assert.Equal("error", await StatusAsync(boss, $"/api/add-{kind.Name}", planted));
            Assert.Equal("error", await StatusAsync(boss, $"/api/add-{kind.Name}", Object(kind, hold.Organization, other.Organization)));
            Assert.Equal("error", await StatusAsync(boss, $"/api/add-{kind.Name}", Object(kind, "no-such-organization", hold.Organization)));
            Assert.Equal(0, await CountAsync(server, hold, kind));

            Assert.Equal("ok", await StatusAsync(boss, $"/api/add-{kind.Name}", Object(kind, hold.Organization, hold.Organization)));
            Assert.Equal("error", await StatusAsync(boss, $"/api/update-{kind.Name}?id={hold.Organization}/{Name(kind)}", planted));
            Assert.Equal(1, await CountAsync(server, hold, kind));
            Assert.Equal("ok", await StatusAsync(owner, $"/api/add-{kind.Name}", Object(kind, other.Organization, other.Organization)));
        }
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_object_may_have_the_owner_admin_as_official_clients_send_it(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var hold = await server.NewTenantAsync();
        using var boss = hold.AsApplication();
        var webhook = Object(ObjectKinds.All.Single(k => k.Name == "webhook"), "admin", hold.Organization);
        webhook["name"] = hold.Organization + "-hook";

        Assert.Equal("ok", await StatusAsync(boss, "/api/add-webhook", webhook));

        webhook["owner"] = hold.Organization;
        Assert.Equal("ok", await StatusAsync(boss, $"/api/update-webhook?id=admin/{hold.Organization}-hook", webhook));
        Assert.Equal(hold.Organization, await server.ScalarAsync<string>("select owner from objects where kind = 'webhook' and name = @name", new { name = hold.Organization + "-hook" }));
    }

    private static string Name(ObjectKind kind) => "planted-" + kind.Name;

    private static JsonObject Object(ObjectKind kind, string owner, string organization) =>
        new() { ["owner"] = owner, ["name"] = Name(kind), ["organization"] = organization };

    private static Task<long> CountAsync(TestServer server, Tenant tenant, ObjectKind kind) => server.ScalarAsync<long>(
        "select count(*) from objects where kind = @Name and (organization = @Organization or owner = @Organization)", new { kind.Name, tenant.Organization });

    private static async Task<string> StatusAsync(HttpClient http, string path, JsonObject body)
    {
        using var content = new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(new Uri(path, UriKind.Relative), content);
        return (await Answer.OfAsync(response))["status"] ?? response.StatusCode.ToString();
    }
}
