using System.Text.Json.Nodes;
using Postern.Storage.Databases;
using Postern.Tests.Casdoor.Rows;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Users;

/// <summary>What an organization's administrators do with its users, and with no others.</summary>
public sealed class OrganizationAdministratorTests(Servers servers)
{
    private const string Denied = "Unauthorized operation";

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task They_change_their_own_users_and_nobody_of_built_in_or_another_organization(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var (tenant, other) = (await server.NewOrganizationAsync(), await server.NewOrganizationAsync());
        await tenant.AddUserAsync("ann");
        var foreignId = await other.AddUserAsync("ann");
        var builtIn = "chief-" + tenant.Organization;
        var builtInId = await server.AddUserAsync("built-in", builtIn, ("isAdmin", true));
        foreach (var caller in new[] { await tenant.NewAdministratorAsync(), RowCaller.Of(tenant) })
        {
            Assert.Equal("Affected", await caller.WriteAsync($"/api/update-user?id={tenant.Organization}/ann", new() { ["score"] = 9, ["tag"] = "vip" }));
            foreach (var (owner, name, id) in new[] { (other.Organization, "ann", foreignId), ("built-in", builtIn, builtInId) })
            {
                JsonObject Change() => new() { ["owner"] = owner, ["name"] = name, ["displayName"] = "taken", ["isAdmin"] = true, ["isForbidden"] = true };
                foreach (var query in new[] { $"?id={owner}/{name}", $"?owner={owner}&userId={id}", "", $"?id={owner}/{name}&columns=is_forbidden", $"?owner={tenant.Organization}&userId={id}" })
                {
                    var outcome = await caller.WriteAsync("/api/update-user" + query, Change());
                    Assert.True(outcome is Denied || outcome == $"The user: {id} doesn't exist", $"{query}: {outcome}");
                }

                // The query names a user of their own, the body the other: only the first could be meant.
                Assert.NotEqual("Affected", await caller.WriteAsync($"/api/update-user?id={tenant.Organization}/ann", Change()));
                Assert.Equal(Denied, await caller.WriteAsync("/api/delete-user", Change()));
                Assert.Equal(Denied, await caller.WriteAsync("/api/add-user", new() { ["owner"] = owner, ["name"] = "new" }));
            }
        }

        Assert.Equal(2, await server.ScalarAsync<long>(
            "select count(*) from users where id in (@foreignId, @builtInId) and display_name = '' and not is_forbidden and (is_admin = (owner = 'built-in'))", new { foreignId, builtInId }));
        Assert.Equal(9, (await tenant.UserAsync("ann"))!["score"]!.GetValue<int>());
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task They_move_nobody_and_make_administrators_of_their_own_organization_only(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var (tenant, other) = (await server.NewOrganizationAsync(), await server.NewOrganizationAsync());
        var id = await tenant.AddUserAsync("ann");
        await tenant.AddUserAsync("bob");
        var boss = await tenant.NewAdministratorAsync();
        foreach (var owner in new[] { other.Organization, "built-in" })
        {
            foreach (var columns in new[] { "", "&columns=owner", "&columns=owner,is_admin" })
            {
                Assert.NotEqual("Affected", await boss.WriteAsync($"/api/update-user?id={tenant.Organization}/ann{columns}", new() { ["owner"] = owner, ["name"] = "ann", ["isAdmin"] = true }));
            }
        }

        foreach (var change in new[] { "id", "updatedTime", "passwordType", "totpSecret" })
        {
            await boss.WriteAsync($"/api/update-user?id={tenant.Organization}/ann&columns={change}", new() { [change] = "x" });
        }

        Assert.Equal((tenant.Organization, "postern", false), (await server.ScalarAsync<string>("select owner from users where id = @id", new { id }),
            await server.ScalarAsync<string>("select password_type from users where id = @id", new { id }), (await tenant.UserAsync("ann"))!["isAdmin"]!.GetValue<bool>()));

        Assert.Equal("Affected", await boss.WriteAsync($"/api/update-user?id={tenant.Organization}/ann", new() { ["isAdmin"] = true }));
        var ann = await tenant.CallerAsync("ann");
        Assert.Equal("Affected", await ann.WriteAsync($"/api/update-user?id={tenant.Organization}/bob", new() { ["tag"] = "by ann" }));
        // An administrator of an organization, and no global one.
        Assert.Equal(Denied, await ann.MessageAsync($"/api/get-users?owner={other.Organization}"));
        Assert.Equal(Denied, await ann.WriteAsync("/api/add-organization", new() { ["owner"] = "admin", ["name"] = "mine" }));
        // No user makes himself one.
        Assert.Equal("Only admin can modify the isAdmin.", await (await tenant.CallerAsync("bob")).WriteAsync($"/api/update-user?id={tenant.Organization}/bob", new() { ["isAdmin"] = true }));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Who_is_forbidden_or_deleted_is_signed_out_everywhere_at_once(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await server.NewOrganizationAsync();
        var boss = await tenant.NewAdministratorAsync();
        foreach (var (way, isSoft) in new[] { ("isForbidden", false), ("isDeleted", false), ("delete-user", false), ("delete-user", true), ("himself", false), ("himself", true) })
        {
            await server.ExecuteAsync("update organizations set enable_soft_deletion = @isSoft where name = @Organization", new { isSoft, tenant.Organization });
            var name = $"{way}-{isSoft}".ToUpperInvariant();
            await tenant.AddUserAsync(name);
            var (tokens, named) = (await tenant.PasswordTokensAsync(name), new JsonObject { ["owner"] = tenant.Organization, ["name"] = name });
            using var browser = await Visitor.SignedInAsync(tenant, name);
            Assert.Equal((way, true, "True"), (way, await server.IsGoodAsync(tokens["access_token"]), await IsActiveAsync(tenant, tokens["access_token"]!)));

            Assert.Equal((way, "Affected"), (way, way switch
            {
                "delete-user" => await boss.WriteAsync("/api/delete-user", named),
                "himself" => await RowCaller.Bearer(server, tokens["access_token"]).WriteAsync("/api/delete-user", named),
                _ => await boss.WriteAsync($"/api/update-user?id={tenant.Organization}/{name}", new() { [way] = true }),
            }));

            Assert.Equal((way, 401), (way, (await server.GetAsync("/api/userinfo", "Bearer " + tokens["access_token"])).Status));
            Assert.Equal((way, "False", "False"), (way, await IsActiveAsync(tenant, tokens["access_token"]!), await IsActiveAsync(tenant, tokens["refresh_token"]!)));
            Assert.Equal((way, "invalid_grant"), (way, (await tenant.RefreshAsync(tokens["refresh_token"]!, ("client_secret", tenant.ClientSecret)))["error"]));
            Assert.Equal((way, "error"), (way, (await server.GetAsync("/api/get-account", "Bearer " + tokens["access_token"]))["status"]));
            Assert.DoesNotContain("\"ok\"", (await browser.GetAsync("/api/get-account")).Text, StringComparison.Ordinal);
            Assert.Equal((way, "invalid_grant"), (way, (await tenant.PasswordTokensAsync(name))["error"]));
        }
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_password_that_they_write_signs_out_whoever_knew_the_old_one(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await server.NewOrganizationAsync();
        await tenant.AddUserAsync("ann");
        var (boss, tokens) = (await tenant.NewAdministratorAsync(), await tenant.PasswordTokensAsync("ann"));

        Assert.Equal("Affected", await boss.WriteAsync($"/api/update-user?id={tenant.Organization}/ann", new() { ["tag"] = "x", ["password"] = "***" }));
        Assert.True(await server.IsGoodAsync(tokens["access_token"]));
        Assert.Equal("Affected", await boss.WriteAsync($"/api/update-user?id={tenant.Organization}/ann", new() { ["password"] = "Another-Password-2" }));

        Assert.False(await server.IsGoodAsync(tokens["access_token"]));
        Assert.NotNull((await tenant.PasswordTokensAsync("ann", "Another-Password-2"))["access_token"]);
        // The administrator's own sign-in stays.
        Assert.Equal("Affected", await boss.WriteAsync($"/api/update-user?id={tenant.Organization}/boss", new() { ["password"] = "Another-Password-3" }));
        Assert.Equal("ok", (await boss.GetAsync("/api/get-account"))["status"]!.GetValue<string>());
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_time_of_a_deletion_is_kept_while_it_stands(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var tenant = await server.NewOrganizationAsync();
        await tenant.AddUserAsync("ann");
        var application = RowCaller.Of(tenant);
        var path = $"/api/update-user?id={tenant.Organization}/ann";

        Assert.Equal("Affected", await application.WriteAsync(path + "&columns=is_deleted", new() { ["isDeleted"] = true, ["deletedTime"] = "2001-01-01T00:00:00Z" }));
        var deleted = await TimeAsync();
        Assert.StartsWith(server.Clock.GetUtcNow().ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture), deleted, StringComparison.Ordinal);

        server.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal("Affected", await application.WriteAsync(path, new() { ["isDeleted"] = true, ["tag"] = "x" }));
        Assert.Equal(deleted, await TimeAsync());

        Assert.Equal("Affected", await application.WriteAsync(path, new() { ["isDeleted"] = false }));
        Assert.Equal("", await TimeAsync());
        Assert.NotNull((await tenant.PasswordTokensAsync("ann"))["access_token"]);

        async Task<string> TimeAsync() => (await tenant.UserAsync("ann"))!["deletedTime"]!.GetValue<string>();
    }

    private static async Task<string?> IsActiveAsync(Tenant tenant, string token) =>
        (await tenant.Server.PostFormAsync("/api/login/oauth/introspect", [("token", token)], Api.Basic(tenant.ClientId, tenant.ClientSecret)))["active"];
}
