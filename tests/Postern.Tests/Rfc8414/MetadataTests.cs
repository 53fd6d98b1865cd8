using System.Text.Json;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Rfc8414;

/// <summary>The documents name what is really served, and everything that they say holds.</summary>
public sealed class MetadataTests(Servers servers)
{
    private static readonly string[] Names = ["openid-configuration", "oauth-authorization-server"];

    [Fact]
    public async Task Every_endpoint_that_is_announced_answers()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var tenant = await server.NewTenantAsync();
        foreach (var document in await DocumentsAsync(server, tenant))
        {
            var endpoints = document.EnumerateObject().Where(p => p.Name.EndsWith("_endpoint", StringComparison.Ordinal) || p.Name.EndsWith("_uri", StringComparison.Ordinal)).ToList();
            Assert.Equal(
                [
                    "authorization_endpoint", "device_authorization_endpoint", "end_session_endpoint", "introspection_endpoint", "jwks_uri",
                    "pushed_authorization_request_endpoint", "registration_endpoint", "revocation_endpoint", "token_endpoint", "userinfo_endpoint",
                ],
                endpoints.Select(p => p.Name).Order(StringComparer.Ordinal));
            foreach (var endpoint in endpoints)
            {
                var address = new Uri(endpoint.Value.GetString()!);
                Assert.Equal(server.Issuer, address.GetLeftPart(UriPartial.Authority));
                var isRead = endpoint.Name is "authorization_endpoint" or "jwks_uri" or "end_session_endpoint" or "userinfo_endpoint";
                using var visitor = new Visitor(server);
                var answer = isRead ? await visitor.GetAsync(address.PathAndQuery) : await visitor.PostAsync(address.PathAndQuery, []);
                Assert.False(answer.Status is 404 or 405 or >= 500, $"{endpoint.Name}: {answer.Status}");
            }
        }
    }

    [Fact]
    public async Task The_issuer_is_ours_whatever_host_the_request_names()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        foreach (var name in Names)
        {
            var answer = await server.GetAsync("/.well-known/" + name, null, ("Host", "evil.example"), ("X-Forwarded-Host", "evil.example"));
            Assert.Equal(server.Issuer, answer["issuer"]);
            Assert.DoesNotContain("evil.example", answer.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_the_documents_say_is_what_the_protocol_needs_and_no_more()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var tenant = await server.NewTenantAsync();
        foreach (var document in await DocumentsAsync(server, tenant))
        {
            Assert.Equal(["code"], Texts(document, "response_types_supported"));
            Assert.Equal(["query", "fragment", "form_post"], Texts(document, "response_modes_supported"));
            Assert.Equal(["S256"], Texts(document, "code_challenge_methods_supported"));
            Assert.Equal(["public"], Texts(document, "subject_types_supported"));
            Assert.Contains("openid", Texts(document, "scopes_supported"));
            Assert.DoesNotContain("password", Texts(document, "grant_types_supported"));
            Assert.DoesNotContain("implicit", Texts(document, "grant_types_supported"));
            Assert.True(document.GetProperty("authorization_response_iss_parameter_supported").GetBoolean());
            Assert.True(document.GetProperty("claims_parameter_supported").GetBoolean());
            foreach (var name in new[] { "request_parameter_supported", "request_uri_parameter_supported" })
            {
                Assert.False(document.GetProperty(name).GetBoolean());
            }

            // Of request objects there is no algorithm, and a list of nothing is left out (RFC 8414 §3.2).
            Assert.DoesNotContain(document.EnumerateObject(), p => p.Name.StartsWith("request_object_", StringComparison.Ordinal));

            foreach (var algorithms in document.EnumerateObject().Where(p => p.Name.Contains("signing_alg", StringComparison.Ordinal)))
            {
                Assert.DoesNotContain(algorithms.Value.EnumerateArray(), a => a.GetString() == "none" || a.GetString()!.StartsWith("HS", StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public async Task An_applications_document_names_its_own_scopes_keys_and_legacy_grants()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var tenant = await server.NewTenantAsync("""scopes = '[{"name":"orders:read"}]', grant_types = '["password","token"]'""");

        var document = (await server.GetAsync($"/.well-known/{tenant.Application}/openid-configuration")).Body;

        Assert.Contains("orders:read", Texts(document, "scopes_supported"));
        Assert.Contains("password", Texts(document, "grant_types_supported"));
        Assert.Contains("implicit", Texts(document, "grant_types_supported"));
        Assert.Equal(["code", "token"], Texts(document, "response_types_supported"));
        Assert.Contains("fragment", Texts(document, "response_modes_supported"));
        Assert.Equal($"{server.Issuer}/.well-known/{tenant.Application}/jwks", document.GetProperty("jwks_uri").GetString());
        Assert.Equal(404, (await server.GetAsync("/.well-known/nobody/openid-configuration")).Status);
    }

    [Fact]
    public async Task Each_grant_type_that_is_announced_is_one_that_an_application_can_list()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var document = (await server.GetAsync("/.well-known/oauth-authorization-server")).Body;
        var announced = Texts(document, "grant_types_supported");
        var tenant = await server.NewWebTenantAsync(string.Join(' ', announced));

        foreach (var grantType in announced)
        {
            var refusal = await tenant.RefusalAsync(("grant_type", grantType), ("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret));
            // Known, though what it needs is missing.
            Assert.True(refusal is "" or "invalid_request" or "invalid_grant" || grantType.Contains("wechat", StringComparison.Ordinal), $"{grantType}: {refusal}");
        }
    }

    [Fact]
    public async Task Any_page_may_read_the_documents()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        foreach (var name in Names.Append("jwks"))
        {
            var answer = await server.GetAsync("/.well-known/" + name, null, ("Origin", "https://app.example"));
            Assert.Equal("*", answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
            using var head = new HttpRequestMessage(HttpMethod.Head, new Uri("/.well-known/" + name, UriKind.Relative));
            using var response = await server.Http.SendAsync(head);
            Assert.Equal(200, (int)response.StatusCode);
        }
    }

    private static async Task<IReadOnlyList<JsonElement>> DocumentsAsync(TestServer server, Tenant tenant)
    {
        var documents = new List<JsonElement>();
        foreach (var name in Names)
        {
            documents.Add((await server.GetAsync("/.well-known/" + name)).Body);
            documents.Add((await server.GetAsync($"/.well-known/{tenant.Application}/{name}")).Body);
        }

        return documents;
    }

    private static List<string> Texts(JsonElement document, string name) => [.. document.GetProperty(name).EnumerateArray().Select(v => v.GetString()!)];
}
