using System.Text.Json.Nodes;
using Postern.Directory.Objects;
using Postern.Storage.Databases;
using Postern.Tests.Casdoor.Rows;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Access;

/// <summary>An application may be given the whole installation (<c>apiAccess</c>): who gives it, what it opens, and who may change it then.</summary>
public sealed class InstallationAccessTests(Servers servers)
{
    private const string Grants = "grant_types = '[\"password\",\"client_credentials\"]'";

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_global_administrator_gives_it_and_the_credentials_open_every_organization(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var (tenant, other) = (await server.NewTenantAsync(Grants), await server.NewTenantAsync());
        await other.AddUserAsync("alice");
        var (application, name) = (RowCaller.Of(tenant), "made-" + tenant.Organization);
        Assert.Equal("Unauthorized operation", await application.WriteAsync("/api/add-organization", new() { ["owner"] = "admin", ["name"] = name }));
        Assert.Equal("Unauthorized operation", await application.MessageAsync($"/api/get-user?id={other.Organization}/alice"));

        Assert.Equal("Affected", await (await RootAsync(server)).WriteAsync(Update(tenant), Access("installation")));

        Assert.Equal("Affected", await application.WriteAsync("/api/add-organization", new() { ["owner"] = "admin", ["name"] = name }));
        Assert.Equal(name, (await application.DataAsync($"/api/get-organization?id=admin/{name}"))!["name"]!.ToString());
        Assert.Equal("Affected", await application.WriteAsync($"/api/update-user?id={other.Organization}/alice", new() { ["displayName"] = "Alice" }));
        var token = await tenant.TokenAsync(("grant_type", "client_credentials"), ("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret));
        var bearer = RowCaller.Bearer(server, token["access_token"]);
        Assert.Equal("Alice", (await bearer.DataAsync($"/api/get-user?id={other.Organization}/alice"))!["displayName"]!.ToString());
        var reading = RowCaller.Bearer(
            server, (await tenant.TokenAsync(("grant_type", "client_credentials"), ("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret), ("scope", "api:read")))["access_token"]);
        Assert.Equal("Alice", (await reading.DataAsync($"/api/get-user?id={other.Organization}/alice"))!["displayName"]!.ToString());
        Assert.Contains("may only read", await reading.WriteAsync("/api/delete-organization", new() { ["owner"] = "admin", ["name"] = name }), StringComparison.Ordinal);
        Assert.Equal("Affected", await bearer.WriteAsync("/api/delete-organization", new() { ["owner"] = "admin", ["name"] = name }));

        // A program that knows nothing of it sends the application back without it.
        Assert.Equal("Affected", await application.WriteAsync(Update(tenant), new() { ["displayName"] = "Ours" }));
        Assert.Equal("installation", await AccessOfAsync(tenant));
        Assert.Equal("Affected", await (await RootAsync(server)).WriteAsync(Update(tenant), new() { ["apiAccess"] = true }));
        Assert.Equal("organization", await AccessOfAsync(tenant));
        Assert.Equal("Unauthorized operation", await bearer.MessageAsync($"/api/get-user?id={other.Organization}/alice"));
        Assert.Equal("Unauthorized operation", await application.MessageAsync($"/api/get-user?id={other.Organization}/alice"));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_organizations_administrator_and_an_application_never_give_it(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await server.NewTenantAsync(Grants);
        using var ofBuiltIn = await Administrator.OfAsync(server);
        var added = "added-" + tenant.Organization;
        foreach (var spelling in new[] { "apiAccess", "APIACCESS" })
        {
            var (change, addition) = (new JsonObject { [spelling] = "installation" }, new JsonObject { ["owner"] = "admin", ["name"] = added, ["organization"] = tenant.Organization, [spelling] = "installation" });
            foreach (var caller in new[] { await BossAsync(tenant), RowCaller.Of(tenant) })
            {
                Assert.Equal(GivenAccess.Refusal.English, await caller.WriteAsync(Update(tenant), change));
                Assert.Equal(GivenAccess.Refusal.English, await caller.WriteAsync(Update(tenant) + "&columns=api_access", change));
                Assert.Equal(GivenAccess.Refusal.English, await caller.WriteAsync("/api/add-application", addition));
            }

            Assert.Equal(GivenAccess.Refusal.English, await ofBuiltIn.WriteAsync(Update(tenant), change));
            Assert.Equal(GivenAccess.Refusal.English, await ofBuiltIn.WriteAsync("/api/add-application", addition));
        }

        Assert.Equal("organization", await AccessOfAsync(tenant));
        Assert.Equal(0, await server.ScalarAsync<long>("select count(*) from applications where name = @added", new { added }));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Once_given_only_global_administrators_change_the_application_and_read_its_secret(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await server.NewTenantAsync(Grants);
        var boss = await BossAsync(tenant);
        Assert.Equal(tenant.ClientSecret, await SecretAsync(boss));
        Assert.Equal("Affected", await (await RootAsync(server)).WriteAsync(Update(tenant), Access("installation")));

        foreach (var change in new JsonObject[]
        {
            new() { ["clientSecret"] = "mine" }, new() { ["redirectUris"] = new JsonArray("https://mine.example/") }, new() { ["clientCert"] = "mine" }, new() { ["jwksUri"] = "https://mine.example/" },
            new() { ["apiAccess"] = "organization" }, new() { ["clientId"] = "mine" }, new() { ["displayName"] = "mine" },
        })
        {
            Assert.Equal("Unauthorized operation", await boss.WriteAsync(Update(tenant), change));
        }

        Assert.Equal("Unauthorized operation", await boss.WriteAsync($"/api/rotate-client-secret?id=admin/{tenant.Application}", []));
        Assert.Equal("Unauthorized operation", await boss.WriteAsync("/api/delete-application", new() { ["owner"] = "admin", ["name"] = tenant.Application, ["organization"] = tenant.Organization }));
        Assert.Equal("***", await SecretAsync(boss));
        var listed = (await boss.DataAsync($"/api/get-applications?owner=admin&organization={tenant.Organization}"))![0]!;
        Assert.Equal(("installation", "***"), (listed["apiAccess"]!.ToString(), listed["clientSecret"]!.ToString()));
        Assert.Equal(tenant.ClientSecret, await SecretAsync(await RootAsync(server)));
        Assert.Equal(tenant.ClientSecret, await SecretAsync(RowCaller.Of(tenant)));
        Assert.Equal(40, (await (await RootAsync(server)).WriteAsync($"/api/rotate-client-secret?id=admin/{tenant.Application}", [])).Length);

        async Task<string?> SecretAsync(RowCaller caller) => (await caller.DataAsync($"/api/get-application?id=admin/{tenant.Application}"))!["clientSecret"]?.ToString();
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Its_tokens_are_never_signed_with_a_key_that_its_organization_knows(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await server.NewTenantAsync(Grants);
        var (boss, cert) = (await BossAsync(tenant), "cert-" + tenant.Organization);
        Assert.Equal("Affected", await boss.WriteAsync("/api/add-cert", new() { ["owner"] = tenant.Organization, ["name"] = cert, ["bitSize"] = 2048 }));
        Assert.Equal("Affected", await boss.WriteAsync(Update(tenant), new() { ["cert"] = cert }));
        var own = await TokenAsync();
        Assert.Equal(cert, KeyOf(own));
        Assert.Equal("ok", (await RowCaller.Bearer(server, own).GetAsync($"/api/get-users?owner={tenant.Organization}"))["status"]!.ToString());

        Assert.Equal("Affected", await (await RootAsync(server)).WriteAsync(Update(tenant), Access("installation")));

        Assert.Equal("error", (await RowCaller.Bearer(server, own).GetAsync($"/api/get-users?owner={tenant.Organization}"))["status"]!.ToString());
        var given = await TokenAsync();
        Assert.Equal("cert-built-in", KeyOf(given));
        Assert.Equal("ok", (await RowCaller.Bearer(server, given).GetAsync("/api/get-users?owner=built-in"))["status"]!.ToString());

        async Task<string> TokenAsync() =>
            (await tenant.TokenAsync(("grant_type", "client_credentials"), ("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret)))["access_token"]!;

        static string KeyOf(string jwt) => JsonNode.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(jwt.Split('.')[0]))!["kid"]!.ToString();
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Earlier_forms_of_the_value_are_read_and_others_are_refused(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await server.NewTenantAsync(Grants);
        using var administrator = await Administrator.OfAsync(server);
        foreach (var (sent, kept) in new (JsonNode?, string)[] { (false, "none"), (null, "none"), ("", "none"), (true, "organization"), ("none", "none"), ("organization", "organization") })
        {
            Assert.Equal("Affected", await administrator.WriteAsync(Update(tenant), new() { ["apiAccess"] = sent }));
            Assert.Equal(kept, await AccessOfAsync(tenant));
        }

        Assert.Equal("apiAccess must be none, organization or installation", await administrator.WriteAsync(Update(tenant), Access("Installation")));
        Assert.Contains("apiAccess of type string", await administrator.WriteAsync(Update(tenant), new() { ["apiAccess"] = 2 }), StringComparison.Ordinal);
        Assert.Equal("organization", await AccessOfAsync(tenant));
        foreach (var (sent, kept) in new (JsonNode?, string)[] { (null, "organization"), (false, "none") })
        {
            var name = $"{kept}-{tenant.Organization}";
            Assert.Equal("Affected", await administrator.WriteAsync("/api/add-application", new() { ["owner"] = "admin", ["name"] = name, ["organization"] = tenant.Organization, ["apiAccess"] = sent }));
            Assert.Equal(kept, (await administrator.GetAsync($"/api/get-application?id=admin/{name}"))["data"]!["apiAccess"]!.ToString());
        }
    }

    private static string Update(Tenant tenant) => $"/api/update-application?id=admin/{tenant.Application}";

    private static JsonObject Access(string access) => new() { ["apiAccess"] = access };

    private static Task<string?> AccessOfAsync(Tenant tenant) =>
        tenant.Server.ScalarAsync<string>("select api_access from applications where name = @Application", new { tenant.Application });

    private static async Task<RowCaller> BossAsync(Tenant tenant)
    {
        if (await tenant.Server.ScalarAsync<long>("select count(*) from users where owner = @Organization and name = 'boss'", new { tenant.Organization }) == 0)
        {
            await tenant.AddUserAsync("boss", ("isAdmin", true));
        }

        return await SignInAsync(tenant, "boss");
    }

    /// <summary>A global administrator, signed in.</summary>
    private static async Task<RowCaller> RootAsync(TestServer server)
    {
        var tenant = await server.NewTenantAsync(Grants + ", organization = 'built-in'");
        var name = "root-" + tenant.Application;
        await server.AddUserAsync("built-in", name, ("isAdmin", true));
        return await SignInAsync(tenant, name);
    }

    private static async Task<RowCaller> SignInAsync(Tenant tenant, string user) => RowCaller.Bearer(tenant.Server, (await tenant.TokenAsync(
        ("grant_type", "password"), ("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret), ("username", user), ("password", PasswordUsers.Password)))["access_token"]);
}
