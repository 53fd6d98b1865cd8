using System.Text.Json.Nodes;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Postern.Tests.Rfc7523;
using Xunit;

namespace Postern.Tests.Rfc7591;

/// <summary>What a client that nobody knows may do: sign people in who were asked, and nothing else.</summary>
public sealed class RegisteredClientTests(Servers servers)
{
    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task It_signs_people_in_by_code_and_refreshes(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await Registered.NewTenantAsync(server);
        var client = tenant.As(await Registered.RegisterAsync(tenant));
        using var alice = await Visitor.SignedInAsync(tenant, "alice");

        var tokens = await Registered.SignInAsync(client, alice);

        Assert.Equal((200, "openid profile"), (tokens.Status, tokens["scope"]));
        Assert.True(await server.IsGoodAsync(tokens["access_token"]));
        Assert.True(await server.IsGoodAsync((await client.RefreshAsync(tokens["refresh_token"]!))["access_token"]));
    }

    [Fact]
    public async Task It_does_not_dress_the_page_that_asks_for_a_password()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var tenant = await Registered.NewTenantAsync(server);
        var client = tenant.As(await Registered.RegisterAsync(tenant, ("client_name", "Your Bank"), ("logo_uri", "https://bank.example/logo.png")));
        using var stranger = new Visitor(server);

        var page = await stranger.GetAsync(Visitor.Authorize(client.ClientId));

        Assert.Contains("name=\"password\"", page.Text, StringComparison.Ordinal);
        Assert.Contains(tenant.Organization, page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Your Bank", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_gets_no_other_grant_and_no_code_without_a_challenge()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var tenant = await Registered.NewTenantAsync(server);
        var client = tenant.As(await Registered.RegisterAsync(tenant, ("token_endpoint_auth_method", "client_secret_post")));
        using var alice = await Visitor.SignedInAsync(tenant, "alice");

        foreach (var grant in new[] { "client_credentials", "password", "urn:ietf:params:oauth:grant-type:device_code", "urn:ietf:params:oauth:grant-type:token-exchange", "urn:ietf:params:oauth:grant-type:jwt-bearer" })
        {
            Assert.Equal("unsupported_grant_type", await client.RefusalAsync(("grant_type", grant), ("client_id", client.ClientId), ("client_secret", client.ClientSecret)));
        }

        Assert.NotEqual("", await client.RefusalAsync(("tag", "wechat_miniprogram"), ("client_id", client.ClientId), ("client_secret", client.ClientSecret), ("code", tenant.Code("mei"))));
        Assert.Equal("unauthorized_client", (await server.PostFormAsync("/api/device-auth", [("client_id", client.ClientId), ("client_secret", client.ClientSecret)]))["error"]);
        Assert.Contains("?error=invalid_request&", (await alice.GetAsync(Visitor.Authorize(client.ClientId, ("code_challenge", ""), ("code_challenge_method", "")))).Text, StringComparison.Ordinal);
        Assert.Contains("#error=unauthorized_client&", (await alice.GetAsync(Visitor.Authorize(client.ClientId, ("response_type", "token")))).Text, StringComparison.Ordinal);
        foreach (var type in new[] { "token", "id_token" })
        {
            var login = await alice.SendAsync(HttpMethod.Post, "/api/login", new StringContent(
                $$"""{"type":"{{type}}","clientId":"{{client.ClientId}}"}""", System.Text.Encoding.UTF8, "application/json"));
            Assert.Contains("\"error\"", login.Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("en", "Not verified")]
    [InlineData("zh-CN", "未经验证")]
    public async Task The_user_is_told_where_they_will_be_taken_and_that_nobody_vouches(string language, string words)
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var tenant = await Registered.NewTenantAsync(server);
        var client = tenant.As(await Registered.RegisterAsync(
            tenant, ("client_name", "Postern itself"), ("redirect_uris", new JsonArray("https://evil.example:8443/cb")), ("logo_uri", "https://evil.example/logo.png")));
        using var alice = await Visitor.SignedInAsync(tenant, "alice");
        var address = Visitor.Authorize(client.ClientId, ("redirect_uri", "https://evil.example:8443/cb"), ("ui_locales", language));

        var page = await alice.GetAsync(address);
        Assert.Equal(200, page.Status);
        Assert.Contains(words, page.Text, StringComparison.Ordinal);
        Assert.Contains("evil.example:8443", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("logo.png", page.Text, StringComparison.Ordinal);
        Assert.Equal("consent_required", (await alice.GetAsync(address + "&prompt=none", ("Sec-Fetch-Dest", "iframe"))).Sent("error"));
        var refused = await alice.SubmitAsync(page, ("decision", "refuse"));
        Assert.Contains("error=access_denied", refused.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("code=", refused.Text, StringComparison.Ordinal);
        Assert.NotEqual("", Registered.CodeOf(await alice.SubmitAsync(await alice.GetAsync(address), ("decision", "allow"))));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Neither_it_nor_a_user_through_it_calls_the_object_api(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await Registered.NewTenantAsync(server);
        await tenant.AddUserAsync("boss", ("isAdmin", true));
        var registration = await Registered.RegisterAsync(tenant, ("token_endpoint_auth_method", "client_secret_basic"));
        var client = tenant.As(registration);
        using var boss = await Visitor.SignedInAsync(tenant, "boss");
        var token = (await Registered.SignInAsync(client, boss))["access_token"];
        var name = await server.ScalarAsync<string>("select name from applications where client_id = @ClientId", new { client.ClientId });

        foreach (var authorization in new[] { Api.Basic(client.ClientId, client.ClientSecret), "Bearer " + token })
        {
            foreach (var path in new[] { "/api/get-account", "/api/get-users?owner=" + tenant.Organization, "/api/get-user?id=" + tenant.Organization + "/alice", "/api/get-organizations" })
            {
                var answer = await server.GetAsync(path, authorization);
                Assert.True(answer["status"] == "error" && !answer.Text.Contains("alice", StringComparison.Ordinal), $"{path}: {answer.Text}");
            }

            // What everybody may read of an application, and no more.
            var application = await server.GetAsync("/api/get-application?id=admin/" + name, authorization);
            Assert.Equal(("***", "***"), (application.Body.GetProperty("data").GetProperty("clientSecret").GetString(), application.Body.GetProperty("data").GetProperty("cert").GetString()));

            foreach (var path in new[] { "/api/update-user", "/api/add-user", "/api/delete-user", "/api/update-application?id=admin/" + name })
            {
                Assert.Equal("error", (await server.PostJsonAsync(path, $$"""{"owner":"{{tenant.Organization}}","name":"alice","displayName":"changed"}""", authorization))["status"]);
            }
        }

        // An administrator of the installation cannot give it more, nor can a setting that is changed later.
        await server.ExecuteAsync("update applications set api_access = 'organization', organization = 'built-in', organization_id = (select id from organizations where name = 'built-in'), is_shared = true where client_id = @ClientId", new { client.ClientId });
        Assert.Equal("error", (await server.GetAsync("/api/get-users", Api.Basic(client.ClientId, client.ClientSecret)))["status"]);
        Assert.Equal("error", (await server.GetAsync("/api/get-users", "Bearer " + token))["status"]);
        Assert.Equal("", await server.ScalarAsync<string>("select display_name from users where owner = @Organization and name = 'alice'", new { tenant.Organization }));
    }

    [Fact]
    public async Task A_global_administrators_token_through_it_opens_userinfo_and_nothing_more()
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite);
        var tenant = await Registered.NewTenantAsync(server);
        var client = tenant.As(await Registered.RegisterAsync(tenant));
        await server.AddUserAsync("built-in", "root", ("isAdmin", true));
        // Only a shared application admits users of built-in; that a registered one can be shared is what must not matter.
        await server.ExecuteAsync("update applications set is_shared = true where client_id = @ClientId", new { client.ClientId });
        using var root = new Visitor(server);
        await root.LoginAsync("app-built-in", "built-in", "root", PasswordUsers.Password);

        var token = (await Registered.SignInAsync(client, root))["access_token"];

        Assert.True(await server.IsGoodAsync(token));
        foreach (var path in new[] { "/api/get-account", "/api/get-users", "/api/get-user?id=built-in/root", "/api/get-applications" })
        {
            Assert.Equal("error", (await server.GetAsync(path, "Bearer " + token))["status"]);
        }
    }

    [Fact]
    public async Task It_may_prove_itself_by_the_keys_it_registered()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var key = ClientKey.NewEc();
        using var thief = ClientKey.NewEc();
        var tenant = await Registered.NewTenantAsync(server);
        var registration = await Registered.RegisterAsync(tenant, ("token_endpoint_auth_method", "private_key_jwt"), ("jwks", JsonNode.Parse(key.Jwks())));
        var client = tenant.As(registration);
        using var alice = await Visitor.SignedInAsync(tenant, "alice");
        var consent = await alice.GetAsync(Visitor.Authorize(client.ClientId));
        var goOn = await alice.SubmitAsync(consent, ("decision", "allow"));
        var code = System.Text.RegularExpressions.Regex.Match(goOn.Text, "[?&;]code=([A-Za-z0-9_-]+)").Groups[1].Value;
        Task<string> RedeemAsync(params (string, string)[] proof) => client.RefusalAsync(
            [("grant_type", "authorization_code"), ("client_id", client.ClientId), ("code", code), ("code_verifier", Visitor.Verifier), .. proof]);
        (string, string)[] By(ClientKey by) =>
            [("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"), ("client_assertion", Assertion.Of(client, by))];

        Assert.False(registration.Body.TryGetProperty("client_secret", out _));
        Assert.Equal("invalid_client", await RedeemAsync());
        Assert.Equal("invalid_client", await RedeemAsync(By(thief)));
        Assert.Equal("", await RedeemAsync(By(key)));
    }
}
