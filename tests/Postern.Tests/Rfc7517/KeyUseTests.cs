using System.Text.Json.Nodes;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Postern.Tests.Rfc7523;
using Postern.Tests.Rfc7591;
using Postern.Tests.Rfc9449;
using Xunit;

namespace Postern.Tests.Rfc7517;

/// <summary>What a key says it is for: RFC 7517 §4.2 to §4.5.</summary>
public sealed class KeyUseTests(Servers servers)
{
    private static readonly string[] Signs = ["{}", """{"use":"sig"}""", """{"alg":"ES256"}""", """{"key_ops":["verify"]}""", """{"use":"sig","key_ops":["sign","verify"],"alg":"ES256"}"""];

    private static readonly string[] DoesNot =
    [
        """{"use":"enc"}""", """{"use":"other"}""", """{"alg":"RS256"}""", """{"alg":"ES384"}""", """{"alg":"ECDH-ES"}""", """{"key_ops":["sign"]}""", """{"key_ops":["deriveKey"]}""",
        """{"use":"sig","key_ops":["encrypt"]}""", """{"use":"enc","alg":"ES256","key_ops":["verify"]}""",
    ];

    [Fact]
    public async Task An_assertion_is_verified_by_a_key_for_signatures_of_its_algorithm_alone()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var key = ClientKey.NewEc();
        var tenant = await server.NewWebTenantAsync("client_credentials", "token_endpoint_auth_method = 'private_key_jwt'");

        foreach (var (members, isGood) in Signs.Select(m => (m, true)).Concat(DoesNot.Select(m => (m, false))))
        {
            await server.ExecuteAsync("update applications set jwks = @jwks where client_id = @ClientId", new { jwks = SetOf(Saying(key, members)), tenant.ClientId });
            var answer = await Assertion.SendAsync(tenant, Assertion.Of(tenant, key));
            Assert.True((isGood ? (200, null) : (401, "invalid_client")) == (answer.Status, answer["error"]), $"{members}: {answer.Text}");
        }
    }

    [Fact]
    public async Task A_proof_is_verified_by_a_key_for_signatures_of_its_algorithm_alone()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var key = ClientKey.NewEc();
        var tenant = await server.NewWebTenantAsync("client_credentials");

        foreach (var (members, isGood) in Signs.Select(m => (m, true)).Concat(DoesNot.Select(m => (m, false))))
        {
            var header = Proof.Header(key);
            header["jwk"] = Saying(key, members);
            var answer = await Proof.CredentialsAsync(tenant, key.Sign(header, Proof.Claims(server, "POST", Proof.TokenPath)));
            Assert.True((isGood ? (200, null) : (400, "invalid_dpop_proof")) == (answer.Status, answer["error"]), $"{members}: {answer.Text}");
        }
    }

    [Theory]
    [InlineData("one")]
    [InlineData("another")]
    [InlineData(null)]
    public async Task Of_keys_that_share_a_kid_any_may_have_signed(string? kid)
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var rsa = ClientKey.NewRsa();
        using var first = ClientKey.NewEc();
        using var second = ClientKey.NewEc();
        using var foreign = ClientKey.NewEc();
        var set = SetOf([.. new[] { rsa, first, second }.Select(k => Saying(k, """{"kid":"one"}"""))]);
        var tenant = await server.NewWebTenantAsync("client_credentials", $"jwks = '{set}', token_endpoint_auth_method = 'private_key_jwt'");
        Task<Answer> SendAsync(ClientKey key) => Assertion.SendAsync(tenant, key.Sign(Assertion.Header(key, kid), Assertion.Claims(tenant)), ("client_id", tenant.ClientId));

        foreach (var key in new[] { rsa, first, second })
        {
            Assert.Equal(200, (await SendAsync(key)).Status);
        }

        Assert.Equal("invalid_client", (await SendAsync(foreign))["error"]);
    }

    [Fact]
    public async Task A_client_registers_a_set_with_a_key_for_signatures_and_others_beside_it_are_not_used()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var signs = ClientKey.NewEc();
        using var encrypts = ClientKey.NewEc();
        var tenant = await Registered.NewTenantAsync(server);
        Task<Answer> RegisterAsync(params JsonObject[] keys) =>
            Registered.RegisterAsync(tenant, Registered.Metadata(("token_endpoint_auth_method", "private_key_jwt"), ("jwks", JsonNode.Parse(SetOf(keys)))), null);

        Assert.Equal("invalid_client_metadata", (await RegisterAsync(Saying(encrypts, """{"use":"enc"}""")))["error"]);
        Assert.Equal("invalid_client_metadata", (await RegisterAsync(Saying(encrypts, """{"key_ops":["deriveKey"]}""")))["error"]);
        var registered = await RegisterAsync(Saying(encrypts, """{"use":"enc"}"""), Saying(signs, """{"use":"sig"}"""));
        Assert.Equal((201, 2), (registered.Status, registered.Body.GetProperty("jwks").GetProperty("keys").GetArrayLength()));
        var client = tenant.As(registered);
        Task<Answer> PushAsync(ClientKey key) => server.PostFormAsync("/api/login/oauth/par",
            [
                ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"), ("client_assertion", Assertion.Of(client, key)), ("response_type", "code"),
                ("redirect_uri", Visitor.RedirectUri), ("code_challenge", Visitor.Challenge), ("code_challenge_method", "S256"),
            ]);

        Assert.Equal(201, (await PushAsync(signs)).Status);
        Assert.Equal("invalid_client", (await PushAsync(encrypts))["error"]);
    }

    private static JsonObject Saying(ClientKey key, string members)
    {
        var jwk = key.Jwk();
        foreach (var (name, value) in JsonNode.Parse(members)!.AsObject())
        {
            jwk[name] = value!.DeepClone();
        }

        return jwk;
    }

    private static string SetOf(params JsonObject[] keys) => new JsonObject { ["keys"] = new JsonArray(keys) }.ToJsonString();
}
