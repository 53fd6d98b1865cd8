using System.Text.Json.Nodes;
using Dapper;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Fapi2;

/// <summary>The setting <c>securityProfile</c> of an application: what it needs, and what it refuses to be written.</summary>
public sealed class ProfileSettingTests(Servers servers)
{
    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_application_whose_settings_meet_the_profile_is_held_to_it(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        using var administrator = await Administrator.OfAsync(server);
        using var key = ClientKey.NewEd25519();
        var tenant = await server.NewWebTenantAsync("authorization_code client_credentials");

        Assert.Equal("Affected", await administrator.WriteAsync(Update(tenant), Good(key)));

        var kept = (await administrator.GetAsync($"/api/get-application?id=admin/{tenant.Application}"))["data"]!;
        Assert.Equal(("fapi2", key.Jwks()), (kept["securityProfile"]!.ToString(), kept["jwks"]!.ToString()));
        Assert.Equal("invalid_client", await tenant.RefusalAsync(("grant_type", "client_credentials"), ("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret)));
        // What the profile does not speak of changes as ever, and it is taken away again.
        Assert.Equal("Affected", await administrator.WriteAsync(Update(tenant), new() { ["displayName"] = "Strict" }));
        Assert.Equal("Affected", await administrator.WriteAsync(Update(tenant), new() { ["securityProfile"] = "", ["tokenEndpointAuthMethod"] = "" }));
        Assert.Equal("", await tenant.RefusalAsync(("grant_type", "client_credentials"), ("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret)));
    }

    [Fact]
    public async Task Each_demand_that_is_not_met_refuses_the_setting_with_a_remedy()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var administrator = await Administrator.OfAsync(server);
        using var key = ClientKey.NewEc();
        var tenant = await server.NewWebTenantAsync("authorization_code");
        (string Property, JsonNode? Value, string Sentence)[] wrong =
        [
            ("securityProfile", "fapi1", "must be empty or fapi2"), ("tokenEndpointAuthMethod", "client_secret_basic", "needs tokenEndpointAuthMethod private_key_jwt"),
            ("tokenEndpointAuthMethod", "none", "needs tokenEndpointAuthMethod private_key_jwt"), ("jwks", "", "needs the client's public keys"),
            ("jwks", "nonsense", "jwks must be a JWK set"), ("jwks", new JsonObject { ["keys"] = new JsonArray(key.Jwk(withPrivate: true)) }.ToJsonString(), "jwks holds a private key"),
            ("jwks", """{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}""", "jwks must be a JWK set"),
            ("redirectUris", new JsonArray("http://app.example/callback"), "needs redirectUris of https"), ("redirectUris", new JsonArray("app.example:/callback"), "needs redirectUris of https"),
            ("grantTypes", new JsonArray("authorization_code", "password"), "remove the others"), ("tokenSigningMethod", "RS256", "needs tokenSigningMethod PS256"),
        ];
        foreach (var (property, value, sentence) in wrong)
        {
            var document = Good(key);
            document[property] = value;
            Assert.Contains(sentence, await administrator.WriteAsync(Update(tenant), document), StringComparison.Ordinal);
        }

        Assert.Equal("", await server.ScalarAsync<string>("select security_profile from applications where name = @Application", new { tenant.Application }));
        var loopback = Good(key);
        loopback["redirectUris"] = new JsonArray("http://127.0.0.1/callback", "https://app.example/callback");
        Assert.Equal("Affected", await administrator.WriteAsync(Update(tenant), loopback));
        // Nor does a later change of one setting alone get out of it.
        Assert.Contains("needs redirectUris of https", await administrator.WriteAsync(Update(tenant), new() { ["redirectUris"] = new JsonArray("http://app.example/") }), StringComparison.Ordinal);
        Assert.Contains("private_key_jwt", await administrator.WriteAsync(Update(tenant), new() { ["tokenEndpointAuthMethod"] = "" }), StringComparison.Ordinal);
        // A new application is judged like a changed one.
        Assert.Contains("private_key_jwt", await administrator.WriteAsync("/api/add-application", new()
        {
            ["owner"] = "admin", ["name"] = "strict-" + tenant.Application, ["organization"] = tenant.Organization, ["securityProfile"] = "fapi2",
        }), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_application_of_an_earlier_version_has_the_usual_rules(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver, prepare: async database => await database.UnderStartLockAsync(async (connection, transaction) =>
        {
            await Migrations.ApplyAsync(database, connection, transaction, TimeProvider.System, last: 27);
            await connection.ExecuteAsync(
                """
                insert into organizations (id, owner, name, created_time, display_name, password_type, default_application, account_items, disable_signin,
                  enable_soft_deletion, is_profile_public, token_retention_days, record_retention_days, body)
                values ('o', 'admin', 'old', 1, '', '', '', '[]', false, false, false, 0, 0, '{}');
                insert into applications (id, owner, name, created_time, organization, organization_id, client_id, client_secret, display_name, enable_sign_up, enable_password,
                  disable_signin, is_shared, api_access, providers, grant_types, redirect_uris, scopes, cert, token_format, token_signing_method,
                  token_endpoint_auth_method, token_fields, token_attributes, expire_in_hours, refresh_expire_in_hours, cookie_expire_in_hours,
                  failed_signin_limit, failed_signin_frozen_time, jwks, body)
                values ('old-app', 'admin', 'old-app', 1, 'old', 'o', 'old-app', '', '', true, true, false, false, 'none', '[]', '[]', '["https://app.example/"]', '[]', '', 'JWT', '', 'none', '[]', '[]',
                  0, 0, 0, 0, 0, '{"keys":[]}', '{}')
                """, transaction: transaction);
        }));
        using var administrator = await Administrator.OfAsync(server);

        var kept = (await administrator.GetAsync("/api/get-application?id=admin/old-app"))["data"]!;

        Assert.Equal(("", """{"keys":[]}"""), (kept["securityProfile"]!.ToString(), kept["jwks"]!.ToString()));
        Assert.Equal("Affected", await administrator.WriteAsync("/api/update-application?id=admin/old-app", new() { ["redirectUris"] = new JsonArray("http://localhost/") }));
        using var visitor = new Visitor(server);
        Assert.Equal(200, (await visitor.GetAsync(Visitor.Authorize("old-app", ("redirect_uri", "http://localhost/")))).Status);
    }

    private static string Update(Tenant tenant) => $"/api/update-application?id=admin/{tenant.Application}";

    private static JsonObject Good(ClientKey key) => new() { ["securityProfile"] = "fapi2", ["tokenEndpointAuthMethod"] = "private_key_jwt", ["jwks"] = key.Jwks() };
}
