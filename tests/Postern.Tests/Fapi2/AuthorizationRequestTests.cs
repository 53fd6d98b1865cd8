using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Fapi2;

/// <summary>FAPI 2.0 §5.3.2.2: what the authorization endpoint and the pushed request take.</summary>
public sealed class AuthorizationRequestTests(Servers servers)
{
    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_pushed_request_becomes_tokens_that_are_bound_to_a_key(DatabaseDriver driver)
    {
        using var client = await FapiClient.StartAsync(await servers.OnAsync(driver));
        var pushed = await client.PushAsync();
        Assert.Equal(201, pushed.Status);
        Assert.InRange(pushed.Body.GetProperty("expires_in").GetInt32(), 5, 599);

        var shown = await client.OpenAsync(pushed["request_uri"]!);
        Assert.Equal(("the state", client.Server.Issuer), (shown.Sent("state"), shown.Sent("iss")));
        var tokens = await client.RedeemAsync(shown.Sent("code")!);

        Assert.Equal((200, "DPoP"), (tokens.Status, tokens["token_type"]));
        Assert.Equal("the nonce", tokens.Claims("id_token").GetProperty("nonce").GetString());
        Assert.Equal(client.Dpop.Thumbprint(), tokens.Claims("access_token").GetProperty("cnf").GetProperty("jkt").GetString());
        Assert.Equal(200, (await client.ResourceAsync(tokens["access_token"]!)).Status);
    }

    [Fact]
    public async Task A_request_that_was_not_pushed_goes_back_as_invalid_request()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var client = await FapiClient.StartAsync(server);

        var shown = await client.Alice.GetAsync(Visitor.Authorize(client.Tenant.ClientId));

        Assert.StartsWith(Visitor.RedirectUri, shown.Location, StringComparison.Ordinal);
        Assert.Equal(("invalid_request", "s", server.Issuer, null), (shown.Sent("error"), shown.Sent("state"), shown.Sent("iss"), shown.Sent("code")));
        // Nor by the call that pages of Casdoor's clients make.
        var address = $"/api/login?clientId={client.Tenant.ClientId}&responseType=code&redirectUri={Uri.EscapeDataString(Visitor.RedirectUri)}&scope=openid";
        var login = await client.Alice.SendAsync(HttpMethod.Post, address,
            new StringContent($$"""{"type":"code","application":"{{client.Tenant.Application}}"}""", System.Text.Encoding.UTF8, "application/json"));
        Assert.Contains("pushes its requests", login.Text, StringComparison.Ordinal);
        Assert.Equal(0, await server.ScalarAsync<long>(
            "select count(*) from authorization_codes where application_id = (select id from applications where client_id = @ClientId)", new { client.Tenant.ClientId }));
    }

    [Fact]
    public async Task A_user_who_refuses_sends_the_client_back_with_access_denied()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var client = await FapiClient.StartAsync(server, columns: """custom_scopes = '[{"scope":"profile"}]'""");
        using var browser = new Browser(server);
        var pushed = await client.PushAsync();
        var requestUri = Uri.EscapeDataString(pushed["request_uri"]!);
        var signIn = await browser.OpenAsync($"/login/oauth/authorize?client_id={client.Tenant.ClientId}&request_uri={requestUri}");

        var consent = await browser.SubmitAsync(signIn, ("username", "alice"), ("password", PasswordUsers.Password));
        var refused = await browser.SubmitAsync(consent, ("decision", "refuse"));

        Assert.StartsWith(Visitor.RedirectUri, refused.LeadsTo, StringComparison.Ordinal);
        Assert.Equal(("access_denied", "the state", server.Issuer, null), (refused["error"], refused["state"], refused["iss"], refused["code"]));
    }

    [Fact]
    public async Task What_the_profile_forbids_is_refused_at_the_push()
    {
        using var client = await FapiClient.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite), columns: """scopes = '[{"name":"accounts"}]'""");
        ((string, string)[] Changes, string Error)[] wrong =
        [
            ([("code_challenge", ""), ("code_challenge_method", "")], "invalid_request"),
            ([("code_challenge_method", "")], "invalid_request"),
            ([("code_challenge_method", "plain")], "invalid_request"),
            ([("code_challenge", Visitor.Verifier), ("code_challenge_method", "plain")], "invalid_request"),
            ([("redirect_uri", "")], "invalid_request"),
            ([("redirect_uri", Visitor.RedirectUri + "/other")], "invalid_request"),
            ([("response_type", "")], "invalid_request"),
            ([("response_type", "code id_token")], "unsupported_response_type"),
            ([("response_type", "token")], "unauthorized_client"),
            ([("request_uri", "urn:ietf:params:oauth:request_uri:x")], "invalid_request"),
            ([("scope", "openid payments")], "invalid_scope"),
        ];
        foreach (var (changes, error) in wrong)
        {
            var answer = await client.PushAsync(changes);
            Assert.Equal((400, error), (answer.Status, answer["error"]));
        }
    }

    [Fact]
    public async Task A_parameter_that_is_sent_twice_is_refused_and_so_is_another_method_than_post()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var client = await FapiClient.StartAsync(server);
        (string, string)[] request =
        [
            ("client_id", client.Tenant.ClientId), ("response_type", "code"), ("redirect_uri", Visitor.RedirectUri), ("code_challenge", Visitor.Challenge),
            ("code_challenge_method", "S256"), ("state", "one"), ("state", "two"),
        ];

        Assert.Equal("invalid_request", (await server.PostFormAsync(FapiClient.PushPath, [.. request, .. client.Credentials()]))["error"]);
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Put })
        {
            Assert.InRange((await server.SendAsync(method, FapiClient.PushPath, null)).Status, 400, 405);
        }
    }

    [Fact]
    public async Task Requests_without_state_or_nonce_and_with_long_ones_are_served()
    {
        using var client = await FapiClient.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));

        var pushed = await client.PushAsync(("state", ""), ("nonce", ""));
        var shown = await client.OpenAsync(pushed["request_uri"]!);
        Assert.Null(shown.Sent("state"));
        Assert.False((await client.RedeemAsync(shown.Sent("code")!)).Claims("id_token").TryGetProperty("nonce", out _));

        foreach (var length in new[] { 64, 384 })
        {
            var text = new string('n', length);
            var open = await client.OpenAsync((await client.PushAsync(("nonce", text), ("state", text)))["request_uri"]!);
            Assert.Equal(text, open.Sent("state"));
            Assert.Equal(text, (await client.RedeemAsync(open.Sent("code")!)).Claims("id_token").GetProperty("nonce").GetString());
        }
    }

    [Fact]
    public async Task Claims_that_are_asked_for_by_name_are_told_where_they_were_asked_for()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var client = await FapiClient.StartAsync(server);
        using var administrator = await Administrator.OfAsync(server);
        Assert.Equal("Affected", await administrator.WriteAsync($"/api/update-user?id={client.Tenant.Organization}/alice", new()
        {
            ["email"] = $"{client.Tenant.ClientId}@shop.example", ["firstName"] = "Alice", ["lastName"] = "Wong",
        }));
        const string claims = """
            {"id_token":{"given_name":{"essential":true},"family_name":{"value":"Wong"},"birthdate":null,"website":{"values":["https://a.example"]},"txn":null,"acr":{"essential":false}},
             "userinfo":{"email":null,"verified_claims":{"verification":{"trust_framework":null}}}}
            """;

        var tokens = await client.TokensAsync(("scope", "openid"), ("claims", claims));

        var told = tokens.Claims("id_token");
        Assert.Equal(("Alice", "Wong"), (told.GetProperty("given_name").GetString(), told.GetProperty("family_name").GetString()));
        Assert.DoesNotContain(told.EnumerateObject(), c => c.Name is "birthdate" or "website" or "txn" or "email");
        var info = (await client.ResourceAsync(tokens["access_token"]!)).Body.EnumerateObject().Select(c => c.Name);
        Assert.Equal(["aud", "email", "iss", "sub"], info.Where(n => n != "email_verified").Order());
    }

    [Fact]
    public async Task The_order_of_scopes_does_not_matter()
    {
        using var client = await FapiClient.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));

        var tokens = await client.TokensAsync(("scope", "profile openid"));

        Assert.Equal(["openid", "profile"], tokens["scope"]!.Split(' ').Order());
        Assert.NotNull(tokens["id_token"]);
    }

    [Fact]
    public async Task What_stands_in_the_address_beside_request_uri_counts_for_nothing()
    {
        using var client = await FapiClient.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));

        var shown = await client.OpenAsync(
            (await client.PushAsync())["request_uri"]!, ("state", "another"), ("nonce", "another"), ("redirect_uri", "https://evil.example/"), ("response_type", "token"));
        Assert.StartsWith(Visitor.RedirectUri + "?", shown.Location, StringComparison.Ordinal);
        Assert.Equal("the state", shown.Sent("state"));
        Assert.Equal("the nonce", (await client.RedeemAsync(shown.Sent("code")!)).Claims("id_token").GetProperty("nonce").GetString());

        // A state that was not pushed is not the request's.
        Assert.Null((await client.OpenAsync((await client.PushAsync(("state", "")))["request_uri"]!, ("state", "outside"))).Sent("state"));
    }

    [Fact]
    public async Task A_request_uri_is_good_for_one_answer_before_it_ends_and_for_its_client_alone()
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite);
        using var client = await FapiClient.StartAsync(server);
        using var other = await FapiClient.StartAsync(server);
        var uri = (await client.PushAsync())["request_uri"]!;

        Assert.Null((await client.OpenAsync(uri, ("client_id", other.Tenant.ClientId))).Sent("code"));
        // The page may be opened again until the user has answered it.
        using (var stranger = new Visitor(server))
        {
            var address = $"/login/oauth/authorize?client_id={client.Tenant.ClientId}&request_uri={Uri.EscapeDataString(uri)}";
            Assert.Equal((200, 200), ((await stranger.GetAsync(address)).Status, (await stranger.GetAsync(address)).Status));
        }

        Assert.NotNull((await client.OpenAsync(uri)).Sent("code"));
        Assert.Null((await client.OpenAsync(uri)).Sent("code"));

        var late = await client.PushAsync();
        server.Clock.Advance(TimeSpan.FromSeconds(late.Body.GetProperty("expires_in").GetInt32() + 1));
        Assert.Null((await client.OpenAsync(late["request_uri"]!)).Sent("code"));
    }
}
