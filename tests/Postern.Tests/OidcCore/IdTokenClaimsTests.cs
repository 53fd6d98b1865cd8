using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Postern.Tests.Rfc7591;
using Xunit;

namespace Postern.Tests.OidcCore;

/// <summary>Which clients get more in their tokens than was asked for, and which never do (docs/tokens.md).</summary>
public sealed class IdTokenClaimsTests(Servers servers)
{
    private static readonly string[] OfTokens = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "azp", "client_id", "scope", "sid", "cnf", "tokenType"];

    public static TheoryData<DatabaseDriver, string> EveryFormat() => new()
    {
        { DatabaseDriver.Postgres, "JWT" }, { DatabaseDriver.Sqlite, "JWT-Empty" }, { DatabaseDriver.Sqlite, "JWT-Standard" }, { DatabaseDriver.Sqlite, "JWT-Custom" },
    };

    [Theory, MemberData(nameof(EveryFormat))]
    public async Task A_client_whose_users_are_asked_gets_what_the_page_named_and_no_more(DatabaseDriver driver, string format)
    {
        using var flow = await CodeFlow.StartAsync(
            await servers.OnAsync(driver),
            $$"""
            token_format = '{{format}}', id_token_claims = 'casdoor', custom_scopes = '[{"scope":"orders"}]', token_fields = '["Name","Email","Properties.nick"]',
            token_attributes = '[{"name":"groups","category":"Existing Field","value":"Groups","type":"Array"},{"name":"level","value":"gold","type":"String"}]'
            """);
        await CodeFlow.AddUserAsync(flow.Tenant, "mei", ("email", "mei@shop.example"), ("phone", "13800138005"));
        var page = await flow.SignInAsync(await flow.Browser.OpenAsync(flow.Address(("scope", "openid email orders"))), "mei");

        var tokens = await flow.RedeemAsync((await flow.Browser.SubmitAsync(page, ("decision", "allow")))["code"]!);
        var refreshed = await flow.Tenant.RefreshAsync(tokens["refresh_token"]!);

        foreach (var answer in new[] { tokens, refreshed })
        {
            Assert.Equal([], Names(answer.Claims("access_token")).Except(OfTokens));
            Assert.Equal(["email", "email_verified"], Names(answer.Claims("id_token")).Except([.. OfTokens, "auth_time", "acr", "amr", "nonce", "at_hash"]).Order());
            Assert.Equal(["aud", "email", "email_verified", "iss", "sub"], Names((await flow.UserInfoAsync(answer["access_token"])).Body).Order());
        }
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_client_that_registered_itself_gets_what_was_asked_for_whatever_its_organization_prefers(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await Registered.NewTenantAsync(server);
        var client = tenant.As(await Registered.RegisterAsync(tenant));
        await server.ExecuteAsync("update applications set token_format = 'JWT', id_token_claims = 'casdoor' where client_id = @ClientId", new { client.ClientId });
        using var alice = await Visitor.SignedInAsync(tenant, "alice");

        var tokens = await Registered.SignInAsync(client, alice);

        Assert.Equal([], Names(tokens.Claims("access_token")).Except(OfTokens));
        Assert.Equal([], Names(tokens.Claims("id_token")).Except(Claims.All.Where(c => !c.IsOfUser || c.Scope == "profile").Select(c => c.Name)));
    }

    [Fact]
    public async Task The_page_names_what_is_asked_for_by_name()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite), """custom_scopes = '[{"scope":"orders"}]'""");

        var page = await flow.AuthorizeAsync(("scope", "openid email orders"), ("claims", """{"userinfo":{"phone_number":null,"email":null},"id_token":{"birthdate":{"essential":true}}}"""));

        Assert.Contains("See your phone number", page.Text, StringComparison.Ordinal);
        Assert.Contains("See your birthday", page.Text, StringComparison.Ordinal);
        Assert.Equal(page.Text.IndexOf("See your e-mail address", StringComparison.Ordinal), page.Text.LastIndexOf("See your e-mail address", StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(EveryFormat))]
    public async Task An_application_that_says_so_has_the_fields_of_its_access_tokens_in_its_id_tokens(DatabaseDriver driver, string format)
    {
        var server = await servers.OnAsync(driver);
        using var flow = await CodeFlow.StartAsync(server, $$"""token_format = '{{format}}', token_fields = '["Name","Email","Tag"]'""");
        using var administrator = await Administrator.OfAsync(server);
        var update = "/api/update-application?id=admin/" + flow.Tenant.Application;

        Assert.Equal("Affected", await administrator.WriteAsync(update, new() { ["idTokenClaims"] = "casdoor" }));
        var casdoors = await flow.TokensAsync(("scope", "openid"));
        Assert.Equal("Affected", await administrator.WriteAsync(update, new() { ["idTokenClaims"] = "standard" }));
        var standard = await flow.TokensAsync(("scope", "openid"));

        var fields = Names(casdoors.Claims("access_token")).Except(OfTokens).ToList();
        Assert.NotEqual([], fields);
        Assert.Equal([], fields.Except(Names(casdoors.Claims("id_token"))));
        Assert.Equal([], fields.Intersect(Names(standard.Claims("id_token"))));
        Assert.Equal(fields, Names(standard.Claims("access_token")).Except(OfTokens));
    }

    [Fact]
    public async Task Another_value_is_refused_and_an_empty_one_chooses_nothing()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var administrator = await Administrator.OfAsync(server);
        var tenant = await server.NewTenantAsync();
        var name = "made-" + tenant.Application;
        var path = "/api/get-application?id=admin/" + name;

        Assert.Equal("idTokenClaims must be standard or casdoor", await administrator.WriteAsync("/api/add-application", Of("both")));
        Assert.Equal("Affected", await administrator.WriteAsync("/api/add-application", Without()));
        Assert.Equal("standard", (await administrator.GetAsync(path + "-without"))["data"]!["idTokenClaims"]!.ToString());
        Assert.Equal("Affected", await administrator.WriteAsync("/api/add-application", Of("")));
        Assert.Equal("standard", (await administrator.GetAsync(path))["data"]!["idTokenClaims"]!.ToString());
        Assert.Equal("Affected", await administrator.WriteAsync("/api/update-application?id=admin/" + name, new() { ["idTokenClaims"] = "casdoor", ["displayName"] = "before" }));
        Assert.Equal("Affected", await administrator.WriteAsync("/api/update-application?id=admin/" + name, new() { ["idTokenClaims"] = "", ["displayName"] = "after" }));
        Assert.Equal("casdoor", (await administrator.GetAsync(path))["data"]!["idTokenClaims"]!.ToString());
        Assert.Equal("idTokenClaims must be standard or casdoor", await administrator.WriteAsync("/api/update-application?id=admin/" + name, new() { ["idTokenClaims"] = "Standard" }));

        JsonObject Without() => new() { ["owner"] = "admin", ["name"] = name + "-without", ["organization"] = tenant.Organization };
        JsonObject Of(string claims) => new() { ["owner"] = "admin", ["name"] = name, ["organization"] = tenant.Organization, ["idTokenClaims"] = claims };
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Groups_and_roles_need_their_scope_or_a_setting_and_are_names_in_both(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        foreach (var settings in new[] { "", """token_format = 'JWT-Custom', token_fields = '["Name","Roles"]'""", """token_attributes = '[{"name":"roles","category":"Existing Field","value":"Roles","type":"Array"}]'""" })
        {
            using var flow = await CodeFlow.StartAsync(server, settings);
            using var administrator = await Administrator.OfAsync(server);
            Assert.Equal("Affected", await administrator.WriteAsync("/api/add-role", new()
            {
                ["owner"] = flow.Tenant.Organization, ["name"] = "editors", ["users"] = new JsonArray(flow.Tenant.Organization + "/ann"), ["isEnabled"] = true,
            }));

            var plain = await flow.TokensAsync(("scope", "openid profile"));
            var asked = await flow.TokensAsync(("scope", "openid roles"));

            foreach (var (tokens, isTold) in new[] { (plain, settings.Length > 0), (asked, true) })
            {
                foreach (var claims in new[] { tokens.Claims("id_token"), (await flow.UserInfoAsync(tokens["access_token"])).Body })
                {
                    Assert.Equal(isTold ? ["editors"] : [], claims.TryGetProperty("roles", out var roles) ? roles.EnumerateArray().Select(r => r.GetString()) : []);
                }
            }
        }
    }

    private static IEnumerable<string> Names(JsonElement claims) => claims.EnumerateObject().Select(p => p.Name);
}
