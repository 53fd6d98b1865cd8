using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.AuthorizationServer.TokenFormats;
using Postern.Directory.Objects;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Accounts;

/// <summary>Tokens of users who hold much: bounded in size, and taken by every endpoint of ours (docs/tokens.md).</summary>
public sealed class TokenSizeTests(Servers servers)
{
    [Theory]
    [InlineData(1, "JWT", DatabaseDriver.Sqlite)]
    [InlineData(8, "JWT", DatabaseDriver.Postgres)]
    [InlineData(40, "JWT", DatabaseDriver.Sqlite)]
    [InlineData(200, "JWT", DatabaseDriver.Sqlite)]
    [InlineData(200, "JWT-Custom", DatabaseDriver.Postgres)]
    public async Task Our_endpoints_take_every_token_that_we_issue(int count, string format, DatabaseDriver driver)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(driver),
            $$"""
            token_format = '{{format}}', token_fields = '["Owner","Name","Roles","Permissions"]',
            grant_types = '["urn:ietf:params:oauth:grant-type:token-exchange"]'
            """);
        await HoldAsync(flow, count, "r");

        var tokens = await flow.TokensAsync();

        var access = tokens["access_token"]!;
        var claims = tokens.Claims("access_token");
        Assert.InRange(access.Length, 1, TokenSize.Most);
        foreach (var claim in new[] { "roles", "permissions" })
        {
            var held = claims.GetProperty(claim).EnumerateArray().ToList();
            Assert.Equal(count, held.Select(h => h.GetProperty("name").GetString()).Distinct().Count());
            // A few are whole objects; of many there is the name.
            Assert.All(held, h => Assert.Equal(count <= 8, h.TryGetProperty("displayName", out _)));
        }

        Assert.Equal(count > 8, claims.TryGetProperty("overage", out var overage) && overage.GetRawText() == """["roles","permissions"]""");
        var userinfo = await flow.UserInfoAsync(access);
        var account = await flow.Client.GetAsync("/api/get-account", "Bearer " + access);
        var inQuery = await flow.Client.GetAsync("/api/userinfo?accessToken=" + access);
        var introspected = await flow.Client.PostAsync("/api/login/oauth/introspect", flow.Basic, ("token", access));
        var exchanged = await flow.Client.PostAsync("/api/login/oauth/access_token", flow.Basic,
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            ("subject_token", access), ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"));
        var hinted = await flow.AuthorizeAsync(("id_token_hint", access), ("prompt", "none"));
        var revoked = await flow.Client.PostAsync("/api/login/oauth/revoke", flow.Basic, ("token", exchanged["access_token"]));
        var signedOut = await flow.Client.GetAsync(
            $"/api/logout?id_token_hint={access}&post_logout_redirect_uri={Uri.EscapeDataString(CodeFlow.RedirectUri)}&state={new string('s', 8000)}");

        Assert.Equal((200, "ok", 200), (userinfo.Status, account["status"], inQuery.Status));
        Assert.Equal(("True", 200, 200), (introspected["active"], exchanged.Status, revoked.Status));
        Assert.NotNull(hinted["code"]);
        Assert.Equal(302, signedOut.Status);
        Assert.Equal(401, (await flow.UserInfoAsync(access)).Status);
    }

    [Fact]
    public async Task What_does_not_fit_even_as_names_is_left_out_and_named_in_overage()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        await HoldAsync(flow, 120, new string('r', 100));

        var token = await flow.TokensAsync();

        var claims = token.Claims("access_token");
        Assert.InRange(token["access_token"]!.Length, 1, TokenSize.Most);
        Assert.Equal(("[]", "[]"), (claims.GetProperty("roles").GetRawText(), claims.GetProperty("permissions").GetRawText()));
        Assert.Equal(flow.UserId, claims.GetProperty("sub").GetString());
        Assert.Contains("roles", claims.GetProperty("overage").EnumerateArray().Select(c => c.GetString()));
        var account = await flow.Client.GetAsync("/api/get-account", "Bearer " + token["access_token"]);
        Assert.Equal(120, account.Body.GetProperty("data").GetProperty("roles").GetArrayLength());
    }

    [Fact]
    public async Task A_profile_that_is_longer_than_a_token_may_be_leaves_room_for_the_roles()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        await HoldAsync(flow, 1, "r");
        var properties = new JsonObject { ["notes"] = new string('n', 30_000) };
        var body = new JsonObject { ["properties"] = properties, ["bio"] = new string('b', 9_000), ["title"] = "Baker" };
        await flow.ExecuteAsync("update users set body = @body where id = @UserId", new { body = body.ToJsonString(), flow.UserId });

        var token = await flow.TokensAsync();

        var claims = token.Claims("access_token");
        Assert.InRange(token["access_token"]!.Length, 1, TokenSize.Most);
        Assert.Equal(
            ("Baker", "", "{}"), (claims.GetProperty("title").GetString(), claims.GetProperty("bio").GetString(), claims.GetProperty("properties").GetRawText()));
        Assert.Equal(1, claims.GetProperty("roles").GetArrayLength());
        Assert.Contains("profile", claims.GetProperty("overage").EnumerateArray().Select(c => c.GetString()));
    }

    /// <summary>The user of the flow holds so many roles and permissions.</summary>
    private static Task<bool> HoldAsync(CodeFlow flow, int count, string prefix)
    {
        var store = new ObjectStore(flow.Tenant.Server.Secrets, flow.Tenant.Server.Clock);
        JsonObject Held(int i) => new()
        {
            ["owner"] = flow.Tenant.Organization, ["name"] = $"{prefix}{i}", ["displayName"] = "Of the shop " + i, ["isEnabled"] = true,
            ["users"] = new JsonArray($"{flow.Tenant.Organization}/ann"),
        };
        JsonObject Approved(JsonObject permission)
        {
            permission["state"] = "Approved";
            return permission;
        }

        var prepared = Enumerable.Range(0, count).SelectMany(i =>
            new[] { store.PrepareAdd(ObjectKinds.Role, Held(i)).Value!, store.PrepareAdd(ObjectKinds.Permission, Approved(Held(i))).Value! }).ToList();
        return flow.Tenant.Server.Database.WriteAsync(async (connection, transaction) =>
        {
            foreach (var one in prepared)
            {
                await ObjectStore.AddAsync(connection, transaction, one);
            }

            return Written.Commit(true);
        });
    }
}
