using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Rfc7523;

public sealed class PrivateKeyJwtTests(Servers servers)
{
    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_signed_assertion_stands_in_the_secrets_place_once(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        using var key = ClientKey.NewEc();
        var tenant = await TenantAsync(server, key);
        var assertion = Assertion.Of(tenant, key);

        var answer = await Assertion.SendAsync(tenant, assertion);
        Assert.Equal(200, answer.Status);
        Assert.Equal("admin/" + tenant.Application, answer.Claims("access_token").GetProperty("sub").GetString());

        // A third party that reads it on its way cannot present it again, nor can many at once.
        Assert.Equal("invalid_client", (await Assertion.SendAsync(tenant, assertion))["error"]);
        var fresh = Assertion.Of(tenant, key);
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Assertion.SendAsync(tenant, fresh)));
        Assert.Single(answers, a => a.Status == 200);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_replayed_assertion_is_refused_by_the_other_node_too(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        await using var node = await server.StartNodeAsync();
        using var key = ClientKey.NewEc();
        var tenant = await TenantAsync(server, key);
        var assertion = Assertion.Of(tenant, key);

        Assert.Equal(200, (await Assertion.SendAsync(tenant, assertion)).Status);
        Assert.Equal("invalid_client", (await Assertion.SendAsync(tenant with { Server = node }, assertion))["error"]);
    }

    [Fact]
    public async Task What_is_wrong_with_an_assertion_refuses_it()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var key = ClientKey.NewRsa();
        using var another = ClientKey.NewRsa();
        var tenant = await TenantAsync(server, key);
        var now = server.Clock.GetUtcNow().ToUnixTimeSeconds();
        var header = Assertion.Header(key);
        Dictionary<string, string> wrong = new()
        {
            ["another key"] = Assertion.Of(tenant, another),
            ["alg none"] = ClientKey.Unsigned(new JsonObject { ["alg"] = "none" }, Assertion.Claims(tenant)),
            ["no signature"] = Assertion.Of(tenant, key)[..^342],
            ["the public key as a secret, PEM"] = ClientKey.Mac(new JsonObject { ["alg"] = "HS256" }, Assertion.Claims(tenant), key.PublicPem()),
            ["the public key as a secret, JWK"] = ClientKey.Mac(new JsonObject { ["alg"] = "HS256" }, Assertion.Claims(tenant), System.Text.Encoding.ASCII.GetBytes(key.Jwk().ToJsonString())),
            ["the client's secret as a secret"] = ClientKey.Mac(new JsonObject { ["alg"] = "HS256" }, Assertion.Claims(tenant), System.Text.Encoding.ASCII.GetBytes(tenant.ClientSecret)),
            ["a key in its own header"] = another.Sign(new JsonObject { ["alg"] = "RS256", ["jwk"] = another.Jwk() }, Assertion.Claims(tenant)),
            ["for somebody else"] = Assertion.Of(tenant, key, ("aud", "https://other.example")),
            ["for nobody"] = Assertion.Of(tenant, key, ("aud", null)),
            ["iss is not sub"] = Assertion.Of(tenant, key, ("iss", "somebody")),
            ["no iss"] = Assertion.Of(tenant, key, ("iss", null)),
            ["too long a life"] = Assertion.Of(tenant, key, ("exp", now + 7200)),
            ["expired"] = Assertion.Of(tenant, key, ("exp", now - 1)),
            ["no end"] = Assertion.Of(tenant, key, ("exp", null)),
            ["not yet"] = Assertion.Of(tenant, key, ("nbf", now + 600)),
            ["of the future"] = Assertion.Of(tenant, key, ("iat", now + 600), ("exp", now + 900)),
            ["no jti"] = Assertion.Of(tenant, key, ("jti", null)),
            ["a long jti"] = Assertion.Of(tenant, key, ("jti", new string('x', 257))),
            ["no JWT"] = "nonsense",
            ["changed"] = key.Sign(header, Assertion.Claims(tenant)).Replace('.', '_'),
        };

        foreach (var (what, assertion) in wrong)
        {
            var answer = await Assertion.SendAsync(tenant, assertion, ("client_id", tenant.ClientId));
            Assert.True((answer.Status, answer["error"]) == (401, "invalid_client"), $"{what}: {answer.Text}");
        }

        Assert.Equal(200, (await Assertion.SendAsync(tenant, Assertion.Of(tenant, key))).Status);
    }

    [Fact]
    public async Task An_assertion_speaks_for_its_client_alone_and_one_way_at_a_time()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var key = ClientKey.NewEc();
        var (tenant, other) = (await TenantAsync(server, key), await TenantAsync(server, key));

        Assert.Equal("invalid_client", (await Assertion.SendAsync(tenant, Assertion.Of(tenant, key), ("client_id", other.ClientId)))["error"]);
        Assert.Equal("invalid_client", (await Assertion.SendAsync(tenant, Assertion.Of(tenant, key), ("client_secret", tenant.ClientSecret)))["error"]);
        Assert.Equal("invalid_client", await tenant.RefusalAsync(("grant_type", "client_credentials"), ("client_assertion_type", "another"), ("client_assertion", Assertion.Of(tenant, key))));
        // The method says that there is no secret: the one that the row still has opens nothing.
        Assert.Equal("invalid_client", await tenant.RefusalAsync(("grant_type", "client_credentials"), ("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret)));
        Assert.Equal("invalid_client", await tenant.RefusalAsync(("grant_type", "client_credentials"), ("client_id", tenant.ClientId)));
    }

    [Fact]
    public async Task The_audience_is_the_issuer_or_the_endpoint_itself()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var key = ClientKey.NewEc();
        var tenant = await TenantAsync(server, key);

        foreach (var audience in new JsonNode[] { server.Issuer, server.Issuer + Assertion.TokenPath, new JsonArray("https://other.example", server.Issuer) })
        {
            Assert.Equal(200, (await Assertion.SendAsync(tenant, Assertion.Of(tenant, key, ("aud", audience)))).Status);
        }

        var introspected = await server.PostFormAsync("/api/login/oauth/introspect",
            [("token", "x"), ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"), ("client_assertion", Assertion.Of(tenant, key, ("aud", server.Issuer + "/api/login/oauth/introspect")))]);
        Assert.Equal((200, "False"), (introspected.Status, introspected["active"]));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_certificate_that_an_application_names_verifies_and_one_of_another_organization_does_not(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        using var administrator = await Administrator.OfAsync(server);
        var (tenant, other) = (await server.NewWebTenantAsync("client_credentials"), await server.NewWebTenantAsync("client_credentials"));
        var name = "cert-" + tenant.Organization;
        using var rsa = System.Security.Cryptography.RSA.Create(2048);
        var request = new System.Security.Cryptography.X509Certificates.CertificateRequest("CN=client", rsa, System.Security.Cryptography.HashAlgorithmName.SHA256, System.Security.Cryptography.RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(server.Clock.GetUtcNow(), server.Clock.GetUtcNow().AddYears(1));
        Assert.Equal("Affected", await administrator.WriteAsync("/api/add-cert", new JsonObject
        {
            ["owner"] = tenant.Organization, ["name"] = name, ["type"] = "x509", ["cryptoAlgorithm"] = "RS256", ["bitSize"] = 2048,
            ["certificate"] = certificate.ExportCertificatePem(), ["privateKey"] = rsa.ExportPkcs8PrivateKeyPem(),
        }));
        await server.ExecuteAsync("update applications set client_cert = @name where client_id in (@one, @two)", new { name, one = tenant.ClientId, two = other.ClientId });
        using var key = ClientKey.OfPem(rsa.ExportPkcs8PrivateKeyPem());

        Assert.Equal(200, (await Assertion.SendAsync(tenant, Assertion.Of(tenant, key))).Status);
        Assert.Equal("invalid_client", (await Assertion.SendAsync(other, Assertion.Of(other, key)))["error"]);
    }

    [Fact]
    public async Task Keys_at_a_jwks_uri_are_fetched_once_and_again_when_the_client_has_a_new_one()
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite, options => options with { AllowPrivateTargets = true });
        using var first = ClientKey.NewEc();
        using var second = ClientKey.NewEc();
        var jwks = first.Jwks("one");
        await using var site = await LoopbackSite.StartAsync(context => context.Response.WriteAsync(jwks));
        var tenant = await server.NewWebTenantAsync("client_credentials", $"jwks_uri = '{site.Address}/keys', token_endpoint_auth_method = 'private_key_jwt'");
        Task<Answer> SendAsync(ClientKey key, string kid) => Assertion.SendAsync(tenant, key.Sign(Assertion.Header(key, kid), Assertion.Claims(tenant)));

        Assert.Equal(200, (await SendAsync(first, "one")).Status);
        Assert.Equal(200, (await SendAsync(first, "one")).Status);
        Assert.Equal(1, site.Requests);

        jwks = second.Jwks("two");
        // Nonsense must not make us call the client at each request.
        Assert.Equal("invalid_client", (await SendAsync(second, "two"))["error"]);
        Assert.Equal(1, site.Requests);
        server.Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(200, (await SendAsync(second, "two")).Status);
        Assert.Equal(2, site.Requests);
        Assert.Equal("invalid_client", (await SendAsync(first, "one"))["error"]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("the same")]
    public async Task A_client_that_changes_its_key_and_not_its_name_is_known_again_after_half_a_minute(string? kid)
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite, options => options with { AllowPrivateTargets = true });
        using var first = ClientKey.NewEc();
        using var second = ClientKey.NewEc();
        var jwks = first.Jwks(kid);
        await using var site = await LoopbackSite.StartAsync(context => context.Response.WriteAsync(jwks));
        var tenant = await server.NewWebTenantAsync("client_credentials", $"jwks_uri = '{site.Address}/keys', token_endpoint_auth_method = 'private_key_jwt'");
        Task<Answer> SendAsync(ClientKey key) => Assertion.SendAsync(tenant, key.Sign(Assertion.Header(key, kid), Assertion.Claims(tenant)));

        Assert.Equal(200, (await SendAsync(first)).Status);
        jwks = second.Jwks(kid);
        Assert.Equal("invalid_client", (await SendAsync(second))["error"]);
        Assert.Equal(1, site.Requests);
        server.Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(200, (await SendAsync(second)).Status);
        Assert.Equal(2, site.Requests);
        Assert.Equal("invalid_client", (await SendAsync(first))["error"]);
    }

    [Fact]
    public async Task A_jwks_uri_in_a_private_network_is_not_called()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var key = ClientKey.NewEc();
        await using var site = await LoopbackSite.StartAsync(context => context.Response.WriteAsync(key.Jwks()));

        foreach (var address in new[] { site.Address, site.Address.Replace("http:", "https:", StringComparison.Ordinal) })
        {
            var tenant = await server.NewWebTenantAsync("client_credentials", $"jwks_uri = '{address}/keys', token_endpoint_auth_method = 'private_key_jwt'");
            Assert.Equal("invalid_client", (await Assertion.SendAsync(tenant, Assertion.Of(tenant, key)))["error"]);
        }

        Assert.Equal(0, site.Requests);
    }

    [Fact]
    public async Task Keys_that_are_secrets_or_too_weak_verify_nothing()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var weak = ClientKey.NewRsa(1024);
        var secret = new byte[32];
        var padded = weak.Jwk();
        padded["n"] = ClientKey.Text([.. new byte[128], .. System.Buffers.Text.Base64Url.DecodeFromChars(padded["n"]!.GetValue<string>())]);
        foreach (var (jwk, sign) in new (JsonObject Jwk, Func<Tenant, string> Sign)[]
        {
            (weak.Jwk(), tenant => Assertion.Of(tenant, weak)),
            // Zeros before a number make it no longer.
            (padded, tenant => Assertion.Of(tenant, weak)),
            (new JsonObject { ["kty"] = "oct", ["k"] = ClientKey.Text(secret), ["alg"] = "HS256" }, tenant => ClientKey.Mac(new JsonObject { ["alg"] = "HS256" }, Assertion.Claims(tenant), secret)),
        })
        {
            var jwks = new JsonObject { ["keys"] = new JsonArray(jwk) }.ToJsonString();
            var tenant = await server.NewWebTenantAsync("client_credentials", $"jwks = '{jwks}', token_endpoint_auth_method = 'private_key_jwt'");
            Assert.Equal("invalid_client", (await Assertion.SendAsync(tenant, sign(tenant)))["error"]);
        }
    }

    private static Task<Tenant> TenantAsync(TestServer server, ClientKey key) =>
        server.NewWebTenantAsync("client_credentials", $"jwks = '{key.Jwks()}', token_endpoint_auth_method = 'private_key_jwt'");
}
