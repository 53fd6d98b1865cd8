using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Accounts;

/// <summary><c>POST /api/login</c>: what a page wants from a sign-in.</summary>
public sealed class LoginTypeTests(Servers servers)
{
    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Type_code_gives_a_code_that_the_client_redeems(DatabaseDriver driver)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(driver));

        var login = await LoginAsync(flow, Query(flow, ("code_challenge", CodeFlow.Challenge), ("code_challenge_method", "S256")), ("type", "code"));
        var tokens = await flow.RedeemAsync(login["data"]!);

        Assert.Equal(("ok", ""), (login["status"], login["msg"]));
        Assert.Equal((200, "openid", flow.UserId), (tokens.Status, tokens["scope"], tokens.Claims("id_token").GetProperty("sub").GetString()));
        Assert.Equal("n", tokens.Claims("id_token").GetProperty("nonce").GetString());
        Assert.Contains(login.Headers.GetValues("Set-Cookie"), c => c.StartsWith("postern_session=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_challenge_of_the_word_null_is_none_and_the_code_needs_the_secret()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var code = (await LoginAsync(flow, Query(flow, ("code_challenge", "null"), ("code_challenge_method", "S256")), ("type", "code")))["data"]!;

        Assert.Equal("invalid_client", (await flow.RedeemAsync(code, ("code_verifier", null)))["error"]);
        Assert.Equal(200, (await flow.RedeemAsync(code, ("code_verifier", null), ("client_secret", flow.Tenant.ClientSecret))).Status);
    }

    [Theory]
    [InlineData("redirectUri", "https://evil.example/", "Redirect URI: ")]
    [InlineData("redirectUri", null, "Redirect URI: ")]
    [InlineData("clientId", "nobody", "Invalid client_id")]
    [InlineData("scope", "op\"en", "Invalid scope")]
    [InlineData("resource", "/api", "resource must be an absolute URI")]
    [InlineData("code_challenge_method", "plain", "Challenge method should be S256")]
    [InlineData("responseType", "token", "the implicit grant is legacy")]
    public async Task What_is_wrong_with_the_request_is_said_before_anybody_signs_in(string name, string? value, string sentence)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));

        var login = await LoginAsync(flow, Query(flow, ("code_challenge", CodeFlow.Challenge), (name, value)), ("type", "code"));

        Assert.Equal("error", login["status"]);
        Assert.StartsWith(sentence, login["msg"], StringComparison.Ordinal);
        Assert.False(login.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task A_sign_in_to_one_application_gets_no_code_for_another()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var flow = await CodeFlow.StartAsync(server);
        using var other = await CodeFlow.StartAsync(server);

        Assert.Equal("Invalid client_id", (await LoginAsync(flow, Query(other), ("type", "code")))["msg"]);
    }

    [Fact]
    public async Task What_needs_consent_gives_no_code()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite), """custom_scopes = '[{"scope":"orders"}]'""");

        var login = await LoginAsync(flow, Query(flow, ("scope", "openid orders")), ("type", "code"));

        Assert.Equal("""{"required":true}""", login["data"]);
    }

    [Fact]
    public async Task The_browsers_session_is_enough_for_a_page_of_this_site()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var cookie = AccountsHost.Cookie(await LoginAsync(flow, "", ("type", "login")));
        var body = new JsonObject { ["type"] = "code", ["application"] = flow.Tenant.Application }.ToJsonString();
        var path = "/api/login" + Query(flow, ("code_challenge", CodeFlow.Challenge));

        var quick = await flow.Client.PostJsonAsync(path, body, ("Cookie", cookie));
        var foreign = await flow.Client.PostJsonAsync(path, body, ("Cookie", cookie), ("Origin", "https://evil.example"));
        var plain = await flow.Client.SendAsync(HttpMethod.Post, path, new StringContent(body), null, ("Cookie", cookie));
        var nobody = await flow.Client.PostJsonAsync(path, body);

        Assert.Equal(200, (await flow.RedeemAsync(quick["data"]!)).Status);
        Assert.All([foreign, plain, nobody], a => Assert.Equal("error", a["status"]));
    }

    [Fact]
    public async Task Type_token_gives_no_scope_that_the_user_is_to_be_asked_for()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite), """grant_types = '["token"]', custom_scopes = '[{"scope":"orders"}]'""");

        var refused = await LoginAsync(flow, "?scope=openid%20orders", ("type", "token"));

        Assert.Equal(("ok", """{"required":true}"""), (refused["status"], refused["data"]));
    }

    [Fact]
    public async Task Type_token_is_for_applications_that_list_it()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite), """grant_types = '["token"]'""");

        var token = await LoginAsync(flow, "?scope=openid%20profile", ("type", "token"));
        var identity = await LoginAsync(flow, "?scope=openid", ("type", "id_token"));

        Assert.Equal((flow.UserId, "ann"), await flow.UserInfoAsync(token["data"]) is var told ? (told["sub"], told["preferred_username"]) : default);
        Assert.Equal(200, (await flow.Tenant.RefreshAsync(token["data2"]!)).Status);
        Assert.Equal(("error", "error: grant_type: id_token is not supported in this application", ""), (identity["status"], identity["msg"], identity["data"]));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Type_device_approves_the_device_whose_code_it_names(DatabaseDriver driver)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(driver), """grant_types = '["urn:ietf:params:oauth:grant-type:device_code"]'""");
        var device = await flow.Client.PostAsync("/api/device-auth", null, ("client_id", flow.Tenant.ClientId), ("scope", "openid"));

        var unknown = await LoginAsync(flow, "", ("type", "device"), ("userCode", "BBBB-BBBB"));
        // A client that registered itself is allowed on our page alone, which says who asks.
        await flow.ExecuteAsync("update applications set is_self_registered = true where client_id = @ClientId");
        var unvouched = await LoginAsync(flow, "", ("type", "device"), ("userCode", device["user_code"]!));
        await flow.ExecuteAsync("update applications set is_self_registered = false where client_id = @ClientId");
        var approved = await LoginAsync(flow, "", ("type", "device"), ("userCode", device["user_code"]!.ToLowerInvariant()));
        var again = await LoginAsync(flow, "", ("type", "device"), ("userCode", device["user_code"]!));
        var tokens = await flow.Client.PostAsync("/api/login/oauth/access_token", null,
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("client_id", flow.Tenant.ClientId), ("device_code", device["device_code"]));

        Assert.All([unknown, unvouched, again], refused => Assert.Equal("UserCode Expired", refused["msg"]));
        Assert.Equal($"{flow.Tenant.Organization}/ann", approved["data"]);
        Assert.Equal((200, flow.UserId), (tokens.Status, tokens.Claims("id_token").GetProperty("sub").GetString()));
    }

    [Fact]
    public async Task An_unknown_type_is_refused()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));

        Assert.Equal("unknown response type: saml", (await LoginAsync(flow, "", ("type", "saml")))["msg"]);
    }

    private static string Query(CodeFlow flow, params (string Name, string? Value)[] changes)
    {
        var parameters = new Dictionary<string, string?>
        {
            ["clientId"] = flow.Tenant.ClientId,
            ["responseType"] = "code",
            ["redirectUri"] = CodeFlow.RedirectUri,
            ["scope"] = "openid",
            ["state"] = "s",
            ["nonce"] = "n",
        };
        foreach (var (name, value) in changes)
        {
            parameters[name] = value;
        }

        return QueryHelpers.AddQueryString("", parameters.Where(p => p.Value is not null));
    }

    private static Task<Answer> LoginAsync(CodeFlow flow, string query, params (string Name, string Value)[] more)
    {
        var body = new JsonObject { ["application"] = flow.Tenant.Application, ["organization"] = flow.Tenant.Organization, ["username"] = "ann", ["password"] = CodeFlow.Password };
        foreach (var (name, value) in more)
        {
            body[name] = value;
        }

        return flow.Client.PostJsonAsync("/api/login" + query, body.ToJsonString());
    }
}
