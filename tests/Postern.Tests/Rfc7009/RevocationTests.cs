using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Rfc7009;

public sealed class RevocationTests(Servers servers)
{
    private const string Path = "/api/login/oauth/revoke";

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_refresh_token_takes_its_whole_grant_along_and_no_other(DatabaseDriver driver)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(driver));
        var (mine, other) = (await flow.TokensAsync(), await flow.TokensAsync());

        var answer = await RevokeAsync(flow, mine["refresh_token"]);

        // Some clients parse every answer of an endpoint as JSON.
        Assert.Equal((200, "{}"), (answer.Status, answer.Text));
        Assert.Equal((401, "invalid_grant"), ((await flow.UserInfoAsync(mine["access_token"])).Status, (await flow.Tenant.RefreshAsync(mine["refresh_token"]!))["error"]));
        Assert.Equal((200, 200), ((await flow.UserInfoAsync(other["access_token"])).Status, (await flow.Tenant.RefreshAsync(other["refresh_token"]!)).Status));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_access_token_ends_alone(DatabaseDriver driver)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(driver));
        var tokens = await flow.TokensAsync();

        var answer = await RevokeAsync(flow, tokens["access_token"], ("token_type_hint", "refresh_token"));

        Assert.Equal((200, 401), (answer.Status, (await flow.UserInfoAsync(tokens["access_token"])).Status));
        var refreshed = await flow.Tenant.RefreshAsync(tokens["refresh_token"]!);
        Assert.Equal(200, (await flow.UserInfoAsync(refreshed["access_token"])).Status);
    }

    [Fact]
    public async Task A_used_refresh_token_still_ends_its_grant()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var tokens = await flow.TokensAsync();
        var successor = await flow.Tenant.RefreshAsync(tokens["refresh_token"]!);

        await RevokeAsync(flow, tokens["refresh_token"]);

        Assert.Equal("invalid_grant", (await flow.Tenant.RefreshAsync(successor["refresh_token"]!))["error"]);
    }

    [Fact]
    public async Task Another_client_is_refused_and_the_token_lives_on()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var flow = await CodeFlow.StartAsync(server);
        using var other = await CodeFlow.StartAsync(server);
        var tokens = await flow.TokensAsync();

        foreach (var token in new[] { tokens["access_token"], tokens["refresh_token"] })
        {
            var answer = await other.Client.PostAsync(Path, other.Basic, ("token", token));
            Assert.Equal((400, "unauthorized_client"), (answer.Status, answer["error"]));
        }

        Assert.Equal((200, 200), ((await flow.UserInfoAsync(tokens["access_token"])).Status, (await flow.Tenant.RefreshAsync(tokens["refresh_token"]!)).Status));
    }

    [Fact]
    public async Task What_is_no_good_token_any_more_is_answered_like_one_that_was_just_revoked()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var tokens = await flow.TokensAsync();
        await RevokeAsync(flow, tokens["refresh_token"]);

        foreach (var token in new[] { tokens["refresh_token"], tokens["access_token"], "nonsense", "0198c0de-0000-7000-8000-000000000000.x" })
        {
            Assert.Equal((200, "{}"), await RevokeAsync(flow, token) is var answer ? (answer.Status, answer.Text) : default);
        }
    }

    [Fact]
    public async Task An_id_token_is_nothing_to_revoke()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var tokens = await flow.TokensAsync();

        await RevokeAsync(flow, tokens["id_token"]);

        Assert.Equal(200, (await flow.UserInfoAsync(tokens["access_token"])).Status);
    }

    [Fact]
    public async Task What_began_with_the_secret_ends_only_with_it()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite), """grant_types = '["client_credentials"]'""");
        var tokens = await flow.RedeemAsync(await flow.CodeAsync(), ("client_secret", flow.Tenant.ClientSecret));
        var own = await flow.Client.PostAsync("/api/login/oauth/access_token", flow.Basic, ("grant_type", "client_credentials"));

        foreach (var token in new[] { tokens["access_token"], tokens["refresh_token"], own["access_token"] })
        {
            var without = await RevokeAsync(flow, token);
            var wrong = await RevokeAsync(flow, token, ("client_secret", "wrong"));
            Assert.Equal([(401, "invalid_client"), (401, "invalid_client")], new[] { without, wrong }.Select(a => (a.Status, a["error"]!)));
            Assert.Equal("True", (await IntrospectAsync(token))["active"]);

            Assert.Equal(200, (await flow.Client.PostAsync(Path, flow.Basic, ("token", token))).Status);
            Assert.Equal("False", (await IntrospectAsync(token))["active"]);
        }

        Task<Answer> IntrospectAsync(string? token) => flow.Client.PostAsync("/api/login/oauth/introspect", flow.Basic, ("token", token));
    }

    [Fact]
    public async Task A_client_without_a_secret_revokes_by_its_name()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite), "token_endpoint_auth_method = 'none'");
        var tokens = await flow.TokensAsync();

        Assert.Equal(200, (await RevokeAsync(flow, tokens["refresh_token"])).Status);

        Assert.Equal(401, (await flow.UserInfoAsync(tokens["access_token"])).Status);
    }

    [Fact]
    public async Task Who_names_no_client_or_no_token_is_refused()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var tokens = await flow.TokensAsync();

        var nobody = await flow.Client.PostAsync(Path, null, ("token", tokens["refresh_token"]));
        var nothing = await flow.Client.PostAsync(Path, flow.Basic);

        Assert.Equal((401, "invalid_client"), (nobody.Status, nobody["error"]));
        Assert.Equal((400, "invalid_request"), (nothing.Status, nothing["error"]));
        Assert.Equal(200, (await flow.UserInfoAsync(tokens["access_token"])).Status);
    }

    /// <summary>As a client without its secret.</summary>
    private static Task<Answer> RevokeAsync(CodeFlow flow, string? token, params (string Name, string? Value)[] more) =>
        flow.Client.PostAsync(Path, null, [("client_id", flow.Tenant.ClientId), ("token", token), .. more]);
}
