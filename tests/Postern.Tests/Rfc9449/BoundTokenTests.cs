using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Rfc9449;

public sealed class BoundTokenTests(Servers servers)
{
    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_token_that_was_asked_for_with_a_proof_is_bound_to_its_key(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        using var key = ClientKey.NewEc();
        var tenant = await TenantAsync(server);

        var answer = await Proof.SignInAsync(tenant, "alice", key);

        Assert.Equal((200, "DPoP"), (answer.Status, answer["token_type"]));
        Assert.Equal(key.Thumbprint(), answer.Claims("access_token").GetProperty("cnf").GetProperty("jkt").GetString());
        Assert.False(answer.Claims("id_token").TryGetProperty("cnf", out _));
        var token = answer["access_token"]!;
        Assert.Equal(answer.Claims("access_token").GetProperty("sub").GetString(), (await Proof.UserInfoAsync(server, token, Proof.OfToken(server, key, token)))["sub"]);
        var introspected = await server.PostFormAsync("/api/login/oauth/introspect", [("token", token), ("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret)]);
        Assert.Equal(("DPoP", key.Thumbprint()), (introspected["token_type"], introspected.Body.GetProperty("cnf").GetProperty("jkt").GetString()));
    }

    [Fact]
    public async Task A_bound_token_is_no_bearer_and_a_bearers_proof_proves_nothing()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var key = ClientKey.NewEc();
        var tenant = await TenantAsync(server);
        var (bound, bearer) = ((await Proof.SignInAsync(tenant, "alice", key))["access_token"]!, (await Proof.SignInAsync(tenant, "alice", null))["access_token"]!);

        foreach (var refused in new[]
        {
            await Proof.UserInfoAsync(server, bound, null, "Bearer"),
            await Proof.UserInfoAsync(server, bound, Proof.OfToken(server, key, bound), "Bearer"),
            await Proof.UserInfoAsync(server, bound, null),
            await Proof.UserInfoAsync(server, bearer, Proof.OfToken(server, key, bearer)),
        })
        {
            Assert.Equal(401, refused.Status);
            Assert.Contains("error=", refused.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        }

        // Nor in the body of a form.
        Assert.Equal(401, (await server.PostFormAsync(Proof.UserInfo, [("access_token", bound)])).Status);
        foreach (var path in new[] { "/api/get-account", "/api/get-users" })
        {
            Assert.Equal("error", (await Proof.UserInfoAsync(server, bound, null, "Bearer", path))["status"]);
            Assert.Equal("error", (await Proof.UserInfoAsync(server, bound, null, "DPoP", path))["status"]);
        }

        Assert.Equal("ok", (await Proof.UserInfoAsync(server, bound, Proof.OfToken(server, key, bound, "/api/get-account"), "DPoP", "/api/get-account"))["status"]);
        Assert.Equal(200, (await Proof.UserInfoAsync(server, bearer, null, "Bearer")).Status);
    }

    [Fact]
    public async Task A_proof_of_another_key_or_another_token_or_another_address_opens_nothing()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var key = ClientKey.NewEc();
        using var thief = ClientKey.NewEc();
        var tenant = await TenantAsync(server);
        var (token, other) = ((await Proof.SignInAsync(tenant, "alice", key))["access_token"]!, (await Proof.SignInAsync(tenant, "alice", key))["access_token"]!);

        foreach (var proof in new[]
        {
            Proof.OfToken(server, thief, token),
            Proof.OfToken(server, key, other),
            Proof.OfToken(server, key, token, Proof.UserInfo, ("ath", null)),
            Proof.OfToken(server, key, token, "/api/get-account"),
            Proof.OfToken(server, key, token, Proof.UserInfo, ("htm", "POST")),
            Proof.Of(server, key),
        })
        {
            var refused = await Proof.UserInfoAsync(server, token, proof);
            Assert.Equal(401, refused.Status);
            Assert.Equal("DPoP", refused.Headers.WwwAuthenticate.Single().Scheme);
        }

        var good = Proof.OfToken(server, key, token);
        Assert.Equal(200, (await Proof.UserInfoAsync(server, token, good)).Status);
        Assert.Equal(401, (await Proof.UserInfoAsync(server, token, good)).Status);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_refresh_needs_the_same_key(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        using var key = ClientKey.NewEc();
        using var thief = ClientKey.NewEc();
        var tenant = await TenantAsync(server);
        var refresh = (await Proof.SignInAsync(tenant, "alice", key))["refresh_token"]!;
        var unbound = (await Proof.SignInAsync(tenant, "alice", null))["refresh_token"]!;
        Task<Answer> RefreshAsync(string token, string? proof) =>
            Proof.TokenAsync(tenant, proof, ("grant_type", "refresh_token"), ("client_id", tenant.ClientId), ("refresh_token", token));

        Assert.Equal("invalid_dpop_proof", (await RefreshAsync(refresh, null))["error"]);
        Assert.Equal("invalid_dpop_proof", (await RefreshAsync(refresh, Proof.Of(server, thief)))["error"]);
        Assert.Equal("invalid_dpop_proof", (await RefreshAsync(unbound, Proof.Of(server, key)))["error"]);
        var answer = await RefreshAsync(refresh, Proof.Of(server, key));
        Assert.Equal((200, "DPoP"), (answer.Status, answer["token_type"]));
        Assert.Equal(key.Thumbprint(), answer.Claims("access_token").GetProperty("cnf").GetProperty("jkt").GetString());
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_client_that_authenticates_refreshes_with_a_new_key(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        await using var node = await server.StartNodeAsync();
        using var first = ClientKey.NewEc();
        using var second = ClientKey.NewEc();
        const string exchange = "urn:ietf:params:oauth:grant-type:token-exchange";
        var tenant = await TenantAsync(server, exchange);
        (string, string)[] secret = [("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret)];
        using var alice = await Visitor.SignedInAsync(tenant, "alice");
        async Task<Answer> SignInAsync(string? proof) => await Proof.TokenAsync(
            tenant, proof, [("grant_type", "authorization_code"), ("code", await alice.CodeAsync(tenant)), ("code_verifier", Visitor.Verifier), .. secret]);
        Task<Answer> RefreshAsync(TestServer at, Answer from, string? proof, params (string, string)[] client) =>
            Proof.TokenAsync(tenant with { Server = at }, proof, [("grant_type", "refresh_token"), ("refresh_token", from["refresh_token"]!), .. client]);
        Task<Answer> IntrospectAsync(string token) => server.PostFormAsync("/api/login/oauth/introspect", [("token", token), .. secret]);

        var begun = await SignInAsync(Proof.Of(server, first));
        Assert.Equal(("Bearer", null), await IntrospectAsync(begun["refresh_token"]!) is var told ? (told["token_type"], told["cnf"]) : default);
        // What began with a key becomes no bearer, and nothing goes on without the client.
        Assert.Equal("invalid_dpop_proof", (await RefreshAsync(server, begun, null, secret))["error"]);
        Assert.Equal("invalid_client", (await RefreshAsync(server, begun, Proof.Of(server, first), ("client_id", tenant.ClientId)))["error"]);

        var renewed = await RefreshAsync(node, begun, Proof.Of(server, second), secret);
        Assert.Equal(("DPoP", second.Thumbprint()), (renewed["token_type"], renewed.Claims("access_token").GetProperty("cnf").GetProperty("jkt").GetString()));
        var token = renewed["access_token"]!;
        Assert.Equal(200, (await Proof.UserInfoAsync(server, token, Proof.OfToken(server, second, token))).Status);
        Assert.Equal(401, (await Proof.UserInfoAsync(server, token, Proof.OfToken(server, first, token))).Status);
        Assert.Equal(second.Thumbprint(), (await IntrospectAsync(token)).Body.GetProperty("cnf").GetProperty("jkt").GetString());
        Task<Answer> ExchangeAsync(ClientKey key) => Proof.TokenAsync(tenant, Proof.Of(server, key),
            [("grant_type", exchange), ("subject_token", renewed["id_token"]!), ("subject_token_type", "urn:ietf:params:oauth:token-type:id_token"), .. secret]);
        Assert.Equal("invalid_dpop_proof", (await ExchangeAsync(first))["error"]);
        Assert.Equal("DPoP", (await ExchangeAsync(second))["token_type"]);

        // A bearer's grant goes over to keys, and then stays with them.
        var bound = await RefreshAsync(server, await SignInAsync(null), Proof.Of(server, first), secret);
        Assert.Equal("DPoP", bound["token_type"]);
        Assert.Equal("invalid_dpop_proof", (await RefreshAsync(node, bound, null, secret))["error"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("without a challenge")]
    public async Task A_code_that_was_asked_for_with_dpop_jkt_is_good_for_that_key_alone(string pkce)
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var key = ClientKey.NewEc();
        using var thief = ClientKey.NewEc();
        var tenant = await TenantAsync(server);
        using var alice = await Visitor.SignedInAsync(tenant, "alice");
        (string, string)[] withoutPkce = pkce.Length > 0 ? [("code_challenge", ""), ("code_challenge_method", "")] : [];
        (string, string)[] verifier = pkce.Length > 0 ? [] : [("code_verifier", Visitor.Verifier)];
        var code = await alice.CodeAsync(tenant, [("dpop_jkt", key.Thumbprint()), .. withoutPkce]);
        Task<Answer> RedeemAsync(string? proof) => Proof.TokenAsync(
            tenant, proof, [("grant_type", "authorization_code"), ("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret), ("code", code), .. verifier]);

        Assert.Equal("invalid_dpop_proof", (await RedeemAsync(null))["error"]);
        Assert.Equal("invalid_dpop_proof", (await RedeemAsync(Proof.Of(server, thief)))["error"]);
        Assert.Equal("DPoP", (await RedeemAsync(Proof.Of(server, key)))["token_type"]);
    }

    [Fact]
    public async Task A_proof_at_the_pushed_request_binds_the_code_to_its_key()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var key = ClientKey.NewEc();
        using var thief = ClientKey.NewEc();
        const string path = "/api/login/oauth/par";
        var tenant = await TenantAsync(server);
        using var alice = await Visitor.SignedInAsync(tenant, "alice");
        (string, string)[] request =
        [
            ("client_id", tenant.ClientId), ("response_type", "code"), ("redirect_uri", Visitor.RedirectUri), ("code_challenge", Visitor.Challenge), ("code_challenge_method", "S256"),
        ];
        string ProofOf(ClientKey of) => of.Sign(Proof.Header(of), Proof.Claims(server, "POST", path));

        Assert.Equal("invalid_dpop_proof", (await server.PostFormAsync(path, request, null, ("DPoP", Proof.Of(server, key))))["error"]);
        Assert.Equal("invalid_dpop_proof", (await server.PostFormAsync(path, [.. request, ("dpop_jkt", thief.Thumbprint())], null, ("DPoP", ProofOf(key))))["error"]);
        var pushed = await server.PostFormAsync(path, request, null, ("DPoP", ProofOf(key)));
        Assert.Equal(201, pushed.Status);
        var code = (await alice.GetAsync($"/login/oauth/authorize?client_id={tenant.ClientId}&request_uri={Uri.EscapeDataString(pushed["request_uri"]!)}")).Sent("code")!;
        Task<Answer> RedeemAsync(string? proof) => Proof.TokenAsync(
            tenant, proof, ("grant_type", "authorization_code"), ("client_id", tenant.ClientId), ("code", code), ("code_verifier", Visitor.Verifier));

        Assert.Equal("invalid_dpop_proof", (await RedeemAsync(null))["error"]);
        Assert.Equal("invalid_dpop_proof", (await RedeemAsync(Proof.Of(server, thief)))["error"]);
        Assert.Equal("DPoP", (await RedeemAsync(Proof.Of(server, key)))["token_type"]);
    }

    [Fact]
    public async Task A_bound_subject_token_is_exchanged_only_with_a_proof_of_its_key()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var key = ClientKey.NewEc();
        using var thief = ClientKey.NewEc();
        const string exchange = "urn:ietf:params:oauth:grant-type:token-exchange";
        var tenant = await TenantAsync(server, exchange);
        var token = (await Proof.SignInAsync(tenant, "alice", key))["access_token"]!;
        Task<Answer> ExchangeAsync(string? proof) => Proof.TokenAsync(
            tenant, proof, ("grant_type", exchange), ("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret), ("subject_token", token));

        Assert.Equal("invalid_dpop_proof", (await ExchangeAsync(null))["error"]);
        Assert.Equal("invalid_dpop_proof", (await ExchangeAsync(Proof.Of(server, thief)))["error"]);
        Assert.Equal("DPoP", (await ExchangeAsync(Proof.Of(server, key)))["token_type"]);
    }

    private static async Task<Tenant> TenantAsync(TestServer server, string grantTypes = "")
    {
        var tenant = await server.NewWebTenantAsync(grantTypes);
        await tenant.AddUserAsync("alice");
        return tenant;
    }
}
