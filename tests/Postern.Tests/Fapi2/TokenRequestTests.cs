using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Postern.Tests.Rfc9449;
using Xunit;

namespace Postern.Tests.Fapi2;

/// <summary>FAPI 2.0 §5.3.2.1 and §5.3.2.2 at the token endpoint: codes, refresh tokens, and what is issued.</summary>
public sealed class TokenRequestTests(Servers servers)
{
    private const string Introspect = "/api/login/oauth/introspect";

    [Fact]
    public async Task A_code_is_its_clients_good_for_a_minute_and_good_once()
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite);
        using var client = await FapiClient.StartAsync(server);
        using var other = await FapiClient.StartAsync(server);
        var code = await client.CodeAsync();

        Assert.Equal("invalid_grant", (await other.RedeemAsync(code))["error"]);
        var tokens = await client.RedeemAsync(code);
        Assert.Equal(200, (await client.ResourceAsync(tokens["access_token"]!)).Status);
        server.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("invalid_grant", (await client.RedeemAsync(code))["error"]);
        // What the first presentation began has ended with the second.
        Assert.Equal(401, (await client.ResourceAsync(tokens["access_token"]!)).Status);

        var late = await client.CodeAsync();
        server.Clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal("invalid_grant", (await client.RedeemAsync(late))["error"]);
    }

    [Fact]
    public async Task A_code_without_the_right_verifier_or_redirect_address_is_refused()
    {
        using var client = await FapiClient.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var code = await client.CodeAsync();

        Assert.Equal("invalid_grant", (await client.RedeemAsync(code, ("code_verifier", "")))["error"]);
        Assert.Equal("invalid_grant", (await client.RedeemAsync(code, ("code_verifier", Visitor.Verifier + "x")))["error"]);
        Assert.Equal("invalid_grant", (await client.RedeemAsync(code, ("redirect_uri", Visitor.RedirectUri + "x")))["error"]);
        Assert.Equal(200, (await client.RedeemAsync(code)).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ES256")]
    public async Task Tokens_are_signed_with_an_algorithm_of_the_profile_by_a_key_that_says_so(string method)
    {
        using var client = await FapiClient.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite), columns: $"token_signing_method = '{method}'");
        var tokens = await client.TokensAsync();
        var keys = (await client.Server.GetAsync("/.well-known/jwks")).Body.GetProperty("keys").EnumerateArray()
            .ToDictionary(k => k.GetProperty("kid").GetString()!, k => k.GetProperty("alg").GetString());

        foreach (var name in new[] { "id_token", "access_token" })
        {
            var header = System.Text.Json.JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(tokens[name]!.Split('.')[0])).RootElement;
            Assert.Equal(method.Length > 0 ? method : "PS256", header.GetProperty("alg").GetString());
            Assert.Equal(header.GetProperty("alg").GetString(), keys[header.GetProperty("kid").GetString()!]);
        }

        Assert.Equal(200, (await client.ResourceAsync(tokens["access_token"]!)).Status);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_refresh_token_stays_the_same_and_its_end_moves(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        using var client = await FapiClient.StartAsync(server, columns: "refresh_expire_in_hours = 10");
        var refresh = (await client.TokensAsync())["refresh_token"]!;

        for (var i = 0; i < 3; i++)
        {
            server.Clock.Advance(TimeSpan.FromHours(8));
            var again = await client.RefreshAsync(refresh);
            Assert.Equal((200, "DPoP", refresh), (again.Status, again["token_type"], again["refresh_token"]));
            Assert.Equal(200, (await client.ResourceAsync(again["access_token"]!)).Status);
        }

        var many = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => client.RefreshAsync(refresh)));
        Assert.All(many, answer => Assert.Equal(200, answer.Status));
        Assert.Equal(1, await server.ScalarAsync<long>("select count(*) from refresh_tokens"));
        server.Clock.Advance(TimeSpan.FromHours(11));
        Assert.Equal("invalid_grant", (await client.RefreshAsync(refresh))["error"]);
    }

    [Fact]
    public async Task A_refresh_token_is_its_clients_and_a_revoked_one_is_good_no_more()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var client = await FapiClient.StartAsync(server);
        using var other = await FapiClient.StartAsync(server);
        var refresh = (await client.TokensAsync())["refresh_token"]!;

        Assert.Equal("invalid_grant", (await other.RefreshAsync(refresh))["error"]);
        var unproved = await Proof.TokenAsync(client.Tenant, null, [("grant_type", "refresh_token"), ("refresh_token", refresh), .. client.Credentials()]);
        Assert.Equal((400, "invalid_request"), (unproved.Status, unproved["error"]));
        Assert.Equal(200, (await client.RefreshAsync(refresh)).Status);
        Assert.Equal(200, (await server.PostFormAsync("/api/login/oauth/revoke", [("token", refresh), .. client.Credentials()])).Status);
        Assert.Equal("invalid_grant", (await client.RefreshAsync(refresh))["error"]);
    }

    [Fact]
    public async Task A_token_that_was_rotated_before_the_profile_was_set_stays_rotated()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var client = await FapiClient.StartAsync(server, columns: "security_profile = ''");
        var first = (await client.TokensAsync())["refresh_token"]!;
        var second = (await client.RefreshAsync(first))["refresh_token"]!;
        Assert.NotEqual(first, second);
        await server.ExecuteAsync("update applications set security_profile = 'fapi2' where client_id = @ClientId", new { client.Tenant.ClientId });

        Assert.Equal(second, (await client.RefreshAsync(second))["refresh_token"]);
        Assert.Equal(second, (await client.RefreshAsync(first))["refresh_token"]);
    }

    [Fact]
    public async Task A_request_without_openid_has_no_id_token()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var client = await FapiClient.StartAsync(server);
        foreach (var scope in new[] { "profile", "accounts offline_access" })
        {
            var tokens = await client.TokensAsync(("scope", scope), ("nonce", ""));
            Assert.Equal((200, "DPoP", null), (tokens.Status, tokens["token_type"], tokens["id_token"]));
            Assert.Null((await client.RefreshAsync(tokens["refresh_token"]!))["id_token"]);
            Assert.Equal(200, (await client.ResourceAsync(tokens["access_token"]!)).Status);
            var introspected = await server.PostFormAsync(Introspect, [("token", tokens["access_token"]!), .. client.Credentials()]);
            Assert.Equal(("True", client.Dpop.Thumbprint()), (introspected["active"], introspected.Body.GetProperty("cnf").GetProperty("jkt").GetString()));
        }
    }

    [Fact]
    public async Task A_refresh_that_leaves_openid_out_has_no_id_token_and_the_next_may_have_it_again()
    {
        using var client = await FapiClient.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var refresh = (await client.TokensAsync())["refresh_token"]!;
        Task<Answer> RefreshAsync(params (string Name, string Value)[] more) => client.TokenAsync([("grant_type", "refresh_token"), ("refresh_token", refresh), .. more]);

        var narrowed = await RefreshAsync(("scope", "profile"));
        Assert.Equal((200, "profile", null), (narrowed.Status, narrowed["scope"], narrowed["id_token"]));
        Assert.Equal(200, (await client.ResourceAsync(narrowed["access_token"]!)).Status);
        foreach (var whole in new[] { await RefreshAsync(("scope", "openid")), await RefreshAsync() })
        {
            Assert.NotNull(whole["id_token"]);
        }
    }

    [Fact]
    public async Task A_client_gets_a_token_for_itself_that_is_bound_and_has_no_refresh_token()
    {
        using var client = await FapiClient.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));

        var answer = await client.CredentialsAsync();

        Assert.Equal((200, "DPoP", null, null), (answer.Status, answer["token_type"], answer["refresh_token"], answer["id_token"]));
        Assert.Equal(client.Dpop.Thumbprint(), answer.Claims("access_token").GetProperty("cnf").GetProperty("jkt").GetString());
    }

    [Fact]
    public async Task Grant_types_outside_the_profile_are_refused_whatever_the_application_lists()
    {
        const string device = "urn:ietf:params:oauth:grant-type:device_code";
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var client = await FapiClient.StartAsync(
            server, columns: $"""grant_types = '["password","{device}","urn:ietf:params:oauth:grant-type:token-exchange","urn:ietf:params:oauth:grant-type:jwt-bearer","token","id_token"]'""");
        foreach (var grantType in new[] { "password", device, "urn:ietf:params:oauth:grant-type:token-exchange", "urn:ietf:params:oauth:grant-type:jwt-bearer", "urn:postern:params:oauth:grant-type:wechat-miniprogram" })
        {
            Assert.Equal("unsupported_grant_type", (await client.TokenAsync([("grant_type", grantType), ("username", "alice"), ("password", PasswordUsers.Password)]))["error"]);
        }

        Assert.Equal("unauthorized_client", (await server.PostFormAsync("/api/device-auth", client.Credentials()))["error"]);
        Assert.Equal("unauthorized_client", (await client.PushAsync(("response_type", "id_token token")))["error"]);
    }
}
