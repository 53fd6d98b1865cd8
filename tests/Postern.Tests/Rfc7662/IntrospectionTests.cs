using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Rfc7662;

public sealed class IntrospectionTests(Servers servers)
{
    private const string Inactive = """{"active":false}""";

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_good_access_token_is_active_and_says_whose_it_is(DatabaseDriver driver)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(driver));
        var tokens = await flow.TokensAsync();
        var claims = tokens.Claims("access_token");

        var seen = await IntrospectAsync(flow, tokens["access_token"]);

        Assert.Equal((200, "True", "openid profile", flow.Tenant.ClientId), (seen.Status, seen["active"], seen["scope"], seen["client_id"]));
        Assert.Equal((flow.UserId, "ann", "Bearer", flow.Tenant.Server.Issuer), (seen["sub"], seen["username"], seen["token_type"], seen["iss"]));
        Assert.Equal([flow.Tenant.ClientId], seen.Body.GetProperty("aud").EnumerateArray().Select(a => a.GetString()));
        foreach (var name in new[] { "exp", "iat", "nbf", "jti" })
        {
            Assert.Equal(claims.GetProperty(name).ToString(), seen[name]);
        }

        Assert.True(seen.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task A_client_that_registered_itself_learns_of_its_own_tokens_alone()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        using var stranger = await CodeFlow.StartAsync(flow.Tenant.Server);
        var tokens = await flow.TokensAsync();
        await stranger.ExecuteAsync("update applications set is_self_registered = true, organization = @organization, organization_id = (select id from organizations where name = @organization) where client_id = @clientId",
            new { organization = flow.Tenant.Organization, clientId = stranger.Tenant.ClientId });

        var foreign = await stranger.Client.PostAsync("/api/login/oauth/introspect", stranger.Basic, ("token", tokens["access_token"]));

        Assert.Equal(Inactive, foreign.Text);
        Assert.Equal("True", (await IntrospectAsync(flow, tokens["access_token"]))["active"]);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_refresh_token_is_active_until_it_is_used(DatabaseDriver driver)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(driver));
        var tokens = await flow.TokensAsync();
        var before = await IntrospectAsync(flow, tokens["refresh_token"]);

        var successor = (await flow.Tenant.RefreshAsync(tokens["refresh_token"]!))["refresh_token"];

        Assert.Equal(("True", flow.UserId, "openid profile"), (before["active"], before["sub"], before["scope"]));
        Assert.Equal(Inactive, (await IntrospectAsync(flow, tokens["refresh_token"])).Text);
        Assert.Equal("True", (await IntrospectAsync(flow, successor))["active"]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("refresh_token")]
    [InlineData("access_token")]
    [InlineData("nonsense")]
    public async Task The_hint_is_a_hint(string? hint)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var tokens = await flow.TokensAsync();

        foreach (var token in new[] { tokens["access_token"], tokens["refresh_token"] })
        {
            Assert.Equal("True", (await flow.Client.PostAsync("/api/login/oauth/introspect", flow.Basic, ("token", token), ("token_type_hint", hint)))["active"]);
        }
    }

    [Fact]
    public async Task Another_organizations_application_learns_nothing_and_one_of_the_same_or_of_built_in_does()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var flow = await CodeFlow.StartAsync(server);
        var (sibling, stranger, builtIn) = (await server.NewTenantAsync($"organization = '{flow.Tenant.Organization}'"), await server.NewTenantAsync(), await server.NewTenantAsync("organization = 'built-in'"));
        var tokens = await flow.TokensAsync();

        foreach (var token in new[] { tokens["access_token"], tokens["refresh_token"] })
        {
            Assert.Equal("True", (await AskAsync(sibling, token))["active"]);
            Assert.Equal("True", (await AskAsync(builtIn, token))["active"]);
            Assert.Equal(Inactive, (await AskAsync(stranger, token)).Text);
        }

        Task<Answer> AskAsync(Tenant caller, string? token) =>
            flow.Client.PostAsync("/api/login/oauth/introspect", ClientHttp.BasicOf(caller.ClientId, caller.ClientSecret), ("token", token));
    }

    [Theory]
    [InlineData("update users set is_forbidden = true where id = @UserId", DatabaseDriver.Sqlite)]
    [InlineData("update users set is_forbidden = true where id = @UserId", DatabaseDriver.Postgres)]
    [InlineData("update users set is_deleted = true where id = @UserId", DatabaseDriver.Sqlite)]
    [InlineData("delete from users where id = @UserId", DatabaseDriver.Sqlite)]
    [InlineData("update grants set ended_time = 1 where user_id = @UserId", DatabaseDriver.Sqlite)]
    public async Task What_ended_is_inactive_at_once(string end, DatabaseDriver driver)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(driver));
        var tokens = await flow.TokensAsync();
        await flow.ExecuteAsync(end);

        Assert.Equal([Inactive, Inactive], [(await IntrospectAsync(flow, tokens["access_token"])).Text, (await IntrospectAsync(flow, tokens["refresh_token"])).Text]);
    }

    [Fact]
    public async Task What_expired_is_inactive()
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite);
        using var flow = await CodeFlow.StartAsync(server, "expire_in_hours = 1, refresh_expire_in_hours = 2");
        var tokens = await flow.TokensAsync();

        server.Clock.Advance(TimeSpan.FromMinutes(61));
        Assert.Equal((Inactive, "True"), ((await IntrospectAsync(flow, tokens["access_token"])).Text, (await IntrospectAsync(flow, tokens["refresh_token"]))["active"]));
        server.Clock.Advance(TimeSpan.FromMinutes(60));
        Assert.Equal(Inactive, (await IntrospectAsync(flow, tokens["refresh_token"])).Text);
    }

    [Fact]
    public async Task Nonsense_an_id_token_and_a_changed_token_are_inactive()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var tokens = await flow.TokensAsync();
        var access = tokens["access_token"]!.Split('.');
        var changed = $"{access[0]}.{access[1]}.{new string([.. access[2].Reverse()])}";
        var refresh = tokens["refresh_token"]!;

        foreach (var token in new[] { "nonsense", "a.b.c", tokens["id_token"]!, changed, refresh[..^2] + "xx", refresh.Split('.')[0] + ".", new string('x', 5000) })
        {
            Assert.Equal(Inactive, (await IntrospectAsync(flow, token)).Text);
        }
    }

    [Fact]
    public async Task Nobody_asks_without_the_secret()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var token = (await flow.TokensAsync())["access_token"];
        (string?, (string, string?)[])[] callers =
        [
            (null, []), (null, [("client_id", flow.Tenant.ClientId)]), (null, [("client_id", flow.Tenant.ClientId), ("client_secret", "wrong")]),
            (ClientHttp.BasicOf(flow.Tenant.ClientId, "wrong"), []), (ClientHttp.BasicOf(flow.Tenant.ClientId, ""), []), ("Bearer " + token, []),
        ];

        foreach (var (authorization, form) in callers)
        {
            var answer = await flow.Client.PostAsync("/api/login/oauth/introspect", authorization, [("token", token), .. form]);
            Assert.Equal((401, "invalid_client", null), (answer.Status, answer["error"], answer["active"]));
        }

        var byBody = await flow.Client.PostAsync("/api/login/oauth/introspect", null, ("token", token), ("client_id", flow.Tenant.ClientId), ("client_secret", flow.Tenant.ClientSecret));
        Assert.Equal("True", byBody["active"]);
        Assert.Equal("invalid_request", (await flow.Client.PostAsync("/api/login/oauth/introspect", flow.Basic))["error"]);
    }

    private static Task<Answer> IntrospectAsync(CodeFlow flow, string? token) =>
        flow.Client.PostAsync("/api/login/oauth/introspect", flow.Basic, ("token", token));
}
