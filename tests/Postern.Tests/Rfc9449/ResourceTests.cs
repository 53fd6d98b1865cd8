using System.Text.Json.Nodes;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Rfc9449;

/// <summary>RFC 9449 §7: how the API refuses a request with DPoP, and that Casdoor's libraries, which send bearer tokens, see none of it.</summary>
public sealed class ResourceTests(Servers servers)
{
    private const string Account = "/api/get-account";

    [Theory]
    [InlineData(Account)]
    [InlineData("/api/get-users?owner=any")]
    [InlineData("/api/get-organization-names")]
    [InlineData("/api/logout")]
    [InlineData(Proof.UserInfo)]
    public async Task A_refused_request_with_DPoP_is_401_with_its_error_the_algorithms_and_a_nonce(string path)
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var key = ClientKey.NewEc();
        using var thief = ClientKey.NewEc();
        var tenant = await TenantAsync(server);
        var (bound, bearer) = ((await Proof.SignInAsync(tenant, "alice", key))["access_token"]!, (await Proof.SignInAsync(tenant, "alice", null))["access_token"]!);
        var at = path.Split('?')[0];
        (string Scheme, string Token, string? Proof, string Error)[] wrong =
        [
            ("DPoP", bound, null, "invalid_dpop_proof"),
            ("DPoP", bound, "nonsense", "invalid_dpop_proof"),
            ("DPoP", bound, Proof.OfToken(server, key, bound, "/api/another"), "invalid_dpop_proof"),
            ("DPoP", bound, Proof.OfToken(server, key, bearer, at), "invalid_dpop_proof"),
            ("DPoP", bound, Proof.OfToken(server, key, bound, at, ("nonce", "made-up")), "use_dpop_nonce"),
            ("DPoP", bound, Proof.OfToken(server, thief, bound, at), "invalid_token"),
            ("DPoP", "a.b.c", Proof.OfToken(server, key, "a.b.c", at), "invalid_token"),
            ("DPoP", bearer, Proof.OfToken(server, key, bearer, at), "invalid_token"),
            ("Bearer", bound, Proof.OfToken(server, key, bound, at), "invalid_token"),
            ("Bearer", bound, null, "invalid_token"),
        ];

        foreach (var (scheme, token, proof, error) in wrong)
        {
            var answer = await Proof.UserInfoAsync(server, token, proof, scheme, path);

            Assert.True((answer.Status, answer["status"]) == (401, "error"), $"{scheme} {error}: {answer.Status} {answer.Text}");
            var challenge = answer.Headers.WwwAuthenticate.Single();
            Assert.Equal("DPoP", challenge.Scheme);
            Assert.StartsWith($"error=\"{error}\", algs=\"RS256 ", challenge.Parameter, StringComparison.Ordinal);
            // With the nonce of the refusal the client goes on.
            if (error == "use_dpop_nonce" && at != "/api/logout")
            {
                var nonce = answer.Headers.GetValues("DPoP-Nonce").Single();
                Assert.NotEqual(401, (await Proof.UserInfoAsync(server, bound, Proof.OfToken(server, key, bound, at, ("nonce", nonce)), "DPoP", path)).Status);
            }
        }

        Assert.True(await server.IsGoodAsync(bearer));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Where_a_nonce_is_required_the_API_gives_one_and_each_answer_the_next(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver, options => options with { DpopNonceRequired = true });
        await using var node = await server.StartNodeAsync();
        using var key = ClientKey.NewEc();
        var tenant = await TenantAsync(server);
        using var alice = await Visitor.SignedInAsync(tenant, "alice");
        var code = await alice.CodeAsync(tenant);
        Task<Answer> RedeemAsync(params (string Name, JsonNode? Value)[] claims) => Proof.TokenAsync(
            tenant, Proof.Of(server, key, claims), ("grant_type", "authorization_code"), ("client_id", tenant.ClientId), ("code", code), ("code_verifier", Visitor.Verifier));
        var token = (await RedeemAsync(("nonce", NonceOf(await RedeemAsync()))))["access_token"]!;
        Task<Answer> AskAsync(TestServer at, params (string Name, JsonNode? Value)[] claims) => Proof.UserInfoAsync(at, token, Proof.OfToken(server, key, token, Account, claims), "DPoP", Account);

        var asked = await AskAsync(node);
        Assert.Equal((401, "error"), (asked.Status, asked["status"]));
        Assert.StartsWith("DPoP error=\"use_dpop_nonce\", algs=", asked.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        var nonce = NonceOf(asked);
        for (var minutes = 0; minutes < 12; minutes += 4)
        {
            var answer = await AskAsync(server, ("nonce", nonce));
            Assert.Equal((200, "ok", "alice"), (answer.Status, answer["status"], answer["name"] is { } ? answer.Body.GetProperty("data").GetProperty("name").GetString() : null));
            nonce = NonceOf(answer);
            server.Clock.Advance(TimeSpan.FromMinutes(4));
        }
    }

    [Fact]
    public async Task A_bound_token_in_the_address_or_beside_one_is_not_taken()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var key = ClientKey.NewEc();
        var tenant = await TenantAsync(server);
        var bound = (await Proof.SignInAsync(tenant, "alice", key))["access_token"]!;
        string ProofOf() => Proof.OfToken(server, key, bound, Account);

        Answer[] refused =
        [
            await server.GetAsync($"{Account}?access_token={bound}"),
            await server.GetAsync($"{Account}?accessToken={bound}"),
            await server.GetAsync($"{Account}?access_token={bound}", null, ("DPoP", ProofOf())),
            await server.GetAsync($"{Account}?access_token={bound}", "DPoP " + bound, ("DPoP", ProofOf())),
        ];

        Assert.All(refused, answer => Assert.Equal((401, "error", "DPoP"), (answer.Status, answer["status"], answer.Headers.WwwAuthenticate.Single().Scheme)));
    }

    [Fact]
    public async Task A_bound_token_that_opens_less_is_403_with_insufficient_scope()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var key = ClientKey.NewEc();
        var tenant = await TenantAsync(server, """scopes = '[{"name":"openid"},{"name":"api:read"}]'""");
        var token = (await Proof.SignInAsync(tenant, "alice", key, ("scope", "openid api:read")))["access_token"]!;
        var proof = key.Sign(Proof.Header(key), Proof.Claims(server, "POST", "/api/update-user",
            ("ath", ClientKey.Text(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(token))))));

        var answer = await server.SendAsync(HttpMethod.Post, "/api/update-user", new StringContent("{}", System.Text.Encoding.UTF8, "application/json"), "DPoP " + token, ("DPoP", proof));

        Assert.Equal((403, "error"), (answer.Status, answer["status"]));
        Assert.StartsWith("DPoP error=\"insufficient_scope\"", answer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Account)]
    [InlineData("/api/get-users?owner=any")]
    [InlineData("/api/get-sorted-users?owner=any&sorter=name&limit=1")]
    [InlineData("/api/get-all-roles")]
    [InlineData("/api/get-records")]
    [InlineData(Proof.UserInfo)]
    public async Task A_request_with_DPoP_and_no_token_is_told_how_to_send_one(string path)
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var key = ClientKey.NewEc();
        var proof = key.Sign(Proof.Header(key), Proof.Claims(server, "GET", path.Split('?')[0]));

        Answer[] asked =
        [
            await server.GetAsync(path, null, ("DPoP", proof)),
            await server.GetAsync(path, "DPoP", ("DPoP", proof)),
            await server.GetAsync(path, "dpop "),
        ];

        foreach (var answer in asked)
        {
            Assert.Equal((401, "error"), (answer.Status, answer["status"]));
            // No error where no token was sent (RFC 6750 §3.1).
            Assert.StartsWith("DPoP algs=\"RS256 ", answer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_needs_no_caller_is_answered_with_a_proof_too()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var key = ClientKey.NewEc();
        var tenant = await TenantAsync(server);
        var path = $"/api/get-application?id=admin/{tenant.Application}";

        var answer = await server.GetAsync(path, null, ("DPoP", key.Sign(Proof.Header(key), Proof.Claims(server, "GET", "/api/get-application"))));

        Assert.Equal((200, "ok"), (answer.Status, answer["status"]));
        Assert.Empty(answer.Headers.WwwAuthenticate);
    }

    [Theory]
    [InlineData("Bearer a.b.c")]
    [InlineData("Bearer ")]
    [InlineData(null)]
    public async Task A_bearers_refusal_is_the_envelope_with_status_200(string? authorization)
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);

        var answer = await server.GetAsync(Account, authorization);

        Assert.Equal((200, "error"), (answer.Status, answer["status"]));
        Assert.Empty(answer.Headers.WwwAuthenticate);
        Assert.False(answer.Headers.Contains("DPoP-Nonce"));
    }

    private static string NonceOf(Answer answer) => answer.Headers.GetValues("DPoP-Nonce").Single();

    private static async Task<Tenant> TenantAsync(TestServer server, string columns = "")
    {
        var tenant = await server.NewWebTenantAsync("", columns);
        await tenant.AddUserAsync("alice");
        return tenant;
    }
}
