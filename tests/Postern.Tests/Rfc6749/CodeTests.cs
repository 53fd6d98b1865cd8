using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Rfc6749;

/// <summary>RFC 6749 §4.1.3: one code, once, by the client that asked for it.</summary>
public sealed class CodeTests(Servers servers)
{
    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_second_use_is_refused_and_ends_what_the_first_began(DatabaseDriver driver)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(driver));
        var code = await flow.CodeAsync();
        var first = await flow.RedeemAsync(code);

        var second = await flow.RedeemAsync(code);

        Assert.Equal((200, 400, "invalid_grant"), (first.Status, second.Status, second["error"]));
        Assert.Equal(401, (await flow.UserInfoAsync(first["access_token"])).Status);
        Assert.Equal("invalid_grant", (await flow.Tenant.RefreshAsync(first["refresh_token"]!))["error"]);
        Assert.Contains("code-replayed", await flow.Tenant.Server.DumpAsync(), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Of_eight_at_once_one_wins_and_what_it_won_has_ended(DatabaseDriver driver)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(driver));
        var code = await flow.CodeAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => flow.RedeemAsync(code)));

        var winner = Assert.Single(answers, a => a.Status == 200);
        Assert.All(answers.Where(a => a != winner), a => Assert.Equal("invalid_grant", a["error"]));
        Assert.Equal(401, (await flow.UserInfoAsync(winner["access_token"])).Status);
        Assert.Equal("invalid_grant", (await flow.Tenant.RefreshAsync(winner["refresh_token"]!))["error"]);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_code_lives_for_a_minute(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        using var flow = await CodeFlow.StartAsync(server);
        var (early, late) = (await flow.CodeAsync(), await flow.CodeAsync());
        server.Clock.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal(200, (await flow.RedeemAsync(early)).Status);
        server.Clock.Advance(TimeSpan.FromSeconds(11));

        Assert.Equal("invalid_grant", (await flow.RedeemAsync(late))["error"]);
    }

    [Fact]
    public async Task Another_client_cannot_redeem_it_and_does_not_spend_it()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var flow = await CodeFlow.StartAsync(server);
        var other = await server.NewTenantAsync($"organization = '{flow.Tenant.Organization}'");
        var code = await flow.CodeAsync();

        var stolen = await flow.RedeemAsync(code, ("client_id", other.ClientId), ("client_secret", other.ClientSecret));

        Assert.Equal((400, "invalid_grant"), (stolen.Status, stolen["error"]));
        Assert.Equal(200, (await flow.RedeemAsync(code)).Status);
    }

    [Fact]
    public async Task A_redirect_address_that_is_sent_must_be_the_one_of_the_request()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var code = await flow.CodeAsync();

        Assert.Equal("invalid_grant", (await flow.RedeemAsync(code, ("redirect_uri", "https://shop.example/other")))["error"]);
        Assert.Equal(200, (await flow.RedeemAsync(code, ("redirect_uri", null))).Status);
    }

    [Theory]
    [InlineData("update users set is_forbidden = true where id = @UserId")]
    [InlineData("update users set is_deleted = true where id = @UserId")]
    [InlineData("delete from users where id = @UserId")]
    public async Task A_code_of_a_user_who_was_shut_out_is_worth_nothing(string shutOut)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var code = await flow.CodeAsync();
        await flow.ExecuteAsync(shutOut);

        Assert.Equal((400, "invalid_grant"), await flow.RedeemAsync(code) is var answer ? (answer.Status, answer["error"]) : default);
    }

    [Theory]
    [InlineData("/api/logout", DatabaseDriver.Sqlite)]
    [InlineData("/api/sso-logout", DatabaseDriver.Sqlite)]
    [InlineData("/api/logout", DatabaseDriver.Postgres)]
    [InlineData("/api/sso-logout", DatabaseDriver.Postgres)]
    public async Task Signing_out_takes_the_codes_that_were_not_redeemed(string path, DatabaseDriver driver)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(driver));
        var code = await flow.CodeAsync();

        await flow.Client.SendAsync(HttpMethod.Post, path, null, null, ("Cookie", "postern_session=" + flow.Browser["postern_session"]));

        Assert.Equal((400, "invalid_grant"), await flow.RedeemAsync(code) is var answer ? (answer.Status, answer["error"]) : default);
    }

    [Fact]
    public async Task Neither_code_nor_tokens_stand_in_the_database_or_the_log()
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite);
        using var flow = await CodeFlow.StartAsync(server);
        var code = await flow.CodeAsync();
        var tokens = await flow.RedeemAsync(code);

        var kept = await server.DumpAsync() + string.Join('\n', server.Log.Lines);

        Assert.All([code, tokens["access_token"]!, tokens["id_token"]!, tokens["refresh_token"]!, flow.Browser["postern_session"]!, CodeFlow.Password],
            secret => Assert.DoesNotContain(secret, kept, StringComparison.Ordinal));
    }
}
