using System.Text.Json.Nodes;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Postern.Tests.Rfc9449;
using Xunit;

namespace Postern.Tests.Fapi2;

/// <summary>FAPI 2.0 §5.3.2.1: every token is bound to a key by DPoP (RFC 9449), and is good with that key alone.</summary>
public sealed class SenderConstraintTests(Servers servers)
{
    [Fact]
    public async Task No_grant_gives_a_token_without_a_proof()
    {
        using var client = await FapiClient.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var code = await client.CodeAsync();
        foreach (var form in new[] { FapiClient.OfCode(code), [("grant_type", "client_credentials")] })
        {
            var refused = await Proof.TokenAsync(client.Tenant, null, [.. form, .. client.Credentials()]);
            Assert.Equal((400, "invalid_request"), (refused.Status, refused["error"]));
        }

        Assert.Equal(200, (await client.RedeemAsync(code)).Status);
    }

    [Fact]
    public async Task Each_fault_of_a_proof_is_refused_at_the_resource()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var client = await FapiClient.StartAsync(server);
        using var rsa = ClientKey.NewRsa();
        using var thief = ClientKey.NewEc();
        var token = (await client.TokensAsync())["access_token"]!;
        var now = server.Clock.GetUtcNow().ToUnixTimeSeconds();
        string Of(params (string, JsonNode?)[] changes) => Proof.OfToken(server, client.Dpop, token, Proof.UserInfo, changes);
        string Headed(string name, JsonNode? value)
        {
            var header = Proof.Header(client.Dpop);
            header[name] = value;
            if (value is null)
            {
                header.Remove(name);
            }

            return client.Dpop.Sign(header, Claims(server, token));
        }

        Dictionary<string, string> wrong = new()
        {
            ["no JWT"] = "proof", ["without typ"] = Headed("typ", null), ["wrong typ"] = Headed("typ", "JWT"), ["without alg"] = Headed("alg", null), ["without jwk"] = Headed("jwk", null),
            ["a private key"] = Headed("jwk", client.Dpop.Jwk(withPrivate: true)), ["without jti"] = Of(("jti", null)), ["without htm"] = Of(("htm", null)), ["without htu"] = Of(("htu", null)),
            ["without iat"] = Of(("iat", null)), ["without ath"] = Of(("ath", null)), ["another ath"] = Of(("ath", ClientKey.Text(new byte[32]))), ["another method"] = Of(("htm", "PUT")),
            ["another address"] = Of(("htu", "https://other.example/api/userinfo")), ["an hour ahead"] = Of(("iat", now + 3600)), ["an hour ago"] = Of(("iat", now - 3600)),
            ["ninety seconds ahead"] = Of(("iat", now + 90)), ["another key"] = Proof.OfToken(server, thief, token), ["RS256"] = Proof.OfToken(server, rsa, token),
            ["alg none"] = ClientKey.Unsigned(new JsonObject { ["typ"] = "dpop+jwt", ["alg"] = "none", ["jwk"] = client.Dpop.Jwk() }, Claims(server, token)),
            ["a wrong signature"] = Of()[..^4] + "AAAA",
        };
        foreach (var (name, proof) in wrong)
        {
            Assert.True((await client.ResourceAsync(token, proof)).Status == 401, name);
        }

        Assert.Equal(401, (await server.GetAsync(Proof.UserInfo, $"DPoP {token}", ("DPoP", Of()), ("DPoP", Of()))).Status);
        Assert.Equal(401, (await Proof.UserInfoAsync(server, token, null, "Bearer")).Status);
        Assert.Equal(401, (await Proof.UserInfoAsync(server, token, Of(), "Bearer")).Status);
        Assert.Equal("error", (await server.GetAsync($"/api/get-account?accessToken={token}"))["status"]);
    }

    [Fact]
    public async Task The_refusal_names_the_algorithms_of_the_profile()
    {
        using var client = await FapiClient.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var token = (await client.TokensAsync())["access_token"]!;

        Answer[] refused =
        [
            await client.ResourceAsync(token, "nonsense"),
            await Proof.UserInfoAsync(client.Server, token, null),
            await Proof.UserInfoAsync(client.Server, token, null, "Bearer"),
            await Proof.UserInfoAsync(client.Server, token, Proof.OfToken(client.Server, client.Key, token)),
        ];

        Assert.All(refused, answer => Assert.Equal(401, answer.Status));
        Assert.All(refused, answer => Assert.EndsWith("algs=\"PS256 ES256 EdDSA Ed25519\"", answer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_proof_may_hold_or_vary_is_taken()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var client = await FapiClient.StartAsync(server);
        var token = (await client.TokensAsync())["access_token"]!;
        var now = server.Clock.GetUtcNow().ToUnixTimeSeconds();
        string Of(params (string, JsonNode?)[] changes) => Proof.OfToken(server, client.Dpop, token, Proof.UserInfo, changes);
        var header = Proof.Header(client.Dpop);
        header["other"] = "header";

        foreach (var good in new[]
        {
            Of(), Of(("nbf", now), ("exp", now + 300)), Of(("iat", now - 10)), Of(("iat", now + 10)), Of(("other", "claim")), Of(("htu", server.Issuer + Proof.UserInfo + "?a=b#c")),
            client.Dpop.Sign(header, Claims(server, token)),
        })
        {
            Assert.Equal(200, (await client.ResourceAsync(token, good)).Status);
        }

        // Names of schemes and of headers do not depend on their case (RFC 9110 §5.1, §11.1).
        Assert.Equal(200, (await Proof.UserInfoAsync(server, token, Of(), "dpop")).Status);
        Assert.Equal(200, (await server.GetAsync(Proof.UserInfo, $"DPoP {token}", ("DPOP", Of()))).Status);
        var once = Of();
        Assert.Equal((200, 401), ((await client.ResourceAsync(token, once)).Status, (await client.ResourceAsync(token, once)).Status));
        using var edwards = ClientKey.NewEd25519();
        var bound = (await Proof.TokenAsync(client.Tenant, Proof.Of(server, edwards), [("grant_type", "client_credentials"), .. client.Credentials()]));
        Assert.Equal(edwards.Thumbprint(), bound.Claims("access_token").GetProperty("cnf").GetProperty("jkt").GetString());
    }

    [Theory]
    [InlineData("dpop_jkt")]
    [InlineData("proof")]
    [InlineData("both")]
    public async Task A_code_that_was_asked_for_with_a_key_is_redeemed_with_that_key(string by)
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var client = await FapiClient.StartAsync(server);
        using var thief = ClientKey.NewEc();
        (string, string)[] jkt = by == "proof" ? [] : [("dpop_jkt", client.Dpop.Thumbprint())];
        var pushed = await client.PushAsync(null, by == "dpop_jkt" ? null : client.ProofOf(client.Dpop, FapiClient.PushPath), jkt);
        var code = (await client.OpenAsync(pushed["request_uri"]!)).Sent("code")!;

        var stolen = await Proof.TokenAsync(client.Tenant, Proof.Of(server, thief), [.. FapiClient.OfCode(code), .. client.Credentials()]);
        Assert.Equal((400, "invalid_dpop_proof"), (stolen.Status, stolen["error"]));
        Assert.Equal(200, (await client.RedeemAsync(code)).Status);
        Assert.Equal("invalid_dpop_proof", (await client.PushAsync(null, client.ProofOf(client.Dpop, FapiClient.PushPath), ("dpop_jkt", thief.Thumbprint())))["error"]);
    }

    private static JsonObject Claims(TestServer server, string token) => Proof.Claims(
        server, "GET", Proof.UserInfo, ("ath", ClientKey.Text(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(token)))));
}
