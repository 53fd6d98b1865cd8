using System.Text.Json;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Fapi2;

/// <summary>The documents say what the profile demands: the application's own exactly, the server's all that is served.</summary>
public sealed class ProfileMetadataTests(Servers servers)
{
    private static readonly string[] Algorithms = ["PS256", "ES256", "EdDSA", "Ed25519"];

    [Fact]
    public async Task The_applications_document_says_what_the_profile_leaves()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var client = await FapiClient.StartAsync(server, columns: """grant_types = '["authorization_code","password","token"]'""");
        foreach (var name in new[] { "openid-configuration", "oauth-authorization-server" })
        {
            var document = (await server.GetAsync($"/.well-known/{client.Tenant.Application}/{name}")).Body;
            Assert.Equal(server.Issuer, document.GetProperty("issuer").GetString());
            Assert.True(document.GetProperty("require_pushed_authorization_requests").GetBoolean());
            Assert.True(document.GetProperty("authorization_response_iss_parameter_supported").GetBoolean());
            Assert.Equal(["authorization_code", "refresh_token", "client_credentials"], Texts(document, "grant_types_supported"));
            Assert.Equal(["code"], Texts(document, "response_types_supported"));
            Assert.Equal(["S256"], Texts(document, "code_challenge_methods_supported"));
            Assert.Equal(["PS256"], Texts(document, "id_token_signing_alg_values_supported"));
            foreach (var endpoint in new[] { "token", "introspection", "revocation" })
            {
                Assert.Equal(["private_key_jwt"], Texts(document, endpoint + "_endpoint_auth_methods_supported"));
                Assert.Equal(Algorithms, Texts(document, endpoint + "_endpoint_auth_signing_alg_values_supported"));
            }

            Assert.Equal(Algorithms, Texts(document, "dpop_signing_alg_values_supported"));
        }

        var resource = (await server.GetAsync($"/.well-known/{client.Tenant.Application}/oauth-protected-resource")).Body;
        Assert.True(resource.GetProperty("dpop_bound_access_tokens_required").GetBoolean());
        Assert.Equal(Algorithms, Texts(resource, "dpop_signing_alg_values_supported"));
    }

    [Fact]
    public async Task The_servers_document_names_the_algorithms_of_the_profile_among_others()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var document = (await server.GetAsync("/.well-known/openid-configuration")).Body;

        Assert.All(Algorithms, a => Assert.Contains(a, Texts(document, "dpop_signing_alg_values_supported")));
        Assert.All(Algorithms, a => Assert.Contains(a, Texts(document, "token_endpoint_auth_signing_alg_values_supported")));
        Assert.All(["PS256", "ES256"], a => Assert.Contains(a, Texts(document, "id_token_signing_alg_values_supported")));
        Assert.Contains("private_key_jwt", Texts(document, "token_endpoint_auth_methods_supported"));
        Assert.False(document.TryGetProperty("require_pushed_authorization_requests", out _));
    }

    private static List<string> Texts(JsonElement document, string name) => [.. document.GetProperty(name).EnumerateArray().Select(v => v.GetString()!)];
}
