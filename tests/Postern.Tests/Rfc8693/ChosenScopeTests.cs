using Dapper;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Postern.Tests.Rfc7591;
using Xunit;

namespace Postern.Tests.Rfc8693;

/// <summary>The scopes of our own API, and what tokens open that have them or were made of ones that have (docs/tokens.md).</summary>
public sealed class ChosenScopeTests(Servers servers)
{
    private const string Exchange = "urn:ietf:params:oauth:grant-type:token-exchange";
    private const string Foreign = "https://rs.example";

    [Theory]
    [InlineData("")]
    [InlineData("profile")]
    [InlineData("openid profile email")]
    [InlineData("read")]
    [InlineData("all")]
    [InlineData("api")]
    [InlineData("api:read api")]
    public async Task A_scope_that_chooses_nothing_of_the_api_opens_all_of_it(string scope)
    {
        var tenant = await TenantAsync(await servers.OnAsync(DatabaseDriver.Sqlite));

        foreach (var answer in new[] { await SignInAsync(tenant, ("scope", scope)), await OwnAsync(tenant, ("scope", scope)) })
        {
            Assert.Equal((scope, "all"), (answer["scope"], await OpenedAsync(tenant, answer)));
        }

        Assert.Equal("all", await OpenedAsync(tenant, await tenant.SignInAsync(tenant.Code("mei"), null, null, ("scope", scope))));

        var tokens = await SignInAsync(tenant, ("scope", scope));
        Assert.Equal("all", await OpenedAsync(tenant, await RefreshAsync(tenant, tokens)));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_scope_for_reading_reads_and_writes_nothing(DatabaseDriver driver)
    {
        var tenant = await TenantAsync(await servers.OnAsync(driver));
        var tokens = await SignInAsync(tenant, ("scope", "openid api:read"));

        Assert.Equal("openid api:read", tokens["scope"]);
        Assert.Equal("reads", await OpenedAsync(tenant, tokens));
        Assert.Equal("reads", await OpenedAsync(tenant, await RefreshAsync(tenant, tokens)));
        Assert.Equal("reads", await OpenedAsync(tenant, await OwnAsync(tenant, ("scope", "api:read"))));
        var program = await tenant.SignInAsync(tenant.Code("mei"), null, null, ("scope", "openid api:read"));
        Assert.Equal(("api:read", "reads"), (program["scope"], await OpenedAsync(tenant, program)));
        Assert.Equal("invalid_scope", (await RefreshAsync(tenant, tokens, ("scope", "api")))["error"]);
        Assert.Equal("invalid_scope", (await ExchangeAsync(tenant, tokens, ("scope", "api")))["error"]);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_read_that_writes_or_shows_what_writes_needs_more_than_the_scope_for_reading(DatabaseDriver driver)
    {
        var tenant = await TenantAsync(await servers.OnAsync(driver));
        var (server, organization) = (tenant.Server, tenant.Organization);
        var (reads, all) = ("Bearer " + (await SignInAsync(tenant, ("scope", "api:read")))["access_token"], "Bearer " + (await SignInAsync(tenant))["access_token"]);
        Assert.Equal("ok", (await server.PostJsonAsync("/api/add-product", $$"""{"owner":"{{organization}}","name":"cup","state":"Published"}""", all))["status"]);
        var (buys, shows) = ($"/api/buy-product?id={organization}/cup&userName=boss", $"/api/get-application?id=admin/{tenant.Application}");

        Assert.Equal("The access token may only read: ask for the scope api", (await server.GetAsync(buys, reads))["msg"]);
        Assert.DoesNotContain(tenant.ClientSecret, (await server.GetAsync(shows, reads)).Text, StringComparison.Ordinal);
        Assert.DoesNotContain(tenant.ClientSecret, (await server.GetAsync(shows + "&withSecret=1", reads)).Text, StringComparison.Ordinal);
        Assert.Equal((0L, 0L), await WrittenAsync());

        Assert.Equal("ok", (await server.GetAsync(buys, all))["status"]);
        Assert.Contains(tenant.ClientSecret, (await server.GetAsync(shows, all)).Text, StringComparison.Ordinal);
        Assert.Equal((1L, 1L), await WrittenAsync());

        async Task<(long Orders, long Showings)> WrittenAsync() => (
            await server.ScalarAsync<long>("select count(*) from objects where kind = 'order' and owner = @organization", new { organization }),
            await server.ScalarAsync<long>("select count(*) from records where action = 'show-client-secret' and organization = @organization", new { organization }));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_exchanged_or_narrowed_token_opens_what_its_scope_names(DatabaseDriver driver)
    {
        var tenant = await TenantAsync(await servers.OnAsync(driver));
        var tokens = await SignInAsync(tenant, ("scope", "openid profile"));

        foreach (var (scope, opened) in new[] { ("openid", "userinfo"), ("openid api:read", "reads"), ("api", "all") })
        {
            Assert.Equal((scope, opened), (scope, await OpenedAsync(tenant, await ExchangeAsync(tenant, tokens, ("scope", scope)))));
            Assert.Equal((scope, opened), (scope, await OpenedAsync(tenant, await RefreshAsync(tenant, await SignInAsync(tenant, ("scope", "openid profile")), ("scope", scope)))));
        }

        Assert.Equal("userinfo", await OpenedAsync(tenant, await ExchangeAsync(tenant, tokens)));
        Assert.Equal("all", await OpenedAsync(tenant, await RefreshAsync(tenant, await SignInAsync(tenant, ("scope", "openid profile")), ("scope", "profile openid"))));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task No_chain_of_exchanges_opens_more_than_its_first_token(DatabaseDriver driver)
    {
        var tenant = await TenantAsync(await servers.OnAsync(driver));
        var tokens = await SignInAsync(tenant, ("scope", "openid profile api"));
        var foreign = await SignInAsync(tenant, ("scope", "openid api"), ("resource", Foreign));
        var narrow = await ExchangeAsync(tenant, tokens, ("scope", "openid"));
        var refreshed = await RefreshAsync(tenant, await SignInAsync(tenant, ("scope", "openid api")), ("scope", "openid"));

        foreach (var subject in new[] { foreign, narrow, refreshed })
        {
            Assert.Equal("invalid_scope", (await ExchangeAsync(tenant, subject, ("scope", "api")))["error"]);
            Assert.Equal("invalid_scope", (await ExchangeAsync(tenant, subject, ("scope", "api:read")))["error"]);
            var again = await ExchangeAsync(tenant, subject);
            Assert.Equal(("openid", "userinfo"), (again["scope"], await OpenedAsync(tenant, again)));
        }

        // The id_token of a narrowed answer is no way around it, and one of a foreign grant neither.
        foreach (var subject in new[] { foreign, refreshed })
        {
            Assert.Equal("invalid_scope", (await ExchangeIdTokenAsync(tenant, subject, "api"))["error"]);
            Assert.Equal("userinfo", await OpenedAsync(tenant, await ExchangeIdTokenAsync(tenant, subject, "openid")));
        }
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Our_own_names_are_no_other_api(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await TenantAsync(server);
        var other = await TenantAsync(server);
        var document = await server.GetAsync($"/.well-known/{tenant.Application}/oauth-protected-resource");

        foreach (var (resource, opened) in new[]
        {
            (server.Issuer, "all"), (server.Issuer + "/", "all"), (document["resource"]!, "all"), (Foreign, "nothing"), (server.Issuer + ".evil.example", "nothing"),
            (server.Issuer + "/api", "nothing"), (document["resource"]!.Replace(tenant.Application, other.Application, StringComparison.Ordinal), "nothing"),
        })
        {
            Assert.Equal((resource, opened), (resource, await OpenedAsync(tenant, await SignInAsync(tenant, ("resource", resource)))));
            Assert.Equal((resource, opened), (resource, await OpenedAsync(tenant, await OwnAsync(tenant, ("resource", resource)))));
        }

        Assert.Equal("reads", await OpenedAsync(tenant, await SignInAsync(tenant, ("resource", server.Issuer), ("scope", "api:read"))));
    }

    [Fact]
    public async Task The_documents_list_the_scopes_of_the_api_and_an_application_that_lists_its_own_may_be_asked_for_them()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var tenant = await TenantAsync(server, """scopes = '[{"name":"orders"}]'""");

        foreach (var path in new[] { "openid-configuration", "oauth-authorization-server", "oauth-protected-resource" }.SelectMany(d => new[] { "/.well-known/" + d, $"/.well-known/{tenant.Application}/{d}" }))
        {
            var scopes = (await server.GetAsync(path)).Body.GetProperty("scopes_supported").EnumerateArray().Select(s => s.GetString()!).ToList();
            Assert.Equal(["api", "api:read"], scopes.Where(s => s.StartsWith("api", StringComparison.Ordinal)));
        }

        Assert.Equal("reads", await OpenedAsync(tenant, await SignInAsync(tenant, ("scope", "orders api:read"))));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_client_that_registered_itself_is_granted_no_scope_of_the_api(DatabaseDriver driver)
    {
        var tenant = await Registered.NewTenantAsync(await servers.OnAsync(driver));
        using var alice = await Visitor.SignedInAsync(tenant, "alice");
        var tokens = await Registered.SignInAsync(tenant.As(await Registered.RegisterAsync(tenant)), alice, ("scope", "openid api api:read"));

        Assert.Equal("openid", tokens["scope"]);
        Assert.Equal("userinfo", await OpenedAsync(tenant, tokens));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_token_that_opens_less_ends_no_sign_in_and_registers_no_client(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await TenantAsync(server);
        await server.ExecuteAsync("update organizations set dcr_policy = 'token' where name = @Organization", new { tenant.Organization });
        var tokens = await SignInAsync(tenant, ("scope", "openid"));
        var less = new[]
        {
            await ExchangeAsync(tenant, tokens, ("scope", "openid")), await ExchangeAsync(tenant, tokens, ("scope", "api:read")), await SignInAsync(tenant, ("resource", Foreign)), await SignInAsync(tenant, ("scope", "api:read")),
        };

        foreach (var token in less.Select(t => t["access_token"]!))
        {
            Assert.Equal("error", (await server.GetAsync("/api/logout?id_token_hint=" + token))["status"]);
            Assert.Equal("error", (await server.GetAsync("/api/logout", "Bearer " + token))["status"]);
            Assert.Equal("error", (await server.GetAsync("/api/sso-logout", "Bearer " + token))["status"]);
            Assert.Equal(401, (await Registered.RegisterAsync(tenant, Registered.Metadata(), "Bearer " + token)).Status);
        }

        Assert.Equal(0, await server.ScalarAsync<long>("select count(*) from grants where user_id in (select id from users where owner = @Organization) and ended_time is not null", new { tenant.Organization }));
        Assert.Equal(0, await server.ScalarAsync<long>("select count(*) from applications where organization = @Organization and is_self_registered", new { tenant.Organization }));
        Assert.Equal(201, (await Registered.RegisterAsync(tenant, Registered.Metadata(), "Bearer " + tokens["access_token"])).Status);
        Assert.Equal("ok", (await server.GetAsync("/api/logout?id_token_hint=" + tokens["access_token"]))["status"]);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Its_client_asks_about_and_ends_a_token_that_is_for_another_api(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await TenantAsync(server);
        var token = (await SignInAsync(tenant, ("resource", Foreign)))["access_token"]!;

        Assert.Equal("True", (await server.PostFormAsync("/api/login/oauth/introspect", [("token", token), .. Credentials(tenant)]))["active"]);
        Assert.Equal(200, (await server.PostFormAsync("/api/login/oauth/revoke", [("token", token), .. Credentials(tenant)])).Status);
        Assert.Equal("False", (await server.PostFormAsync("/api/login/oauth/introspect", [("token", token), .. Credentials(tenant)]))["active"]);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task What_a_token_of_an_earlier_version_opens_follows_from_its_row_and_its_grant(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver, prepare: async database => await database.UnderStartLockAsync(async (connection, transaction) =>
        {
            await Migrations.ApplyAsync(database, connection, transaction, TimeProvider.System, last: 17);
            foreach (var (grant, scope, resource) in new[] { ("g1", "openid profile", ""), ("g2", "openid", Foreign) })
            {
                await connection.ExecuteAsync(
                    """
                    insert into grants (id, organization, user_id, application_id, grant_type, scope, with_secret, auth_time, created_time, expires_time, resource, jkt, amr, session_hash)
                    values (@grant, 'o', 'u', 'c', 'password', @scope, false, 1, 1, 1, @resource, '', '', '')
                    """, new { grant, scope, resource }, transaction);
            }

            foreach (var (id, grant, type, scope) in new[] { ("t1", "g1", "password", "openid profile"), ("t2", "g1", "password", "openid"), ("t3", "g2", "password", "openid"), ("t4", "g1", Exchange, "openid profile"), ("t5", "", "client_credentials", "") })
            {
                await connection.ExecuteAsync(
                    """
                    insert into tokens (id, grant_id, organization, application_id, user_id, user_name, grant_type, scope, created_time, expires_time)
                    values (@id, @grant, 'o', 'a', 'u', 'n', @type, @scope, 1, 1)
                    """, new { id, grant, type, scope }, transaction);
            }
        }));

        Assert.Equal([("t1", 3), ("t2", 1), ("t3", 1), ("t4", 1), ("t5", 3)], await server.Database.ReadAsync(c => c.QueryAsync<(string, int)>("select id, opens from tokens order by id")));
    }

    /// <summary>What a token opens, tried: all, reads, userinfo or nothing.</summary>
    private static async Task<string> OpenedAsync(Tenant tenant, Answer tokens)
    {
        var (server, bearer) = (tenant.Server, "Bearer " + (tokens["access_token"] ?? throw new InvalidOperationException(tokens.Text)));
        // Refused to all who may not write, and otherwise for want of a name: nothing comes of it.
        var writes = !(await server.PostJsonAsync("/api/check-user-password", "{}", bearer)).Text.Contains("ccess token", StringComparison.Ordinal);
        var reads = !(await server.GetAsync("/api/get-organization-names", bearer)).Text.Contains("ccess token", StringComparison.Ordinal);
        var userInfo = await server.GetAsync("/api/userinfo?userId=none", bearer);
        if (tokens.Claims("access_token").GetProperty("azp").GetString() != tenant.ClientId)
        {
            // One that registered itself is refused by what it is.
            writes = reads = (await server.GetAsync("/api/get-organization-names", bearer))["status"] == "ok";
        }

        return writes ? "all" : reads ? "reads" : userInfo.Status == 200 ? "userinfo" : "nothing";
    }

    private static async Task<Tenant> TenantAsync(TestServer server, string columns = "")
    {
        var tenant = await server.NewWebTenantAsync($"password client_credentials {Exchange}", columns);
        await tenant.AddUserAsync("boss", ("isAdmin", true));
        return tenant;
    }

    private static (string, string)[] Credentials(Tenant tenant) => [("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret)];

    private static Task<Answer> SignInAsync(Tenant tenant, params (string, string)[] more) =>
        tenant.TokenAsync([("grant_type", "password"), ("username", "boss"), ("password", PasswordUsers.Password), .. Credentials(tenant), .. more]);

    private static Task<Answer> OwnAsync(Tenant tenant, params (string, string)[] more) =>
        tenant.TokenAsync([("grant_type", "client_credentials"), .. Credentials(tenant), .. more]);

    private static Task<Answer> RefreshAsync(Tenant tenant, Answer tokens, params (string, string)[] more) =>
        tenant.RefreshAsync(tokens["refresh_token"]!, [("client_secret", tenant.ClientSecret), .. more]);

    private static Task<Answer> ExchangeAsync(Tenant tenant, Answer subject, params (string, string)[] more) =>
        tenant.TokenAsync([("grant_type", Exchange), ("subject_token", subject["access_token"]!), .. Credentials(tenant), .. more]);

    private static Task<Answer> ExchangeIdTokenAsync(Tenant tenant, Answer subject, string scope) => tenant.TokenAsync(
        [("grant_type", Exchange), ("subject_token", subject["id_token"]!), ("subject_token_type", "urn:ietf:params:oauth:token-type:id_token"), ("scope", scope), .. Credentials(tenant)]);
}
