using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Rfc8693;

public sealed class TokenExchangeTests(Servers servers)
{
    private const string GrantType = "urn:ietf:params:oauth:grant-type:token-exchange";
    private const string AccessTokenType = "urn:ietf:params:oauth:token-type:access_token";

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_users_token_is_exchanged_for_a_narrower_one_of_the_same_user(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var (tenant, tokens) = await SignedInAsync(server);

        var answer = await ExchangeAsync(tenant, tokens["access_token"]!, ("scope", "openid"));

        Assert.Equal((200, "Bearer", "openid", AccessTokenType), (answer.Status, answer["token_type"], answer["scope"], answer["issued_token_type"]));
        Assert.False(answer.Body.TryGetProperty("id_token", out _));
        Assert.False(answer.Body.TryGetProperty("refresh_token", out _));
        var (before, after) = (tokens.Claims("access_token"), answer.Claims("access_token"));
        Assert.Equal(before.GetProperty("sub").GetString(), after.GetProperty("sub").GetString());
        Assert.NotEqual(before.GetProperty("jti").GetString(), after.GetProperty("jti").GetString());
        Assert.True(await server.IsGoodAsync(answer["access_token"]));
        Assert.True(await server.IsGoodAsync(tokens["access_token"]));
        Assert.Contains("token-exchange", await tenant.ActionsAsync());
    }

    [Fact]
    public async Task It_needs_the_secret_and_the_applications_listing()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var (tenant, tokens) = await SignedInAsync(server);
        var (unlisted, others) = await SignedInAsync(server, grantTypes: "");

        Assert.Equal("invalid_client", await tenant.RefusalAsync(("grant_type", GrantType), ("client_id", tenant.ClientId), ("subject_token", tokens["access_token"]!)));
        Assert.Equal("invalid_client", await tenant.RefusalAsync(
            ("grant_type", GrantType), ("client_id", tenant.ClientId), ("client_secret", "wrong"), ("subject_token", tokens["access_token"]!)));
        Assert.Equal("unsupported_grant_type", (await ExchangeAsync(unlisted, others["access_token"]!))["error"]);
    }

    [Fact]
    public async Task A_token_is_exchanged_by_its_own_client_or_by_who_stands_in_its_audience_and_by_nobody_else()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var (tenant, tokens) = await SignedInAsync(server);
        var stranger = await server.NewWebTenantAsync(GrantType);
        var api = await server.NewWebTenantAsync(GrantType);
        await server.ExecuteAsync("update applications set organization = @Organization, organization_id = (select id from organizations where name = @Organization), client_id = 'https://' || client_id where name = @Application", new { tenant.Organization, api.Application });
        api = api with { ClientId = "https://" + api.ClientId, Organization = tenant.Organization };
        var forApi = await CodeTokensAsync(tenant, ("resource", api.ClientId));

        Assert.Equal("invalid_grant", (await ExchangeAsync(stranger, tokens["access_token"]!))["error"]);
        Assert.Equal("invalid_grant", (await ExchangeAsync(api, tokens["access_token"]!))["error"]);
        var answer = await ExchangeAsync(api, forApi["access_token"]!);
        Assert.Equal(200, answer.Status);
        Assert.Equal(api.ClientId, answer.Claims("access_token").GetProperty("azp").GetString());
    }

    [Fact]
    public async Task A_scope_is_never_wider_than_the_subjects_nor_than_the_application_defines()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var (tenant, tokens) = await SignedInAsync(server);

        Assert.Equal("invalid_scope", (await ExchangeAsync(tenant, tokens["access_token"]!, ("scope", "openid email")))["error"]);
        Assert.Equal("invalid_scope", (await ExchangeAsync(tenant, tokens["access_token"]!, ("scope", ".*")))["error"]);
        var narrow = await ExchangeAsync(tenant, tokens["access_token"]!, ("scope", "openid"));
        Assert.Equal("invalid_scope", (await ExchangeAsync(tenant, narrow["access_token"]!, ("scope", "openid profile")))["error"]);
        Assert.Equal("openid", (await ExchangeAsync(tenant, narrow["access_token"]!))["scope"]);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_new_token_ends_with_the_subjects_grant_and_a_revoked_one_gives_none(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var (tenant, tokens) = await SignedInAsync(server);
        var exchanged = await ExchangeAsync(tenant, tokens["access_token"]!);

        Assert.Equal(200, (await server.PostFormAsync(
            "/api/login/oauth/revoke", [("token", tokens["refresh_token"]!), ("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret)])).Status);

        Assert.False(await server.IsGoodAsync(exchanged["access_token"]));
        foreach (var ended in new[] { tokens, exchanged })
        {
            Assert.Equal("invalid_request", (await ExchangeAsync(tenant, ended["access_token"]!))["error"]);
        }

        Assert.Equal("invalid_request", (await ExchangeAsync(tenant, tokens["id_token"]!, ("subject_token_type", "urn:ietf:params:oauth:token-type:id_token")))["error"]);
    }

    [Fact]
    public async Task An_id_token_is_a_subject_where_it_is_called_one()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var (tenant, tokens) = await SignedInAsync(server);

        var answer = await ExchangeAsync(tenant, tokens["id_token"]!, ("subject_token_type", "urn:ietf:params:oauth:token-type:id_token"));

        Assert.Equal(200, answer.Status);
        Assert.True(await server.IsGoodAsync(answer["access_token"]));
        Assert.Equal("invalid_request", (await ExchangeAsync(tenant, tokens["id_token"]!))["error"]);
        Assert.Equal("invalid_request", (await ExchangeAsync(tenant, tokens["access_token"]!, ("subject_token_type", "urn:ietf:params:oauth:token-type:id_token")))["error"]);
    }

    [Fact]
    public async Task Neither_refresh_tokens_nor_an_applications_own_tokens_nor_other_kinds_are_exchanged()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var (tenant, tokens) = await SignedInAsync(server, GrantType + " client_credentials");
        var own = await tenant.TokenAsync(("grant_type", "client_credentials"), ("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret));
        (string, string)[][] wrong =
        [
            [("subject_token", tokens["refresh_token"]!)],
            [("subject_token", tokens["refresh_token"]!), ("subject_token_type", "urn:ietf:params:oauth:token-type:refresh_token")],
            [("subject_token", own["access_token"]!)],
            [("subject_token", "nonsense")],
            [("subject_token", "a.b.c")],
            [],
            [("subject_token", tokens["access_token"]!), ("subject_token_type", "urn:ietf:params:oauth:token-type:saml2")],
            [("subject_token", tokens["access_token"]!), ("requested_token_type", "urn:ietf:params:oauth:token-type:refresh_token")],
            [("subject_token", tokens["access_token"]!), ("actor_token", tokens["access_token"]!)],
        ];

        foreach (var form in wrong)
        {
            Assert.Equal("invalid_request", await tenant.RefusalAsync([("grant_type", GrantType), ("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret), .. form]));
        }

        Assert.Equal(200, (await tenant.RefreshAsync(tokens["refresh_token"]!, ("client_secret", tenant.ClientSecret))).Status);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_forbidden_users_token_is_exchanged_no_more(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var (tenant, tokens) = await SignedInAsync(server);

        await server.ExecuteAsync("update users set is_forbidden = true where owner = @Organization", new { tenant.Organization });

        Assert.Equal("invalid_request", (await ExchangeAsync(tenant, tokens["access_token"]!))["error"]);
    }

    private static Task<Answer> ExchangeAsync(Tenant tenant, string subject, params (string, string)[] more) => tenant.TokenAsync(
        [("grant_type", GrantType), ("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret), ("subject_token", subject), .. more]);

    private static async Task<(Tenant Tenant, Answer Tokens)> SignedInAsync(TestServer server, string grantTypes = GrantType)
    {
        var tenant = await server.NewWebTenantAsync(grantTypes);
        await tenant.AddUserAsync("alice");
        return (tenant, await CodeTokensAsync(tenant));
    }

    private static async Task<Answer> CodeTokensAsync(Tenant tenant, params (string, string)[] more)
    {
        using var alice = await Visitor.SignedInAsync(tenant, "alice");
        return await tenant.TokenAsync(
            ("grant_type", "authorization_code"), ("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret),
            ("code", await alice.CodeAsync(tenant, more)), ("code_verifier", Visitor.Verifier));
    }
}
