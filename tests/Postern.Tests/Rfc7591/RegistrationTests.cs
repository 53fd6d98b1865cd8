using System.Text.Json.Nodes;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Rfc7591;

public sealed class RegistrationTests(Servers servers)
{
    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Registration_is_off_unless_the_organization_allows_it_and_never_in_built_in(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var closed = await Registered.NewTenantAsync(server, "");
        var odd = await Registered.NewTenantAsync(server, "Open");
        await server.ExecuteAsync("update organizations set dcr_policy = 'open' where name = 'built-in'");

        foreach (var organization in new[] { closed.Organization, odd.Organization, "built-in", "nobody", "", "%00" })
        {
            var answer = await server.PostJsonAsync($"{Registered.Path}?organization={organization}", Registered.Metadata().ToJsonString());
            Assert.Equal(400, answer.Status);
        }

        Assert.Equal(400, (await server.PostJsonAsync(Registered.Path, Registered.Metadata(("organization", closed.Organization)).ToJsonString())).Status);
        Assert.Equal(0, await server.ScalarAsync<long>("select count(*) from applications where is_self_registered"));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_client_that_names_no_organization_registers_in_the_only_one_that_permits_it(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var open = await Registered.NewTenantAsync(server);

        var answer = await server.PostJsonAsync(Registered.Path, Registered.Metadata().ToJsonString());
        await Registered.NewTenantAsync(server, "token");
        var ambiguous = await server.PostJsonAsync(Registered.Path, Registered.Metadata().ToJsonString());

        Assert.Equal((201, 400), (answer.Status, ambiguous.Status));
        Assert.Equal(open.Organization, await server.ScalarAsync<string>("select organization from applications where client_id = @id", new { id = answer["client_id"] }));
    }

    [Fact]
    public async Task A_client_is_given_no_scope_that_it_did_not_register()
    {
        var tenant = await Registered.NewTenantAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var usual = await Registered.RegisterAsync(tenant);
        var named = await Registered.RegisterAsync(tenant, Registered.Metadata(("scope", "openid orders")));
        using var alice = await Visitor.SignedInAsync(tenant, "alice");

        Assert.Equal("openid profile email phone address groups roles offline_access", usual["scope"]);
        Assert.Contains("error=invalid_scope", (await alice.GetAsync(Visitor.Authorize(usual["client_id"]!).Replace("scope=openid", "scope=orders", StringComparison.Ordinal))).Text, StringComparison.Ordinal);
        Assert.Equal(200, (await alice.GetAsync(Visitor.Authorize(named["client_id"]!).Replace("scope=openid", "scope=orders", StringComparison.Ordinal))).Status);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_answer_tells_the_client_what_it_got(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await Registered.NewTenantAsync(server);

        var answer = await Registered.RegisterAsync(tenant, Registered.Metadata(
            ("token_endpoint_auth_method", "client_secret_basic"), ("scope", "openid profile"), ("client_uri", "https://tool.example/"),
            ("grant_types", new JsonArray("authorization_code", "client_credentials", "password")), ("software_id", "ignored")));

        Assert.Equal((201, "no-store"), (answer.Status, answer.Headers.CacheControl!.ToString()));
        Assert.Equal(("A tool", "client_secret_basic", "openid profile", "https://tool.example/"), (answer["client_name"], answer["token_endpoint_auth_method"], answer["scope"], answer["client_uri"]));
        Assert.Equal(["authorization_code", "refresh_token"], answer.Body.GetProperty("grant_types").EnumerateArray().Select(g => g.GetString()));
        Assert.Equal(["code"], answer.Body.GetProperty("response_types").EnumerateArray().Select(g => g.GetString()));
        Assert.Equal([Visitor.RedirectUri], answer.Body.GetProperty("redirect_uris").EnumerateArray().Select(g => g.GetString()));
        Assert.Equal(0, answer.Body.GetProperty("client_secret_expires_at").GetInt32());
        Assert.InRange(answer.Body.GetProperty("client_id_issued_at").GetInt64(), server.Clock.GetUtcNow().ToUnixTimeSeconds() - 60, server.Clock.GetUtcNow().ToUnixTimeSeconds() + 1);
        Assert.Equal($"{server.Issuer}{Registered.Path}/{answer["client_id"]}", answer["registration_client_uri"]);
        Assert.NotEqual(tenant.ClientId, answer["client_id"]);
        Assert.Contains("register-client", await tenant.ActionsAsync());

        var publicClient = await Registered.RegisterAsync(tenant);
        Assert.False(publicClient.Body.TryGetProperty("client_secret", out _));
        var dump = await server.DumpAsync();
        Assert.DoesNotContain(answer["client_secret"]!, dump, StringComparison.Ordinal);
        Assert.DoesNotContain(answer["registration_access_token"]!, dump, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_policy_token_wants_the_token_of_an_administrator_of_that_organization(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await Registered.NewTenantAsync(server, "token");
        var other = await Registered.NewTenantAsync(server, "token");
        await tenant.AddUserAsync("boss", ("isAdmin", true));
        await other.AddUserAsync("boss", ("isAdmin", true));
        var (boss, foreign, alice) = (await TokenAsync(tenant, "boss"), await TokenAsync(other, "boss"), await TokenAsync(tenant, "alice"));

        foreach (var authorization in new[] { null, "Bearer " + alice, "Bearer " + foreign, "Bearer nonsense", "Bearer", "Basic " + boss, Api.Basic(tenant.ClientId, tenant.ClientSecret) })
        {
            var refused = await Registered.RegisterAsync(tenant, Registered.Metadata(), authorization);
            Assert.Equal((401, "invalid_token"), (refused.Status, refused["error"]));
        }

        Assert.Equal(0, await server.ScalarAsync<long>("select count(*) from applications where is_self_registered and organization = @Organization", new { tenant.Organization }));
        Assert.Equal(201, (await Registered.RegisterAsync(tenant, Registered.Metadata(), "Bearer " + boss)).Status);
    }

    [Theory]
    [InlineData("https://app.example/cb", true)]
    [InlineData("https://app.example:8443/cb?x=1", true)]
    [InlineData("http://127.0.0.1/cb", true)]
    [InlineData("http://[::1]:9000/cb", true)]
    [InlineData("http://localhost:3000/cb", true)]
    [InlineData("com.example.app:/cb", true)]
    [InlineData("http://app.example/cb", false)]
    [InlineData("http://localhost.evil.example/cb", false)]
    [InlineData("http://127.0.0.1.evil.example/cb", false)]
    [InlineData("http://10.0.0.1/cb", false)]
    [InlineData("https://app.example/cb#part", false)]
    [InlineData("https://user@app.example/cb", false)]
    [InlineData("https://app.example/a b", false)]
    [InlineData("https://app.example/\r\nx", false)]
    [InlineData("https:///cb", false)]
    [InlineData("/cb", false)]
    [InlineData("", false)]
    [InlineData("myapp:/cb", false)]
    [InlineData("javascript:alert(1)", false)]
    [InlineData("data:text/html,x", false)]
    [InlineData("file:///etc/passwd", false)]
    public async Task A_redirect_uri_is_one_that_nobody_else_answers_at(string address, bool isGood)
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var tenant = await Registered.NewTenantAsync(server);

        var answer = await Registered.RegisterAsync(tenant, Registered.Metadata(("redirect_uris", new JsonArray(Visitor.RedirectUri, address))));

        Assert.Equal(isGood ? (201, null) : (400, "invalid_redirect_uri"), (answer.Status, answer["error"]));
    }

    [Fact]
    public async Task Metadata_that_cannot_be_honoured_is_refused()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var tenant = await Registered.NewTenantAsync(server);
        using var weak = ClientKey.NewRsa(1024);
        using var key = ClientKey.NewEc();
        (string Name, JsonNode? Value)[][] wrong =
        [
            [("token_endpoint_auth_method", "tls_client_auth")],
            [("token_endpoint_auth_method", "client_secret_jwt")],
            [("token_endpoint_auth_method", "private_key_jwt")],
            [("token_endpoint_auth_method", "private_key_jwt"), ("jwks_uri", "http://127.0.0.1/keys")],
            [("token_endpoint_auth_method", "private_key_jwt"), ("jwks", JsonNode.Parse(weak.Jwks()))],
            [("jwks", JsonNode.Parse(key.Jwks())), ("jwks_uri", "https://tool.example/keys")],
            [("grant_types", new JsonArray("client_credentials"))],
            [("grant_types", new JsonArray("implicit"))],
            [("response_types", new JsonArray("token"))],
            [("client_name", new string('x', 201))],
            [("client_name", "a\nb")],
            [("logo_uri", "javascript:alert(1)")],
            [("client_uri", "data:text/html,x")],
            [("subject_type", "pairwise")],
            [("sector_identifier_uri", "https://tool.example/addresses.json")],
            [("id_token_signed_response_alg", "none")],
            [("id_token_signed_response_alg", "HS256")],
            [("id_token_signed_response_alg", "PS384")],
            [("id_token_encrypted_response_alg", "RSA-OAEP")],
            [("userinfo_signed_response_alg", "RS256")],
            [("authorization_signed_response_alg", "RS256")],
            [("token_endpoint_auth_signing_alg", "HS256")],
            [("require_signed_request_object", true)],
            [("tls_client_certificate_bound_access_tokens", true)],
            [("dpop_bound_access_tokens", true)],
            [("require_pushed_authorization_requests", true)],
        ];

        foreach (var metadata in wrong)
        {
            var answer = await Registered.RegisterAsync(tenant, Registered.Metadata(metadata));
            Assert.True((answer.Status, answer["error"]) == (400, "invalid_client_metadata"), $"{metadata[0]}: {answer.Text}");
        }

        foreach (var uris in new JsonNode?[] { null, new JsonArray(), "https://app.example/cb", new JsonArray(1), new JsonArray([.. Enumerable.Range(0, 21).Select(i => JsonValue.Create($"https://app.example/{i}"))]) })
        {
            Assert.Equal("invalid_redirect_uri", (await Registered.RegisterAsync(tenant, Registered.Metadata(("redirect_uris", uris))))["error"]);
        }

        Assert.Equal(0, await server.ScalarAsync<long>("select count(*) from applications where is_self_registered and organization = @Organization", new { tenant.Organization }));
    }

    [Fact]
    public async Task What_changes_nothing_here_is_accepted_and_left_out_of_the_answer()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var tenant = await Registered.NewTenantAsync(server);

        var answer = await Registered.RegisterAsync(tenant, Registered.Metadata(
            ("subject_type", "public"), ("application_type", "web"), ("contacts", new JsonArray("team@tool.example")), ("default_max_age", 3600), ("require_auth_time", true),
            ("userinfo_signed_response_alg", "none"), ("require_signed_request_object", false), ("dpop_bound_access_tokens", false), ("request_object_signing_alg", "RS256"), ("initiate_login_uri", "https://tool.example/begin"),
            ("software_id", "x"), ("unknown", new JsonObject())));

        Assert.Equal((201, "public", "RS256"), (answer.Status, answer["subject_type"], answer["id_token_signed_response_alg"]));
        foreach (var name in new[] { "application_type", "contacts", "default_max_age", "require_auth_time", "userinfo_signed_response_alg", "request_object_signing_alg", "initiate_login_uri", "unknown" })
        {
            Assert.Null(answer[name]);
        }
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_algorithm_that_a_client_asks_for_signs_its_tokens(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await Registered.NewTenantAsync(server);
        var registration = await Registered.RegisterAsync(tenant, ("id_token_signed_response_alg", "ES256"));
        using var alice = await Visitor.SignedInAsync(tenant, "alice");

        var tokens = await Registered.SignInAsync(tenant.As(registration), alice);

        var header = System.Text.Json.JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(tokens["id_token"]!.Split('.')[0])).RootElement;
        Assert.Equal(("ES256", "ES256"), (registration["id_token_signed_response_alg"], header.GetProperty("alg").GetString()));
        var keys = (await server.GetAsync("/.well-known/jwks")).Body.GetProperty("keys").EnumerateArray();
        Assert.Contains(keys, k => k.GetProperty("kid").GetString() == header.GetProperty("kid").GetString() && k.GetProperty("alg").GetString() == "ES256");
        var read = await server.GetAsync($"{Registered.Path}/{registration["client_id"]}", "Bearer " + registration["registration_access_token"]);
        Assert.Equal("ES256", read["id_token_signed_response_alg"]);
    }

    [Fact]
    public async Task An_address_registers_so_many_clients_a_minute()
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite, options => options with { AnonymousRowsPerMinute = 3 });
        var tenant = await Registered.NewTenantAsync(server);
        server.Clock.Advance(TimeSpan.FromSeconds(60 - server.Clock.GetUtcNow().Second));

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(201, (await Registered.RegisterAsync(tenant, Registered.Metadata())).Status);
        }

        var limited = await Registered.RegisterAsync(tenant, Registered.Metadata());
        Assert.Equal(429, limited.Status);
        Assert.NotNull(limited.Headers.RetryAfter);
        Assert.Equal(3, await server.ScalarAsync<long>("select count(*) from applications where is_self_registered"));
        server.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(201, (await Registered.RegisterAsync(tenant, Registered.Metadata())).Status);
    }

    private static async Task<string> TokenAsync(Tenant tenant, string name)
    {
        using var visitor = await Visitor.SignedInAsync(tenant, name);
        return (await tenant.TokenAsync(
            ("grant_type", "authorization_code"), ("client_id", tenant.ClientId), ("code", await visitor.CodeAsync(tenant)), ("code_verifier", Visitor.Verifier)))["access_token"]!;
    }
}
