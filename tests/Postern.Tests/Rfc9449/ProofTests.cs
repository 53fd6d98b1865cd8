using System.Text.Json.Nodes;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Rfc9449;

public sealed class ProofTests(Servers servers)
{
    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_proof_is_good_once_on_all_nodes(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        await using var node = await server.StartNodeAsync();
        using var key = ClientKey.NewEc();
        var tenant = await server.NewWebTenantAsync("client_credentials");
        var proof = Proof.Of(server, key);

        Assert.Equal("DPoP", (await Proof.CredentialsAsync(tenant, proof))["token_type"]);
        Assert.Equal("invalid_dpop_proof", (await Proof.CredentialsAsync(tenant, proof))["error"]);
        Assert.Equal("invalid_dpop_proof", (await Proof.CredentialsAsync(tenant with { Server = node }, proof))["error"]);

        var raced = Proof.Of(server, key);
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Proof.CredentialsAsync(i % 2 == 0 ? tenant : tenant with { Server = node }, raced)));
        Assert.Single(answers, a => a.Status == 200);
    }

    [Fact]
    public async Task What_is_wrong_with_a_proof_refuses_the_request()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var key = ClientKey.NewEc();
        using var rsa = ClientKey.NewRsa();
        using var weak = ClientKey.NewRsa(1024);
        using var another = ClientKey.NewEc();
        var tenant = await server.NewWebTenantAsync("client_credentials");
        var now = server.Clock.GetUtcNow().ToUnixTimeSeconds();
        var claims = () => Proof.Claims(server, "POST", Proof.TokenPath);
        JsonObject Header(params (string Name, JsonNode? Value)[] other)
        {
            var header = Proof.Header(key);
            foreach (var (name, value) in other)
            {
                header.Remove(name);
                if (value is not null)
                {
                    header[name] = value;
                }
            }

            return header;
        }

        var padded = Proof.Header(weak);
        padded["jwk"]!["n"] = ClientKey.Text([.. new byte[128], .. System.Buffers.Text.Base64Url.DecodeFromChars(padded["jwk"]!["n"]!.GetValue<string>())]);
        Dictionary<string, string> wrong = new()
        {
            ["another method"] = Proof.Of(server, key, ("htm", "GET")),
            ["no method"] = Proof.Of(server, key, ("htm", null)),
            ["another path"] = Proof.Of(server, key, ("htu", server.Issuer + "/api/userinfo")),
            ["another host"] = Proof.Of(server, key, ("htu", "https://other.example" + Proof.TokenPath)),
            ["the host of the connection"] = Proof.Of(server, key, ("htu", new Uri(server.Http.BaseAddress!, Proof.TokenPath).ToString())),
            ["no address"] = Proof.Of(server, key, ("htu", null)),
            ["no time"] = Proof.Of(server, key, ("iat", null)),
            ["an old time"] = Proof.Of(server, key, ("iat", now - 400)),
            ["a time to come"] = Proof.Of(server, key, ("iat", now + 400)),
            ["no jti"] = Proof.Of(server, key, ("jti", null)),
            ["a long jti"] = Proof.Of(server, key, ("jti", new string('x', 257))),
            ["another type"] = key.Sign(Header(("typ", "JWT")), claims()),
            ["no type"] = key.Sign(Header(("typ", null)), claims()),
            ["no key"] = key.Sign(Header(("jwk", null)), claims()),
            ["a private key"] = key.Sign(Header(("jwk", key.Jwk(withPrivate: true))), claims()),
            ["a private RSA key"] = rsa.Sign(new JsonObject { ["typ"] = "dpop+jwt", ["alg"] = "RS256", ["jwk"] = rsa.Jwk(withPrivate: true) }, claims()),
            ["another's key"] = key.Sign(Header(("jwk", another.Jwk())), claims()),
            ["alg none"] = ClientKey.Unsigned(Header(("alg", "none")), claims()),
            ["no signature"] = key.Sign(Header(), claims()).Split('.') is [var a, var b, _] ? $"{a}.{b}." : "",
            ["a MAC by a shared key"] = ClientKey.Mac(new JsonObject { ["typ"] = "dpop+jwt", ["alg"] = "HS256", ["jwk"] = new JsonObject { ["kty"] = "oct", ["k"] = ClientKey.Text(new byte[32]) } }, claims(), new byte[32]),
            ["a MAC by the public key"] = ClientKey.Mac(new JsonObject { ["typ"] = "dpop+jwt", ["alg"] = "HS256", ["jwk"] = rsa.Jwk() }, claims(), rsa.PublicPem()),
            ["a weak key"] = weak.Sign(Proof.Header(weak), claims()),
            ["a weak key with zeros before it"] = weak.Sign(padded, claims()),
            ["no JWT"] = "nonsense",
            ["too long"] = key.Sign(Header(("x", new string('x', 4000))), claims()),
            ["a foreign nonce"] = Proof.Of(server, key, ("nonce", "made-up")),
        };

        foreach (var (what, proof) in wrong)
        {
            var answer = await Proof.CredentialsAsync(tenant, proof);
            var expected = what == "a foreign nonce" ? "use_dpop_nonce" : "invalid_dpop_proof";
            Assert.True((answer.Status, answer["error"]) == (400, expected), $"{what}: {answer.Text}");
        }

        var two = await server.PostFormAsync(Proof.TokenPath, [("grant_type", "client_credentials"), ("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret)], null,
            ("DPoP", Proof.Of(server, key)), ("DPoP", Proof.Of(server, key)));
        Assert.Equal("invalid_dpop_proof", two["error"]);
        Assert.Equal("DPoP", (await Proof.CredentialsAsync(tenant, rsa.Sign(Proof.Header(rsa), claims())))["token_type"]);
    }

    [Fact]
    public async Task Addresses_are_compared_without_their_query_and_as_the_standard_normalizes_them()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var key = ClientKey.NewEc();
        var tenant = await server.NewWebTenantAsync("client_credentials");

        foreach (var address in new[]
        {
            server.Issuer + Proof.TokenPath + "?a=b",
            server.Issuer.ToUpperInvariant() + Proof.TokenPath,
            server.Issuer + ":80" + Proof.TokenPath,
        })
        {
            Assert.Equal("DPoP", (await Proof.CredentialsAsync(tenant, Proof.Of(server, key, ("htu", address))))["token_type"]);
        }
    }

    [Fact]
    public async Task An_answer_to_a_proof_brings_a_nonce_that_is_good_for_five_minutes()
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite);
        using var key = ClientKey.NewEc();
        var tenant = await server.NewWebTenantAsync("client_credentials");

        var nonce = NonceOf(await Proof.CredentialsAsync(tenant, Proof.Of(server, key)));

        Assert.Equal("DPoP", (await Proof.CredentialsAsync(tenant, Proof.Of(server, key, ("nonce", nonce))))["token_type"]);
        Assert.Equal("use_dpop_nonce", (await Proof.CredentialsAsync(tenant, Proof.Of(server, key, ("nonce", nonce[..^1] + (nonce[^1] == 'A' ? "E" : "A")))))["error"]);
        server.Clock.Advance(TimeSpan.FromMinutes(6));
        var late = await Proof.CredentialsAsync(tenant, Proof.Of(server, key, ("nonce", nonce)));
        Assert.Equal("use_dpop_nonce", late["error"]);
        Assert.NotEqual(nonce, NonceOf(late));
        Assert.False((await Proof.CredentialsAsync(tenant, null)).Headers.Contains("DPoP-Nonce"));
    }

    [Theory]
    [InlineData(-100_000)]
    [InlineData(100_000)]
    public async Task With_a_nonce_the_clients_clock_does_not_matter(long off)
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var key = ClientKey.NewEc();
        const string push = "/api/login/oauth/par";
        var tenant = await server.NewWebTenantAsync();
        await tenant.AddUserAsync("alice");
        using var alice = await Visitor.SignedInAsync(tenant, "alice");
        var time = server.Clock.GetUtcNow().ToUnixTimeSeconds() + off;
        Task<Answer> PushAsync(params (string Name, JsonNode? Value)[] claims) => server.PostFormAsync(push,
            [
                ("client_id", tenant.ClientId), ("response_type", "code"), ("redirect_uri", Visitor.RedirectUri), ("code_challenge", Visitor.Challenge), ("code_challenge_method", "S256"),
            ], null, ("DPoP", key.Sign(Proof.Header(key), Proof.Claims(server, "POST", push, claims))));

        var refused = await PushAsync(("iat", time));
        Assert.Equal("invalid_dpop_proof", refused["error"]);
        var nonce = NonceOf(refused);
        var pushed = await PushAsync(("iat", time), ("nonce", nonce));
        Assert.Equal(201, pushed.Status);
        var code = (await alice.GetAsync($"/login/oauth/authorize?client_id={tenant.ClientId}&request_uri={Uri.EscapeDataString(pushed["request_uri"]!)}")).Sent("code")!;
        var redeemed = await Proof.TokenAsync(tenant, Proof.Of(server, key, ("iat", time), ("nonce", nonce)),
            ("grant_type", "authorization_code"), ("client_id", tenant.ClientId), ("code", code), ("code_verifier", Visitor.Verifier));
        Assert.Equal("DPoP", redeemed["token_type"]);
        var token = redeemed["access_token"]!;
        var good = Proof.OfToken(server, key, token, Proof.UserInfo, ("iat", time), ("nonce", nonce));
        Assert.Equal(200, (await Proof.UserInfoAsync(server, token, good)).Status);
        // It is still good once alone.
        Assert.Equal(401, (await Proof.UserInfoAsync(server, token, good)).Status);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Where_a_nonce_is_required_a_client_gets_one_and_any_node_knows_it(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver, options => options with { DpopNonceRequired = true });
        await using var node = await server.StartNodeAsync();
        using var key = ClientKey.NewEc();
        var tenant = await server.NewWebTenantAsync();
        await tenant.AddUserAsync("alice");
        using var alice = await Visitor.SignedInAsync(tenant, "alice");
        var code = await alice.CodeAsync(tenant);
        Task<Answer> RedeemAsync(Tenant at, string proof) => Proof.TokenAsync(
            at, proof, ("grant_type", "authorization_code"), ("client_id", tenant.ClientId), ("code", code), ("code_verifier", Visitor.Verifier));

        var asked = await RedeemAsync(tenant, Proof.Of(server, key));
        Assert.Equal((400, "use_dpop_nonce"), (asked.Status, asked["error"]));
        var answer = await RedeemAsync(tenant with { Server = node }, Proof.Of(server, key, ("nonce", NonceOf(asked))));
        Assert.Equal("DPoP", answer["token_type"]);

        var token = answer["access_token"]!;
        var refused = await Proof.UserInfoAsync(server, token, Proof.OfToken(server, key, token));
        Assert.Equal(401, refused.Status);
        Assert.StartsWith("DPoP error=\"use_dpop_nonce\"", refused.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.Equal(200, (await Proof.UserInfoAsync(server, token, Proof.OfToken(server, key, token, Proof.UserInfo, ("nonce", NonceOf(refused))))).Status);
    }

    private static string NonceOf(Answer answer) => answer.Headers.GetValues("DPoP-Nonce").Single();
}
