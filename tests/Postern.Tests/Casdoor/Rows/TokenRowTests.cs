using System.Text.Json.Nodes;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Rows;

/// <summary>The token routes: what we issued can be looked at and ended, and nothing that is written there opens anything.</summary>
public sealed class TokenRowTests(Servers servers)
{
    private static readonly string[] Properties =
    [
        "owner", "name", "createdTime", "application", "organization", "user", "code", "accessToken", "refreshToken", "accessTokenHash",
        "refreshTokenHash", "expiresIn", "scope", "tokenType", "grantType", "codeChallenge", "codeIsUsed", "codeExpireIn", "resource", "dPoPJkt",
    ];

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_issued_token_is_shown_without_anything_that_could_be_presented(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewTenantAsync();
        var signedIn = await tenant.SignInAsync(tenant.Code("mei"), "Mei");
        var name = NameOf(signedIn);
        var application = RowCaller.Of(tenant);

        var shown = (await application.DataAsync("/api/get-token?id=admin/" + name))!.AsObject();

        Assert.Equal(Properties, shown.Select(p => p.Key));
        Assert.Equal(("admin", name, tenant.Organization, tenant.Application), (Text(shown, "owner"), Text(shown, "name"), Text(shown, "organization"), Text(shown, "application")));
        Assert.Equal((await tenant.UsersAsync())[0].Name, Text(shown, "user"));
        Assert.Equal(7200, shown["expiresIn"]!.GetValue<long>());
        Assert.All(new[] { "code", "accessToken", "refreshToken", "accessTokenHash", "refreshTokenHash" }, p => Assert.Equal("", Text(shown, p)));
        var listed = Assert.Single((await application.DataAsync("/api/get-tokens?owner=admin"))!.AsArray());
        Assert.Equal(shown.ToJsonString(), listed!.ToJsonString());
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_deleted_token_ends_with_its_refresh_token_and_its_name_revives_nothing(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await server.NewTenantAsync();
        var signedIn = await tenant.SignInAsync(tenant.Code("mei"), "Mei");
        var (name, application) = (NameOf(signedIn), RowCaller.Of(tenant));
        Assert.True(await server.IsGoodAsync(signedIn["access_token"]));

        Assert.Equal("Affected", await application.WriteAsync("/api/delete-token", new() { ["owner"] = "admin", ["name"] = name }));

        Assert.False(await server.IsGoodAsync(signedIn["access_token"]));
        Assert.Equal("invalid_grant", (await tenant.RefreshAsync(signedIn["refresh_token"]!))["error"]);
        Assert.Equal($"The token: admin/{name} does not exist", await application.MessageAsync("/api/get-token?id=admin/" + name));
        var planted = new JsonObject
        {
            ["owner"] = "admin", ["name"] = name, ["organization"] = tenant.Organization, ["application"] = tenant.Application,
            ["user"] = (await tenant.UsersAsync())[0].Name, ["expiresIn"] = 999_999_999, ["scope"] = "profile", ["tokenType"] = "Bearer",
            ["accessToken"] = signedIn["access_token"], ["refreshToken"] = signedIn["refresh_token"], ["code"] = "planted-code",
        };
        Assert.Equal("Affected", await application.WriteAsync("/api/add-token", planted));
        Assert.False(await server.IsGoodAsync(signedIn["access_token"]));
        Assert.Equal("invalid_grant", (await tenant.RefreshAsync(signedIn["refresh_token"]!))["error"]);
        Assert.Equal("Affected", await application.WriteAsync("/api/update-token?id=admin/" + name, planted));
        Assert.False(await server.IsGoodAsync(signedIn["access_token"]));
        Assert.Equal("invalid_grant", (await tenant.TokenAsync(("grant_type", "authorization_code"), ("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret), ("code", "planted-code"), ("redirect_uri", "https://a.example/")))["error"]);
        var shown = (await application.DataAsync("/api/get-token?id=admin/" + name))!;
        Assert.Equal((999_999_999, ""), (shown["expiresIn"]!.GetValue<long>(), Text(shown, "accessToken")));
        var dump = await server.DumpAsync();
        Assert.DoesNotContain(signedIn["access_token"]!, dump, StringComparison.Ordinal);
        Assert.DoesNotContain(signedIn["refresh_token"]!, dump, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_issued_token_can_be_ended_and_not_changed(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await server.NewTenantAsync();
        var signedIn = await tenant.SignInAsync(tenant.Code("mei"), "Mei");
        var (path, application) = ("/api/update-token?id=admin/" + NameOf(signedIn), RowCaller.Of(tenant));

        var refusal = await application.WriteAsync(path, new() { ["user"] = "somebody", ["scope"] = "all" });
        Assert.Equal("a token that was issued can only be ended, by expiresIn 0: user, scope cannot be changed", refusal);
        Assert.Contains("expiresIn cannot be changed", await application.WriteAsync(path, new() { ["expiresIn"] = 1_000_000 }), StringComparison.Ordinal);
        Assert.True(await server.IsGoodAsync(signedIn["access_token"]));

        Assert.Equal("Affected", await application.WriteAsync(path + "&columns=expires_in", new() { ["expiresIn"] = 0, ["user"] = "ignored" }));

        Assert.False(await server.IsGoodAsync(signedIn["access_token"]));
        Assert.Equal("invalid_grant", (await tenant.RefreshAsync(signedIn["refresh_token"]!))["error"]);
        Assert.Equal(0, (await application.DataAsync("/api/get-token?id=admin/" + NameOf(signedIn)))!["expiresIn"]!.GetValue<long>());
        Assert.Equal("update-token", (await tenant.ActionsAsync())[^1]);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_organization_sees_and_ends_its_own_tokens_alone(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var (tenant, other) = (await server.NewTenantAsync(), await server.NewTenantAsync());
        var signedIn = await tenant.SignInAsync(tenant.Code("mei"), "Mei");
        await other.SignInAsync(other.Code("lin"), "Lin");
        var name = NameOf(signedIn);
        foreach (var caller in new[] { RowCaller.Of(other), RowCaller.Bearer(server, signedIn["access_token"]), new RowCaller(server, null) })
        {
            Assert.Equal("Unauthorized operation", await caller.MessageAsync("/api/get-token?id=admin/" + name));
            Assert.Equal("Unauthorized operation", await caller.MessageAsync("/api/get-tokens?owner=admin&organization=" + tenant.Organization));
            Assert.Equal("Unauthorized operation", await caller.WriteAsync("/api/delete-token", new() { ["owner"] = "admin", ["name"] = name }));
            Assert.Equal("Unauthorized operation", await caller.WriteAsync("/api/update-token?id=admin/" + name, new() { ["expiresIn"] = 0 }));
            Assert.Equal("Unauthorized operation", await caller.WriteAsync("/api/add-token", new() { ["owner"] = "admin", ["name"] = "x", ["organization"] = tenant.Organization }));
        }

        Assert.True(await server.IsGoodAsync(signedIn["access_token"]));
        Assert.All((await RowCaller.Of(other).DataAsync("/api/get-tokens?owner=admin"))!.AsArray(), t => Assert.Equal(other.Organization, Text(t!, "organization")));
        Assert.Equal("Unauthorized operation", await RowCaller.Of(tenant).WriteAsync("/api/delete-token", new() { ["owner"] = "admin", ["name"] = name, ["organization"] = other.Organization }));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Pages_hold_issued_and_added_tokens_the_newest_first(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await server.NewTenantAsync();
        var application = RowCaller.Of(tenant);
        var issued = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            server.Clock.Advance(TimeSpan.FromSeconds(1));
            issued.Insert(0, NameOf(await tenant.SignInAsync(tenant.Code("person" + i), "Person")));
        }

        server.Clock.Advance(TimeSpan.FromSeconds(1));
        var added = "added-" + tenant.Organization;
        Assert.Equal("Affected", await application.WriteAsync("/api/add-token", new() { ["owner"] = "admin", ["name"] = added, ["organization"] = tenant.Organization, ["user"] = "zoe, like no openid" }));
        Assert.Equal($"The token: {issued[0]} already exists", await application.WriteAsync("/api/add-token", new() { ["owner"] = "admin", ["name"] = issued[0], ["organization"] = tenant.Organization }));
        Assert.Equal($"The token: {issued[0]} already exists", await application.WriteAsync("/api/update-token?id=admin/" + added, new() { ["name"] = issued[0] }));

        var first = await application.GetAsync("/api/get-tokens?owner=admin&p=1&pageSize=2");
        Assert.Equal([added, issued[0]], Names(first));
        Assert.Equal(4, first["data2"]!.GetValue<long>());
        Assert.Equal([issued[1], issued[2]], Names(await application.GetAsync("/api/get-tokens?owner=admin&p=2&pageSize=2")));
        Assert.Equal([issued[1], issued[2]], Names(await application.GetAsync("/api/get-tokens?owner=admin&p=9&pageSize=2")));
        Assert.Equal([added], Names(await application.GetAsync("/api/get-tokens?owner=admin&p=1&pageSize=9&field=user&value=ZOE,%20like")));
        Assert.Equal([issued[2], issued[1], issued[0], added], Names(await application.GetAsync("/api/get-tokens?owner=admin&p=1&pageSize=9&sortField=createdTime&sortOrder=ascend")));
        Assert.Equal("tokens cannot be sorted by accessToken", await application.MessageAsync("/api/get-tokens?owner=admin&p=1&pageSize=9&sortField=accessToken"));
        Assert.Equal("Affected", await application.WriteAsync("/api/delete-token", new() { ["owner"] = "admin", ["name"] = added }));
        Assert.Equal("Unaffected", await application.WriteAsync("/api/delete-token", new() { ["owner"] = "admin", ["name"] = added, ["organization"] = "" }));
        Assert.Equal(issued, Names(await application.GetAsync("/api/get-tokens?owner=admin")));
    }

    private static string NameOf(Answer signedIn) => signedIn.Claims("access_token").GetProperty("jti").GetString()!["admin/".Length..];

    private static IEnumerable<string> Names(JsonNode answer) => answer["data"]!.AsArray().Select(t => Text(t!, "name"));

    private static string Text(JsonNode document, string property) => document[property]!.GetValue<string>();
}
