using System.Text.Json.Nodes;
using Dapper;
using Postern.Storage.Databases;
using Postern.Tests.Casdoor.Rows;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Users;

/// <summary>Which user a write is about, where there are several ways to name one.</summary>
public sealed class TargetTests(Servers servers)
{
    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_call_that_names_two_users_is_refused_and_changes_neither(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var (tenant, other) = (await server.NewOrganizationAsync(), await server.NewTenantAsync());
        var (org, foreign) = (tenant.Organization, other.Organization);
        var boss = await tenant.NewAdministratorAsync();
        var (ann, bob, eve) = (await tenant.AddUserAsync("ann"), await tenant.AddUserAsync("bob"), await other.AddUserAsync("eve"));
        var member = await tenant.CallerAsync("bob");
        var global = await server.GlobalAdministratorAsync();
        var before = await StateAsync();

        // As the user, as the user's administrator, and as a caller that may change all users.
        foreach (var caller in new[] { member, boss, global })
        {
            foreach (var query in new[]
            {
                $"id={org}/ann&userId={bob}", $"id={org}/bob&userId={ann}", $"id={org}/bob&userId={eve}", $"id={org}/bob&userId=nobody", $"id={org}/bob&owner={foreign}",
                $"id={org}/bob&owner={foreign}&userId={bob}", $"owner={foreign}&userId={bob}", $"owner={org}&userId={eve}", "userId=nobody", $"id={foreign}/eve&userId={bob}",
            })
            {
                await RefusedAsync(caller, "/api/update-user?" + query, Json(new() { ["displayName"] = "changed" }));
            }

            // The body names another organization or another id than the query.
            foreach (var (query, body) in new (string, JsonObject)[]
            {
                ($"id={org}/bob", new() { ["id"] = ann }), ($"id={org}/bob", new() { ["owner"] = foreign }), ($"userId={bob}", new() { ["id"] = ann }),
                ($"userId={bob}", new() { ["owner"] = foreign, ["name"] = "eve" }), ("", new() { ["owner"] = org, ["name"] = "bob", ["id"] = ann }), ("", new() { ["name"] = "ann" }), ("", new() { ["owner"] = foreign }),
            })
            {
                body["displayName"] = "changed";
                await RefusedAsync(caller, "/api/update-user?" + query, Json(body));
            }

            foreach (var fields in new (string, string)[][]
            {
                [("userOwner", org), ("userName", "bob"), ("owner", org), ("name", "ann")], [("userOwner", org), ("userName", "bob"), ("owner", foreign)],
                [("userOwner", org), ("userName", "bob"), ("id", org + "/ann")], [("owner", org), ("name", "bob"), ("id", foreign + "/bob")],
            })
            {
                (string, string)[] passwords = [("oldPassword", PasswordUsers.Password), ("newPassword", "another-Password-2")];
                await RefusedAsync(caller, "/api/set-password", Members.Form([.. fields, .. passwords]));
                await RefusedAsync(caller, "/api/set-password", Json(new([.. fields.Concat(passwords).Select(f => KeyValuePair.Create(f.Item1, (JsonNode?)f.Item2))])));
                await RefusedAsync(caller, "/api/set-password?" + string.Join('&', fields.Select(f => $"{f.Item1}={f.Item2}")), Members.Form(passwords));
            }

            await RefusedAsync(caller, $"/api/set-password?userName=ann", Members.Form(("userOwner", org), ("userName", "bob"), ("oldPassword", PasswordUsers.Password), ("newPassword", "another-Password-2")));
            await RefusedAsync(caller, $"/api/check-user-password?id={org}/bob", Json(new() { ["owner"] = org, ["name"] = "ann", ["password"] = PasswordUsers.Password }));
            await RefusedAsync(caller, "/api/remove-user-from-group", Members.Form(("id", org + "/ann"), ("owner", org), ("name", "bob"), ("groupName", "staff")));
        }

        Assert.Equal(before, await StateAsync());

        static HttpContent Json(JsonObject body) => new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json");

        async Task RefusedAsync(RowCaller caller, string path, HttpContent content)
        {
            var sent = await content.ReadAsStringAsync();
            var answer = await caller.PostAsync(path, content);
            Assert.True(answer["status"]!.ToString() == "error" && answer["msg"]!.ToString().Length > 5, $"{path} {sent} was answered with {answer.ToJsonString()}");
        }

        async Task<string> StateAsync() => string.Join('\n', await server.Database.ReadAsync(c => c.QueryAsync<string>(
            "select owner || '/' || name || ' ' || display_name || ' ' || password || ' ' || signin_wrong_times from users where owner in (@org, @foreign) or owner = 'built-in' and name = @root order by id",
            new { org, foreign, root = "root-" + org })));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_user_id_alone_names_its_user_and_never_the_caller(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var (tenant, other) = (await server.NewOrganizationAsync(), await server.NewTenantAsync());
        var boss = await tenant.NewAdministratorAsync();
        var (ann, bob, eve) = (await tenant.AddUserAsync("ann"), await tenant.AddUserAsync("bob"), await other.AddUserAsync("eve"));
        var (member, global) = (await tenant.CallerAsync("bob"), await server.GlobalAdministratorAsync());

        Assert.Equal("Affected", await NameAsync(boss, ann, "by boss"));
        Assert.Equal("Unauthorized operation", await NameAsync(member, ann, "by bob"));
        Assert.Equal("Affected", await NameAsync(member, bob, "by himself"));
        // Another organization's user is as one who does not exist.
        Assert.Equal(["The user: @ doesn't exist", "The user: @ doesn't exist"], [(await NameAsync(boss, eve, "x")).Replace(eve, "@", StringComparison.Ordinal), (await NameAsync(boss, "0000", "x")).Replace("0000", "@", StringComparison.Ordinal)]);
        Assert.Equal(["Unauthorized operation", "Unauthorized operation"], [await NameAsync(member, eve, "x"), await NameAsync(member, "0000", "x")]);
        Assert.Equal("Affected", await NameAsync(global, eve, "by root"));
        Assert.Equal("Affected", await boss.WriteAsync($"/api/update-user?id={tenant.Organization}/ann&userId={ann}&owner={tenant.Organization}", new() { ["title"] = "Dr" }));
        Assert.Equal(["by boss", "by himself", "", "by root"], [await ShownAsync(tenant, "ann"), await ShownAsync(tenant, "bob"), await ShownAsync(tenant, "boss"), await ShownAsync(other, "eve")]);

        Task<string> NameAsync(RowCaller caller, string userId, string name) => caller.WriteAsync("/api/update-user?userId=" + userId, new() { ["displayName"] = name });
        async Task<string> ShownAsync(Tenant of, string name) => (await of.UserAsync(name))!["displayName"]!.ToString();
    }
}
