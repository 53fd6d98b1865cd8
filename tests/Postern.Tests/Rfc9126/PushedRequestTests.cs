using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Rfc9126;

public sealed class PushedRequestTests(Servers servers)
{
    private const string Path = "/api/login/oauth/par";

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_pushed_request_is_good_for_one_authorization(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await TenantAsync(server);
        using var alice = await Visitor.SignedInAsync(tenant, "alice");

        var pushed = await PushAsync(tenant, ("state", "pushed"), ("nonce", "n-1"));
        Assert.Equal(201, pushed.Status);
        Assert.StartsWith("urn:ietf:params:oauth:request_uri:", pushed["request_uri"], StringComparison.Ordinal);
        Assert.True(pushed.Body.GetProperty("expires_in").GetInt32() > 0);
        // What stands in the address beside it counts for nothing.
        var address = AddressOf(tenant, pushed) + "&state=other&scope=everything&redirect_uri=https%3A%2F%2Fevil.example%2F";
        var shown = await alice.GetAsync(address);
        Assert.StartsWith(Visitor.RedirectUri + "?", shown.Location, StringComparison.Ordinal);
        Assert.Equal("pushed", shown.Sent("state"));

        var tokens = await tenant.TokenAsync(
            ("grant_type", "authorization_code"), ("client_id", tenant.ClientId), ("code", shown.Sent("code")!), ("code_verifier", Visitor.Verifier));
        Assert.Equal("openid", tokens["scope"]);
        Assert.Equal("n-1", tokens.Claims("id_token").GetProperty("nonce").GetString());

        var again = await alice.GetAsync(address);
        Assert.Equal((400, ""), (again.Status, again.Location));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Of_many_uses_at_once_one_gets_a_code(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await TenantAsync(server);
        using var alice = await Visitor.SignedInAsync(tenant, "alice");
        var address = AddressOf(tenant, await PushAsync(tenant));

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => alice.GetAsync(address)));

        Assert.Single(answers, a => a.Status == 302 && a.Sent("code") is not null);
    }

    [Fact]
    public async Task The_legacy_implicit_grant_uses_it_up_too()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var tenant = await TenantAsync(server, "token");
        using var alice = await Visitor.SignedInAsync(tenant, "alice");
        var pushed = await server.PostFormAsync(Path, [("client_id", tenant.ClientId), ("response_type", "token"), ("redirect_uri", Visitor.RedirectUri)]);

        Assert.Contains("#access_token=", (await alice.GetAsync(AddressOf(tenant, pushed))).Location, StringComparison.Ordinal);
        Assert.DoesNotContain("access_token=", (await alice.GetAsync(AddressOf(tenant, pushed))).Location, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pushed_request_expires_and_is_its_own_clients()
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite);
        var (tenant, other) = (await TenantAsync(server), await TenantAsync(server));
        using var alice = await Visitor.SignedInAsync(tenant, "alice");
        using var theirs = await Visitor.SignedInAsync(other, "alice");
        var pushed = await PushAsync(tenant);

        Assert.Equal((400, ""), await OutcomeAsync(theirs, AddressOf(other, pushed)));
        Assert.Equal((400, ""), await OutcomeAsync(alice, AddressOf(tenant, pushed).Replace(tenant.ClientId, "nobody", StringComparison.Ordinal)));
        Assert.Equal((400, ""), await OutcomeAsync(alice, $"/login/oauth/authorize?client_id={tenant.ClientId}&request_uri=https%3A%2F%2Fevil.example%2Frequest.jwt"));
        server.Clock.Advance(TimeSpan.FromSeconds(pushed.Body.GetProperty("expires_in").GetInt32() + 1));
        Assert.Equal((400, ""), await OutcomeAsync(alice, AddressOf(tenant, pushed)));
    }

    [Fact]
    public async Task Who_pushes_authenticates_as_at_the_token_endpoint()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var confidential = await TenantAsync(server, columns: "token_endpoint_auth_method = 'client_secret_basic'");
        (string, string)[] request = [("response_type", "code"), ("redirect_uri", Visitor.RedirectUri), ("code_challenge", Visitor.Challenge), ("code_challenge_method", "S256")];

        Assert.Equal("invalid_client", (await server.PostFormAsync(Path, [("client_id", confidential.ClientId), .. request]))["error"]);
        Assert.Equal("invalid_client", (await server.PostFormAsync(Path, request, Api.Basic(confidential.ClientId, "wrong")))["error"]);
        Assert.Equal("invalid_client", (await server.PostFormAsync(Path, [("client_id", "nobody"), .. request]))["error"]);
        Assert.Equal("invalid_client", (await server.PostFormAsync(Path, request))["error"]);
        var pushed = await server.PostFormAsync(Path, request, Api.Basic(confidential.ClientId, confidential.ClientSecret));
        Assert.Equal(201, pushed.Status);
        Assert.Equal("no-store", pushed.Headers.CacheControl!.ToString());
    }

    [Fact]
    public async Task A_bad_request_is_refused_at_the_push_and_leaves_no_row()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var tenant = await TenantAsync(server, columns: """scopes = '[{"name":"read"}]'""");
        ((string Name, string Value) Wrong, string Error)[] requests =
        [
            (("redirect_uri", "https://evil.example/"), "invalid_request"),
            (("redirect_uri", Visitor.RedirectUri + "/more"), "invalid_request"),
            (("redirect_uri", ""), "invalid_request"),
            (("response_type", "token"), "unauthorized_client"),
            (("response_type", "nonsense"), "unsupported_response_type"),
            (("response_mode", "web_message"), "invalid_request"),
            (("code_challenge_method", "plain"), "invalid_request"),
            (("code_challenge", "short"), "invalid_request"),
            (("scope", "write"), "invalid_scope"),
            (("resource", "not-absolute"), "invalid_target"),
            (("prompt", "none login"), "invalid_request"),
            (("max_age", "soon"), "invalid_request"),
            (("request", "e30.e30."), "request_not_supported"),
            (("request_uri", "urn:ietf:params:oauth:request_uri:x"), "invalid_request"),
            (("state", new string('s', 9000)), "invalid_request"),
        ];

        foreach (var (wrong, error) in requests)
        {
            var answer = await PushAsync(tenant, wrong);
            Assert.True((answer.Status, answer["error"]) == (400, error), $"{wrong}: {answer.Text}");
        }

        Assert.Equal(0, await server.ScalarAsync<long>("select count(*) from pushed_requests where application_id = (select id from applications where client_id = @ClientId)", new { tenant.ClientId }));
    }

    [Fact]
    public async Task A_secret_that_was_sent_with_it_is_kept_nowhere()
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite);
        var tenant = await TenantAsync(server);

        var pushed = await PushAsync(tenant, ("client_secret", tenant.ClientSecret));

        Assert.Equal(201, pushed.Status);
        var dump = await server.DumpAsync();
        Assert.DoesNotContain(tenant.ClientSecret, dump, StringComparison.Ordinal);
        Assert.DoesNotContain(pushed["request_uri"]!, dump, StringComparison.Ordinal);
    }

    private static async Task<Tenant> TenantAsync(TestServer server, string grantTypes = "", string columns = "")
    {
        var tenant = await server.NewWebTenantAsync(grantTypes, columns);
        await tenant.AddUserAsync("alice");
        return tenant;
    }

    private static Task<Answer> PushAsync(Tenant tenant, params (string Name, string Value)[] other) => tenant.Server.PostFormAsync(Path,
    [
        .. new (string Name, string Value)[]
        {
            ("client_id", tenant.ClientId), ("response_type", "code"), ("redirect_uri", Visitor.RedirectUri), ("scope", "openid"),
            ("code_challenge", Visitor.Challenge), ("code_challenge_method", "S256"),
        }.Where(p => !other.Any(o => o.Name == p.Name)),
        .. other,
    ]);

    private static string AddressOf(Tenant tenant, Answer pushed) =>
        $"/login/oauth/authorize?client_id={tenant.ClientId}&request_uri={Uri.EscapeDataString(pushed["request_uri"]!)}";

    private static async Task<(int Status, string Location)> OutcomeAsync(Visitor visitor, string address)
    {
        var shown = await visitor.GetAsync(address);
        return (shown.Status, shown.Location);
    }
}
