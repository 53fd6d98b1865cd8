using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Rfc7591;

/// <summary>RFC 7592.</summary>
public sealed class ManagementTests(Servers servers)
{
    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_client_reads_and_replaces_what_it_said_of_itself(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await Registered.NewTenantAsync(server);
        var registration = await Registered.RegisterAsync(tenant, ("client_uri", "https://tool.example/"));

        var read = await SendAsync(server, HttpMethod.Get, registration);
        Assert.Equal((200, "A tool", "https://tool.example/", registration["client_id"]), (read.Status, read["client_name"], read["client_uri"], read["client_id"]));

        var changed = await SendAsync(server, HttpMethod.Put, registration, Registered.Metadata(("client_name", "Renamed"), ("redirect_uris", new JsonArray("https://new.example/cb"))));
        Assert.Equal((200, "Renamed"), (changed.Status, changed["client_name"]));
        read = await SendAsync(server, HttpMethod.Get, registration);
        Assert.Equal(("Renamed", "https://new.example/cb"), (read["client_name"], read.Body.GetProperty("redirect_uris")[0].GetString()));
        Assert.Equal("", read["client_uri"] ?? "");

        using var alice = await Visitor.SignedInAsync(tenant, "alice");
        Assert.Equal(400, (await alice.GetAsync(Visitor.Authorize(registration["client_id"]!))).Status);
        var consent = await alice.GetAsync(Visitor.Authorize(registration["client_id"]!, ("redirect_uri", "https://new.example/cb")));
        Assert.Contains("new.example", consent.Text, StringComparison.Ordinal);
        Assert.Contains("Not verified", consent.Text, StringComparison.Ordinal);
        Assert.Contains("update-registered-client", await tenant.ActionsAsync());
    }

    [Fact]
    public async Task A_bad_replacement_changes_nothing()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var tenant = await Registered.NewTenantAsync(server);
        var registration = await Registered.RegisterAsync(tenant);

        Assert.Equal("invalid_redirect_uri", (await SendAsync(server, HttpMethod.Put, registration, Registered.Metadata(("redirect_uris", new JsonArray("http://evil.example/")))))["error"]);
        Assert.Equal("invalid_client_metadata", (await SendAsync(server, HttpMethod.Put, registration, Registered.Metadata(("token_endpoint_auth_method", "client_secret_post"))))["error"]);
        Assert.Equal("invalid_client_metadata", (await SendAsync(server, HttpMethod.Put, registration, Registered.Metadata(("client_name", new string('x', 300)))))["error"]);

        var read = await SendAsync(server, HttpMethod.Get, registration);
        Assert.Equal(("A tool", Visitor.RedirectUri, "none"), (read["client_name"], read.Body.GetProperty("redirect_uris")[0].GetString(), read["token_endpoint_auth_method"]));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Only_the_registration_token_opens_it(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await Registered.NewTenantAsync(server);
        var registration = await Registered.RegisterAsync(tenant, ("token_endpoint_auth_method", "client_secret_basic"));
        var another = await Registered.RegisterAsync(tenant);
        var client = tenant.As(registration);
        using var alice = await Visitor.SignedInAsync(tenant, "alice");
        var access = (await Registered.SignInAsync(client, alice))["access_token"];

        foreach (var authorization in new[]
        {
            null, "Bearer", "Bearer x", "Bearer " + another["registration_access_token"], "Bearer " + access,
            "Basic " + registration["registration_access_token"], Api.Basic(client.ClientId, client.ClientSecret),
        })
        {
            foreach (var method in new[] { HttpMethod.Get, HttpMethod.Put, HttpMethod.Delete })
            {
                var answer = await SendAsync(server, method, registration, method == HttpMethod.Put ? Registered.Metadata(("client_name", "stolen")) : null, authorization ?? "");
                Assert.Equal(401, answer.Status);
                Assert.DoesNotContain("A tool", answer.Text, StringComparison.Ordinal);
            }
        }

        // An application of ours has no registration token: an empty hash is nobody's.
        Assert.Equal(401, (await server.GetAsync($"{Registered.Path}/{tenant.ClientId}", "Bearer " + registration["registration_access_token"])).Status);
        Assert.Equal("A tool", (await SendAsync(server, HttpMethod.Get, registration))["client_name"]);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_deleted_clients_tokens_die_with_it(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await Registered.NewTenantAsync(server);
        var registration = await Registered.RegisterAsync(tenant);
        var client = tenant.As(registration);
        using var alice = await Visitor.SignedInAsync(tenant, "alice");
        var tokens = await Registered.SignInAsync(client, alice);
        Assert.True(await server.IsGoodAsync(tokens["access_token"]));
        var id = await server.ScalarAsync<string>("select id from applications where client_id = @ClientId", new { client.ClientId });

        Assert.Equal(204, (await SendAsync(server, HttpMethod.Delete, registration)).Status);

        Assert.False(await server.IsGoodAsync(tokens["access_token"]));
        Assert.Equal("invalid_client", (await client.RefreshAsync(tokens["refresh_token"]!))["error"]);
        Assert.Equal("False", (await server.PostFormAsync(
            "/api/login/oauth/introspect", [("token", tokens["access_token"]!)], Api.Basic(tenant.ClientId, tenant.ClientSecret)))["active"]);
        Assert.Equal(400, (await alice.GetAsync(Visitor.Authorize(client.ClientId))).Status);
        Assert.Equal(401, (await SendAsync(server, HttpMethod.Get, registration)).Status);
        Assert.Equal(0, await server.ScalarAsync<long>("select count(*) from grants where application_id = @id", new { id }));
        Assert.Contains("delete-registered-client", await tenant.ActionsAsync());
    }

    private static Task<Answer> SendAsync(TestServer server, HttpMethod method, Answer registration, JsonObject? metadata = null, string? authorization = null)
    {
        var sent = authorization ?? "Bearer " + registration["registration_access_token"];
        return server.SendAsync(
            method, $"{Registered.Path}/{registration["client_id"]}", metadata is null ? null : new StringContent(metadata.ToJsonString(), Encoding.UTF8, "application/json"),
            sent.Length == 0 || !AuthenticationHeaderValue.TryParse(sent, out _) ? null : sent);
    }
}
