using System.Text.Json.Nodes;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Rfc7523;

public sealed class JwtBearerGrantTests(Servers servers)
{
    private const string GrantType = "urn:ietf:params:oauth:grant-type:jwt-bearer";

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_client_vouches_for_a_user_by_his_name_or_id(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        using var key = ClientKey.NewEc();
        var tenant = await TenantAsync(server, key);
        var id = await tenant.AddUserAsync("alice");

        foreach (var subject in new[] { "alice", id })
        {
            var answer = await AskAsync(tenant, Assertion.Of(tenant, key, ("sub", subject)), ("scope", "openid"));
            Assert.Equal((200, "openid", id), (answer.Status, answer["scope"], answer.Claims("access_token").GetProperty("sub").GetString()));
            Assert.False(answer.Body.TryGetProperty("id_token", out _));
            Assert.False(answer.Body.TryGetProperty("refresh_token", out _));
            Assert.True(await server.IsGoodAsync(answer["access_token"]));
        }

        // Casdoor's clients sign as one of their redirect URIs.
        Assert.Equal(200, (await AskAsync(tenant, Assertion.Of(tenant, key, ("iss", Visitor.RedirectUri), ("sub", "alice")))).Status);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Unknown_forbidden_and_deleted_users_and_those_of_others_get_nothing(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        using var key = ClientKey.NewEc();
        var (tenant, other) = (await TenantAsync(server, key), await TenantAsync(server, key));
        await tenant.AddUserAsync("forbidden", ("isForbidden", true));
        await tenant.AddUserAsync("deleted", ("isDeleted", true));
        await tenant.AddUserAsync("alice", ("email", "alice@example.com"));
        await server.ExecuteAsync("update users set email_by_user = true where owner = @Organization and name = 'alice'", new { tenant.Organization });
        var theirs = await other.AddUserAsync("bob");
        var admin = await server.ScalarAsync<string>("select id from users where owner = 'built-in' and name = 'admin'");

        foreach (var subject in new[] { "nobody", "forbidden", "deleted", "bob", theirs, "alice@example.com", "admin", "built-in/admin", admin!, "", tenant.ClientId })
        {
            Assert.Equal("invalid_grant", (await AskAsync(tenant, Assertion.Of(tenant, key, ("sub", subject))))["error"]);
        }

        Assert.Equal(0, await server.ScalarAsync<long>("select count(*) from grants where application_id = (select id from applications where client_id = @ClientId)", new { tenant.ClientId }));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_assertion_is_good_once(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        using var key = ClientKey.NewEc();
        var tenant = await TenantAsync(server, key);
        await tenant.AddUserAsync("alice");
        var assertion = Assertion.Of(tenant, key, ("sub", "alice"));

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => AskAsync(tenant, assertion)));

        Assert.Single(answers, a => a.Status == 200);
        Assert.All(answers.Where(a => a.Status != 200), a => Assert.Equal("invalid_grant", a["error"]));
        Assert.Equal("invalid_grant", (await AskAsync(tenant, assertion))["error"]);
    }

    [Fact]
    public async Task A_client_of_built_in_vouches_for_nobody()
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite);
        using var key = ClientKey.NewEc();
        var tenant = await TenantAsync(server, key);
        await server.ExecuteAsync("update applications set organization = 'built-in', organization_id = (select id from organizations where name = 'built-in') where client_id = @ClientId", new { tenant.ClientId });

        Assert.Equal("invalid_grant", (await AskAsync(tenant, Assertion.Of(tenant, key, ("sub", "admin"))))["error"]);
    }

    [Fact]
    public async Task It_needs_the_listing_the_clients_authentication_and_a_good_signature()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var key = ClientKey.NewRsa();
        using var another = ClientKey.NewRsa();
        var tenant = await TenantAsync(server, key);
        var unlisted = await server.NewWebTenantAsync("", $"jwks = '{key.Jwks()}'");
        await tenant.AddUserAsync("alice");
        await unlisted.AddUserAsync("alice");
        var now = server.Clock.GetUtcNow().ToUnixTimeSeconds();

        Assert.Equal("unsupported_grant_type", (await AskAsync(unlisted, Assertion.Of(unlisted, key, ("sub", "alice"))))["error"]);
        Assert.Equal("invalid_client", await tenant.RefusalAsync(("grant_type", GrantType), ("client_id", tenant.ClientId), ("assertion", Assertion.Of(tenant, key, ("sub", "alice")))));
        foreach (var wrong in new[]
        {
            Assertion.Of(tenant, another, ("sub", "alice")),
            ClientKey.Unsigned(new JsonObject { ["alg"] = "none" }, Assertion.Claims(tenant, ("sub", "alice"))),
            ClientKey.Mac(new JsonObject { ["alg"] = "HS256" }, Assertion.Claims(tenant, ("sub", "alice")), key.PublicPem()),
            Assertion.Of(tenant, key, ("sub", "alice"), ("aud", "https://other.example")),
            Assertion.Of(tenant, key, ("sub", "alice"), ("iss", "https://other.example")),
            Assertion.Of(tenant, key, ("sub", "alice"), ("exp", now - 1)),
            Assertion.Of(tenant, key, ("sub", "alice"), ("exp", now + 7200)),
            "nonsense",
        })
        {
            Assert.Equal("invalid_grant", (await AskAsync(tenant, wrong))["error"]);
        }

        Assert.Equal("invalid_request", await tenant.RefusalAsync(("grant_type", GrantType), ("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret)));
        Assert.Equal(200, (await AskAsync(tenant, Assertion.Of(tenant, key, ("sub", "alice")))).Status);
    }

    [Fact]
    public async Task Nobody_is_vouched_for_where_sign_in_is_closed()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var key = ClientKey.NewEc();
        var tenant = await TenantAsync(server, key);
        await tenant.AddUserAsync("alice");
        await server.ExecuteAsync("update organizations set disable_signin = true where name = @Organization", new { tenant.Organization });

        Assert.Equal("invalid_grant", (await AskAsync(tenant, Assertion.Of(tenant, key, ("sub", "alice"))))["error"]);
    }

    private static Task<Tenant> TenantAsync(TestServer server, ClientKey key) => server.NewWebTenantAsync(GrantType, $"jwks = '{key.Jwks()}'");

    private static Task<Answer> AskAsync(Tenant tenant, string assertion, params (string, string)[] more) => tenant.TokenAsync(
        [("grant_type", GrantType), ("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret), ("assertion", assertion), .. more]);
}
