using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Rfc7636;

public sealed class PkceTests(Servers servers)
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("too-short")]
    [InlineData("another-verifier-of-43-characters-or-more-0123456789")]
    [InlineData("A-VERIFIER-OF-43-CHARACTERS-OR-MORE-0123456789")]
    [InlineData("a-verifier-of-43-characters-or-more-0123456789 ")]
    public async Task A_wrong_verifier_is_refused_and_does_not_spend_the_code(string? verifier)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var code = await flow.CodeAsync();

        var refused = await flow.RedeemAsync(code, ("code_verifier", verifier));
        var withSecret = await flow.RedeemAsync(code, ("code_verifier", verifier), ("client_secret", flow.Tenant.ClientSecret));
        var challengeItself = await flow.RedeemAsync(code, ("code_verifier", CodeFlow.Challenge));

        Assert.All([refused, withSecret, challengeItself], a => Assert.Equal((400, "invalid_grant"), (a.Status, a["error"])));
        Assert.Equal(200, (await flow.RedeemAsync(code)).Status);
    }

    [Theory]
    [InlineData(CodeFlow.Verifier, "plain")]
    [InlineData(CodeFlow.Verifier, "s256")]
    [InlineData(CodeFlow.Verifier, "S256")]
    [InlineData("short", "S256")]
    [InlineData(null, "S256")]
    [InlineData(null, "plain")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", null)]
    public async Task A_challenge_that_is_not_S256_is_refused_before_anybody_signs_in(string? challenge, string? method)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));

        var answer = await flow.Browser.OpenAsync(flow.Address(("code_challenge", challenge), ("code_challenge_method", method)));

        Assert.Equal(("invalid_request", null), (answer["error"], answer["code"]));
    }

    [Fact]
    public async Task A_challenge_without_a_method_is_S256_and_never_plain()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var code = await flow.CodeAsync(("code_challenge_method", null));

        Assert.Equal("invalid_grant", (await flow.RedeemAsync(code, ("code_verifier", CodeFlow.Challenge)))["error"]);
        Assert.Equal(200, (await flow.RedeemAsync(code)).Status);
    }

    [Fact]
    public async Task A_verifier_shows_that_somebody_took_the_challenge_out_on_its_way()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var code = await flow.CodeAsync(("code_challenge", null), ("code_challenge_method", null));

        var withSecret = await flow.RedeemAsync(code, ("client_secret", flow.Tenant.ClientSecret));
        var without = await flow.RedeemAsync(code);

        Assert.Equal([(400, "invalid_grant"), (400, "invalid_grant")], new[] { withSecret, without }.Select(a => (a.Status, a["error"]!)));
    }

    [Fact]
    public async Task Without_a_challenge_the_code_needs_the_secret()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var code = await flow.CodeAsync(("code_challenge", null), ("code_challenge_method", null));

        var without = await flow.RedeemAsync(code, ("code_verifier", null));
        var with = await flow.RedeemAsync(code, ("code_verifier", null), ("client_secret", flow.Tenant.ClientSecret));

        Assert.Equal((401, "invalid_client", 200), (without.Status, without["error"], with.Status));
    }

    [Fact]
    public async Task A_client_that_has_no_secret_must_bring_a_challenge()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite), "token_endpoint_auth_method = 'none'");

        var refused = await flow.Browser.OpenAsync(flow.Address(("code_challenge", null), ("code_challenge_method", null)));

        Assert.Equal(("invalid_request", null), (refused["error"], refused["code"]));
        Assert.Equal(200, (await flow.TokensAsync()).Status);
    }

    [Theory]
    [InlineData("client_secret_basic")]
    [InlineData("client_secret_post")]
    [InlineData("private_key_jwt")]
    public async Task A_challenge_does_not_stand_for_the_secret_of_a_client_that_names_its_method(string method)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite), $"token_endpoint_auth_method = '{method}'");
        var code = await flow.CodeAsync();

        var without = await flow.RedeemAsync(code);
        var with = await flow.RedeemAsync(code, ("client_secret", flow.Tenant.ClientSecret));

        Assert.Equal((401, "invalid_client"), (without.Status, without["error"]));
        Assert.Equal(method == "private_key_jwt" ? 401 : 200, with.Status);
    }

    [Fact]
    public async Task A_code_of_one_sign_in_does_not_go_into_another()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        const string Mine = "the-verifier-of-somebody-else-0123456789-0123456789";
        var injected = await flow.CodeAsync();
        await flow.CodeAsync(("code_challenge", CodeFlow.ChallengeOf(Mine)));

        Assert.Equal("invalid_grant", (await flow.RedeemAsync(injected, ("code_verifier", Mine)))["error"]);
    }
}
