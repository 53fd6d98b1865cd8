using Postern.AuthorizationServer;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.OidcCore;

/// <summary>OpenID Connect Core §5.3, §5.4.</summary>
public sealed class UserInfoTests(Servers servers)
{
    private const string Path = "/api/userinfo";

    [Theory]
    [InlineData("openid", "sub iss aud")]
    [InlineData("openid profile", "sub iss aud preferred_username name picture updated_at")]
    [InlineData("openid email", "sub iss aud email email_verified")]
    [InlineData("openid phone", "sub iss aud phone_number phone_number_verified")]
    [InlineData("openid address", "sub iss aud address")]
    [InlineData("openid profile email phone address", "sub iss aud preferred_username name picture updated_at email email_verified address phone_number phone_number_verified")]
    [InlineData("openid profiles e-mail", "sub iss aud")]
    public async Task Each_scope_tells_its_claims(string scope, string claims)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        await CodeFlow.AddUserAsync(flow.Tenant, "ben", ("displayName", "本"), ("avatar", "https://shop.example/ben.png"), ("email", "ben@shop.example"), ("phone", "13800138005"), ("location", "Kunming"));
        var arrival = await flow.SignInAsync(await flow.Browser.OpenAsync(flow.Address(("scope", scope))), "ben");
        var tokens = await flow.RedeemAsync(arrival["code"]!);

        var told = await flow.UserInfoAsync(tokens["access_token"]);

        Assert.Equal(claims.Split(' ').Order(), told.Body.EnumerateObject().Select(p => p.Name).Order());
        Assert.Equal(tokens.Claims("id_token").GetProperty("sub").GetString(), told["sub"]);
        // Nothing has proved that the address is the user's.
        Assert.Equal(told["email"] is null ? null : "False", told["email_verified"]);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task It_answers_GET_and_POST_and_a_token_in_a_posted_form(DatabaseDriver driver)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(driver));
        var token = (await flow.TokensAsync())["access_token"];

        Answer[] answers =
        [
            await flow.Client.GetAsync(Path, "Bearer " + token),
            await flow.Client.GetAsync(Path, "bearer " + token),
            await flow.Client.PostAsync(Path, "Bearer " + token),
            await flow.Client.PostAsync(Path, null, ("access_token", token)),
        ];

        Assert.All(answers, a => Assert.Equal((200, flow.UserId, "ann"), (a.Status, a["sub"], a["preferred_username"])));
        Assert.All(answers, a => Assert.True(a.Headers.CacheControl!.NoStore));
    }

    [Fact]
    public async Task A_token_in_the_address_is_no_token_where_the_setting_says_so()
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite, o => o with { CredentialsInQuery = CredentialsInQuery.Refuse });
        using var flow = await CodeFlow.StartAsync(server);
        var token = (await flow.TokensAsync())["access_token"];

        Assert.Equal(401, (await flow.Client.GetAsync(Path + "?access_token=" + token)).Status);
        Assert.Equal(401, (await flow.Client.PostAsync(Path + "?access_token=" + token, authorization: null)).Status);
    }

    [Theory]
    [InlineData(null, "Bearer")]
    [InlineData("Bearer nonsense", "Bearer error=\"invalid_token\"")]
    [InlineData("Bearer a.b.c", "Bearer error=\"invalid_token\"")]
    public async Task Who_has_no_good_token_is_challenged(string? authorization, string challenge)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));

        var answer = await flow.Client.GetAsync(Path, authorization);

        Assert.Equal((401, challenge, "error"), (answer.Status, answer.Headers.WwwAuthenticate.ToString(), answer["status"]));
    }

    [Theory]
    [InlineData("update users set is_forbidden = true where id = @UserId", DatabaseDriver.Sqlite)]
    [InlineData("update users set is_forbidden = true where id = @UserId", DatabaseDriver.Postgres)]
    [InlineData("update users set is_deleted = true where id = @UserId", DatabaseDriver.Sqlite)]
    [InlineData("delete from users where id = @UserId", DatabaseDriver.Sqlite)]
    public async Task Who_is_shut_out_is_unknown_at_once(string shutOut, DatabaseDriver driver)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(driver));
        var tokens = await flow.TokensAsync();
        await flow.ExecuteAsync(shutOut);

        Assert.Equal((401, null), await flow.UserInfoAsync(tokens["access_token"]) is var told ? (told.Status, told["sub"]) : default);
        Assert.Equal("invalid_grant", (await flow.Tenant.RefreshAsync(tokens["refresh_token"]!))["error"]);
        Assert.Equal("login_required", (await flow.Browser.OpenAsync(flow.Address(("prompt", "none"))))["error"]);
    }

    [Fact]
    public async Task An_expired_token_is_no_token()
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite);
        using var flow = await CodeFlow.StartAsync(server);
        var tokens = await flow.TokensAsync();
        server.Clock.Advance(TimeSpan.FromSeconds(7201));

        Assert.Equal(401, (await flow.UserInfoAsync(tokens["access_token"])).Status);
    }
}
