using System.Text.Json.Nodes;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Postern.Tests.Rfc7523;
using Postern.Tests.Rfc9449;
using Xunit;

namespace Postern.Tests.Fapi2;

/// <summary>FAPI 2.0 §5.3.2.1 and §5.4.1: how the client says who it is, at every endpoint that it calls.</summary>
public sealed class ClientAssertionTests(Servers servers)
{
    private const string Introspect = "/api/login/oauth/introspect";
    private const string Revoke = "/api/login/oauth/revoke";

    [Fact]
    public async Task Its_audience_is_the_issuer_as_one_string()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var client = await FapiClient.StartAsync(server);
        JsonNode?[] wrong =
        [
            new JsonArray(server.Issuer), new JsonArray(server.Issuer, server.Issuer + Proof.TokenPath), server.Issuer + Proof.TokenPath, server.Issuer + FapiClient.PushPath,
            server.Issuer + "/", "https://other.example", "", null,
        ];
        foreach (var audience in wrong)
        {
            string Of() => client.AssertionOf(client.Key, ("aud", audience?.DeepClone()));
            Assert.Equal((401, "invalid_client"), Outcome(await client.PushAsync(Of(), null)));
            Assert.Equal((401, "invalid_client"), Outcome(await client.CredentialsAsync(Of())));
        }

        Assert.Equal(201, (await client.PushAsync()).Status);
        Assert.Equal(200, (await client.CredentialsAsync()).Status);
    }

    [Fact]
    public async Task PS256_ES256_and_EdDSA_sign_and_nothing_else()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var rsa = ClientKey.NewPss();
        using var ec = ClientKey.NewEc();
        using var edwards = ClientKey.NewEd25519();
        using var client = await FapiClient.StartAsync(server, columns: $$"""jwks = '{"keys":[{{rsa.Jwk().ToJsonString()}},{{ec.Jwk().ToJsonString()}},{{edwards.Jwk().ToJsonString()}}]}'""");

        foreach (var key in new[] { rsa, ec, edwards, edwards.With("Ed25519") })
        {
            Assert.Equal(200, (await client.CredentialsAsync(client.AssertionOf(key))).Status);
            Assert.Equal("DPoP", (await Proof.TokenAsync(client.Tenant, client.ProofOf(key), [("grant_type", "client_credentials"), .. client.Credentials(client.AssertionOf(ec))]))["token_type"]);
        }

        using var another = ClientKey.NewEd25519();
        foreach (var wrong in new[]
        {
            client.AssertionOf(rsa.With("RS256")), client.AssertionOf(another), client.AssertionOf(edwards)[..^4] + "AAAA",
            ClientKey.Unsigned(new JsonObject { ["alg"] = "none" }, Assertion.Claims(client.Tenant)),
            ClientKey.Mac(new JsonObject { ["alg"] = "HS256" }, Assertion.Claims(client.Tenant), rsa.PublicPem()),
        })
        {
            Assert.Equal((401, "invalid_client"), Outcome(await client.CredentialsAsync(wrong)));
        }
    }

    [Fact]
    public async Task An_assertion_that_is_old_repeated_early_or_about_another_is_refused()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var client = await FapiClient.StartAsync(server);
        using var other = await FapiClient.StartAsync(server);
        var now = server.Clock.GetUtcNow().ToUnixTimeSeconds();
        foreach (var wrong in new[]
        {
            client.AssertionOf(client.Key, ("exp", now - 300)), client.AssertionOf(client.Key, ("exp", null)), client.AssertionOf(client.Key, ("jti", null)),
            client.AssertionOf(client.Key, ("sub", null)), client.AssertionOf(client.Key, ("sub", other.Tenant.ClientId)), client.AssertionOf(client.Key, ("iss", other.Tenant.ClientId)),
            client.AssertionOf(client.Key, ("nbf", now + 90)), client.AssertionOf(client.Key, ("iat", now + 90), ("exp", now + 200)), client.AssertionOf(other.Key),
        })
        {
            Assert.Equal((401, "invalid_client"), Outcome(await client.PushAsync(wrong, null)));
        }

        // Clocks differ: a few seconds ahead of ours are taken.
        Assert.Equal(201, (await client.PushAsync(client.AssertionOf(client.Key, ("iat", now + 8), ("nbf", now + 8)), null)).Status);
        var once = client.AssertionOf(client.Key);
        Assert.Equal(201, (await client.PushAsync(once, null)).Status);
        Assert.Equal((401, "invalid_client"), Outcome(await client.PushAsync(once, null)));
    }

    [Fact]
    public async Task No_secret_and_no_bare_client_id_opens_any_endpoint()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var client = await FapiClient.StartAsync(server);
        var (id, secret) = (client.Tenant.ClientId, client.Tenant.ClientSecret);
        var token = (await client.CredentialsAsync())["access_token"]!;
        foreach (var path in new[] { FapiClient.PushPath, Proof.TokenPath, Introspect, Revoke })
        {
            (string, string)[] form =
            [
                ("token", token), ("grant_type", "client_credentials"), ("response_type", "code"), ("redirect_uri", Visitor.RedirectUri), ("code_challenge", Visitor.Challenge),
                ("code_challenge_method", "S256"),
            ];
            Assert.Equal((401, "invalid_client"), Outcome(await server.PostFormAsync(path, [("client_id", id), .. form])));
            Assert.Equal((401, "invalid_client"), Outcome(await server.PostFormAsync(path, [("client_id", id), ("client_secret", secret), .. form])));
            Assert.Equal((401, "invalid_client"), Outcome(await server.PostFormAsync(path, form, Api.Basic(id, secret))));
            Assert.Equal((401, "invalid_client"), Outcome(await server.PostFormAsync(path, [.. client.Credentials(), ("client_secret", secret), .. form])));
        }

        // Nor does the secret open the object API.
        Assert.Equal("error", (await server.GetAsync($"/api/get-users?owner={client.Tenant.Organization}", Api.Basic(id, secret)))["status"]);
        Assert.Equal("True", (await server.PostFormAsync(Introspect, [("token", token), .. client.Credentials()]))["active"]);
        Assert.Equal(200, (await server.PostFormAsync(Revoke, [("token", token), .. client.Credentials()])).Status);
        Assert.Equal("False", (await server.PostFormAsync(Introspect, [("token", token), .. client.Credentials()]))["active"]);
    }

    [Fact]
    public async Task The_client_id_of_another_client_beside_an_assertion_is_refused()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var client = await FapiClient.StartAsync(server);
        using var other = await FapiClient.StartAsync(server);
        var code = await client.CodeAsync();

        Assert.Equal((401, "invalid_client"), Outcome(await client.RedeemAsync(code, ("client_id", other.Tenant.ClientId))));
        Assert.Equal(200, (await client.RedeemAsync(code)).Status);
    }

    private static (int, string?) Outcome(Answer answer) => (answer.Status, answer["error"]);
}
