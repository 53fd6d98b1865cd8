using System.Text.Json.Nodes;
using Postern.Storage.Databases;
using Postern.Tests.Fapi2;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Diagnosis;

/// <summary>What the security profile of an application demands is told check by check, with a remedy in both languages.</summary>
public sealed class DiagnoseApplicationTests(Servers servers)
{
    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_good_application_lacks_nothing_but_the_https_of_a_test(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        using var client = await FapiClient.StartAsync(server);

        var checks = await DiagnoseAsync(client.Tenant);

        Assert.Equal(
            ["clientAuthentication ok", "clientKeys ok", "redirectUris ok", "grantTypes ok", "tokenSigning ok", "signingCert ok", "issuer wrong"],
            checks.Select(c => $"{c["name"]} {c["state"]}"));
        Assert.All(checks, c => Assert.Matches("[一-鿿]", c["sentence"]!["zh"]!.ToString()));
        Assert.NotEqual("", checks[^1]!["remedy"]!["en"]!.ToString());
        Assert.Equal(1, await server.ScalarAsync<long>("select count(*) from records where action = 'diagnose-application' and object = @Id", new { Id = "admin/" + client.Tenant.Application }));
    }

    [Theory]
    [InlineData("token_endpoint_auth_method = 'client_secret_basic'", "clientAuthentication", "wrong")]
    [InlineData("jwks = ''", "clientKeys", "wrong")]
    [InlineData("jwks = '', client_cert = 'cert-that-is-gone'", "clientKeys", "wrong")]
    [InlineData("jwks = '', jwks_uri = 'https://127.0.0.1:1/jwks'", "clientKeys", "wrong")]
    [InlineData("redirect_uris = '[\"http://app.example/\"]'", "redirectUris", "wrong")]
    [InlineData("grant_types = '[\"password\"]'", "grantTypes", "wrong")]
    [InlineData("token_signing_method = 'RS256'", "tokenSigning", "wrong")]
    [InlineData("cert = 'a-cert-that-does-not-fit'", "signingCert", "warning")]
    public async Task Each_trouble_is_told_by_its_check(string columns, string check, string state)
    {
        using var client = await FapiClient.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite), columns: columns);

        var checks = await DiagnoseAsync(client.Tenant);

        Assert.Equal(state, checks.Single(c => c["name"]!.ToString() == check)["state"]!.ToString());
    }

    [Fact]
    public async Task Administrators_of_others_learn_nothing_and_the_usual_rules_have_no_checks()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var client = await FapiClient.StartAsync(server);
        var other = await server.NewTenantAsync();
        using var http = other.AsApplication();
        foreach (var name in new[] { client.Tenant.Application, "nobody" })
        {
            using var answer = await http.PostAsync(new Uri("/api/diagnose-application?id=admin/" + name, UriKind.Relative), null);
            Assert.Contains("Unauthorized operation", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.Equal("securityProfile ok", Assert.Single((await DiagnoseAsync(other)).Select(c => $"{c["name"]} {c["state"]}")));
    }

    private static async Task<IReadOnlyList<JsonNode>> DiagnoseAsync(Tenant tenant)
    {
        using var administrator = await Administrator.OfAsync(tenant.Server);
        var (_, body) = await administrator.PostAsync($"/api/diagnose-application?id=admin/{tenant.Application}", "");
        Assert.Equal("ok", body["status"]!.ToString());
        return [.. body["data"]!["checks"]!.AsArray().Select(c => c!)];
    }
}
