using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Rfc6749;

/// <summary>Password and implicit, which OAuth 2.1 has no more: off unless an application lists them.</summary>
public sealed class LegacyGrantTests(Servers servers)
{
    private const string Path = "/api/login/oauth/access_token";

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_listed_password_grant_signs_in_with_the_secret_alone(DatabaseDriver driver)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(driver), """grant_types = '["password"]'""");
        Task<Answer> AskAsync(string? authorization, string password) => flow.Client.PostAsync(
            Path, authorization, ("grant_type", "password"), ("client_id", flow.Tenant.ClientId), ("username", "ann"), ("password", password), ("scope", "openid"));

        var good = await AskAsync(flow.Basic, CodeFlow.Password);
        var wrong = await AskAsync(flow.Basic, "wrong");
        var withoutSecret = await AskAsync(null, CodeFlow.Password);

        Assert.Equal((200, flow.UserId), (good.Status, good.Claims("access_token").GetProperty("sub").GetString()));
        Assert.Equal((400, "invalid_grant"), (wrong.Status, wrong["error"]));
        Assert.Equal((401, "invalid_client"), (withoutSecret.Status, withoutSecret["error"]));
        Assert.Equal("invalid_client", (await flow.Tenant.RefreshAsync(good["refresh_token"]!))["error"]);
        Assert.Equal(200, (await flow.Tenant.RefreshAsync(good["refresh_token"]!, ("client_secret", flow.Tenant.ClientSecret))).Status);
    }

    [Theory]
    [InlineData("token", true, false)]
    [InlineData("id_token", false, true)]
    [InlineData("id_token token", true, true)]
    [InlineData("token id_token", true, true)]
    public async Task A_listed_implicit_grant_answers_in_the_fragment_and_never_with_a_refresh_token(string responseType, bool hasAccess, bool hasIdentity)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite), """grant_types = '["token","id_token"]'""");

        var arrival = await flow.AuthorizeAsync(("response_type", responseType), ("code_challenge", null), ("code_challenge_method", null));

        Assert.StartsWith(CodeFlow.RedirectUri + "#", arrival.LeadsTo, StringComparison.Ordinal);
        Assert.Equal((hasAccess, hasIdentity), (arrival["access_token"] is not null, arrival["id_token"] is not null));
        Assert.Equal(("the state", null, null), (arrival["state"], arrival["refresh_token"], arrival["code"]));
        if (hasAccess)
        {
            Assert.Equal(flow.UserId, (await flow.UserInfoAsync(arrival["access_token"]))["sub"]);
        }

        if (hasIdentity)
        {
            // It would be the hash of a token that is not in the answer (OpenID Connect Core §3.2.2.10).
            var identity = new Microsoft.IdentityModel.JsonWebTokens.JsonWebToken(arrival["id_token"]);
            Assert.Equal((hasAccess, "the nonce"), (identity.TryGetPayloadValue<string>("at_hash", out _), identity.GetPayloadValue<string>("nonce")));
        }
    }

    [Theory]
    [InlineData("response_mode", "query")]
    [InlineData("nonce", null)]
    public async Task Tokens_never_go_into_a_query_and_an_id_token_needs_a_nonce(string name, string? value)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite), """grant_types = '["token","id_token"]'""");

        var answer = await flow.Browser.OpenAsync(flow.Address(("response_type", "id_token"), (name, value)));

        Assert.StartsWith(CodeFlow.RedirectUri + "#", answer.LeadsTo, StringComparison.Ordinal);
        Assert.Equal("invalid_request", answer["error"]);
    }

    [Fact]
    public async Task An_application_that_lists_one_kind_of_implicit_token_gets_no_other()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite), """grant_types = '["id_token"]'""");

        Assert.Equal("unauthorized_client", (await flow.AuthorizeAsync(("response_type", "token")))["error"]);
        Assert.Equal("unauthorized_client", (await flow.AuthorizeAsync(("response_type", "id_token token")))["error"]);
    }
}
