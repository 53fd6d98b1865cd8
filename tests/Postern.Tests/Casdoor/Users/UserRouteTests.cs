using System.Text.Json.Nodes;
using Postern.Storage.Databases;
using Postern.Tests.Casdoor.Rows;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Users;

/// <summary><c>check-user-password</c>, <c>remove-user-from-group</c>, <c>get-email-and-phone</c>.</summary>
public sealed class UserRouteTests(Servers servers)
{
    private const string Denied = "Unauthorized operation";

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_password_is_checked_for_the_organizations_own_under_the_lock_out(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var (tenant, other) = (await server.NewOrganizationAsync(), await server.NewOrganizationAsync());
        foreach (var name in new[] { "ann", "bob" })
        {
            await tenant.AddUserAsync(name);
        }

        await tenant.AddUserAsync("gone", ("isForbidden", true));
        var boss = await tenant.NewAdministratorAsync();
        foreach (var caller in new[] { boss, RowCaller.Of(tenant) })
        {
            Assert.Equal("", await CheckAsync(caller, "ann", PasswordUsers.Password));
            Assert.Equal("Password cannot be empty", await CheckAsync(caller, "ann", ""));
            // The .NET client sends back what it read.
            Assert.Equal("password or code is incorrect", await CheckAsync(caller, "ann", "***"));
            Assert.Equal($"The user: {tenant.Organization}/ghost doesn't exist", await CheckAsync(caller, "ghost", "x"));
            Assert.Equal("The user is forbidden to sign in, please contact the administrator", await CheckAsync(caller, "gone", PasswordUsers.Password));
            Assert.Equal("Password is too long", await CheckAsync(caller, "ann", new string('x', 1001)));
        }

        foreach (var caller in new[] { await other.NewAdministratorAsync(), RowCaller.Of(other), await tenant.CallerAsync("bob"), new RowCaller(server, null) })
        {
            Assert.Contains(await CheckAsync(caller, "ann", PasswordUsers.Password), new[] { Denied, "Please login first" });
        }

        for (var left = 4; left >= 0; left--)
        {
            Assert.Equal($"password or code is incorrect, you have {left} remaining chances", await CheckAsync(boss, "ann", "canary-wrong"));
        }

        Assert.StartsWith("You have entered the wrong password or code too many times", await CheckAsync(boss, "ann", PasswordUsers.Password), StringComparison.Ordinal);
        Assert.Equal("invalid_grant", (await tenant.PasswordTokensAsync("ann"))["error"]);
        Assert.Equal(5, (await tenant.ActionsAsync()).Count(a => a == "check-user-password-refused"));
        Assert.DoesNotContain("canary-", await server.DumpAsync() + string.Join('\n', server.Log.Lines), StringComparison.Ordinal);

        Task<string> CheckAsync(RowCaller caller, string name, string password) => caller.WriteAsync(
            $"/api/check-user-password?id={tenant.Organization}/{name}", new() { ["owner"] = tenant.Organization, ["name"] = name, ["password"] = password });
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_user_is_taken_out_of_one_group(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var (tenant, other) = (await server.NewOrganizationAsync(), await server.NewOrganizationAsync());
        var (team, crew, rest) = ("team-" + tenant.Organization, "crew-" + tenant.Organization, "rest-" + tenant.Organization);
        foreach (var group in new[] { team, crew, rest })
        {
            await RowCaller.Of(tenant).WriteAsync("/api/add-group", new() { ["owner"] = tenant.Organization, ["name"] = group });
        }

        await tenant.AddUserAsync("ann", ("groups", new JsonArray([.. new[] { team, crew, rest }.Select(g => (JsonNode)$"{tenant.Organization}/{g}")])));
        var boss = await tenant.NewAdministratorAsync();
        foreach (var caller in new[] { await other.NewAdministratorAsync(), RowCaller.Of(other), await tenant.CallerAsync("ann") })
        {
            Assert.Equal(Denied, RowCaller.Outcome(await RemoveAsync(caller, "ann", team)));
        }

        Assert.True((await RemoveAsync(boss, "ann", team))["data"]!.GetValue<bool>());
        Assert.False((await RemoveAsync(boss, "ann", team))["data"]!.GetValue<bool>());
        Assert.True((await RemoveAsync(RowCaller.Of(tenant), "ann", $"{tenant.Organization}/{rest}"))["data"]!.GetValue<bool>());
        Assert.Equal($"The user: {tenant.Organization}/ghost doesn't exist", RowCaller.Outcome(await RemoveAsync(boss, "ghost", crew)));
        Assert.Equal("Missing parameter", RowCaller.Outcome(await RemoveAsync(boss, "ann", "")));

        Assert.Equal($"[\"{tenant.Organization}/{crew}\"]", (await tenant.UserAsync("ann"))!["groups"]!.ToJsonString());
        Assert.Empty((await RowCaller.Of(tenant).DataAsync("/api/get-users?groupName=" + team))!.AsArray());
        Assert.Equal(2, (await tenant.DoneAsync()).Count(a => a == "remove-user-from-group"));

        Task<JsonNode> RemoveAsync(RowCaller caller, string name, string group) =>
            caller.PostAsync("/api/remove-user-from-group", Members.Form(("owner", tenant.Organization), ("name", name), ("groupName", group)));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Whoever_asks_where_to_write_to_a_user_does_not_learn_who_exists(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await server.NewOrganizationAsync();
        await tenant.AddUserAsync("ann", ("email", "ann.lee@example.com"), ("phone", "13912345678"));
        await tenant.AddUserAsync("bob");
        var foreign = await (await server.NewOrganizationAsync()).NewAdministratorAsync();
        foreach (var caller in new[] { new RowCaller(server, null), await tenant.CallerAsync("bob"), foreign })
        {
            foreach (var (known, unknown, kind) in new[] { ("ann", "zoe", "username"), ("ann.lee@example.com", "zoe.lee@example.com", "email"), ("13912345678", "13900000000", "phone") })
            {
                var (of, ofNobody) = (await AskAsync(caller, known), await AskAsync(caller, unknown));
                Assert.Equal((kind, of.ToJsonString()), (of["data2"]!.GetValue<string>(), ofNobody.ToJsonString().Replace(unknown, known, StringComparison.Ordinal)));
            }

            Assert.DoesNotContain("5678", (await AskAsync(caller, "ann")).ToJsonString(), StringComparison.Ordinal);
        }

        foreach (var caller in new[] { await tenant.CallerAsync("ann"), RowCaller.Of(tenant) })
        {
            var shown = (await AskAsync(caller, "ann"))["data"]!;
            Assert.Equal(("ann", "a****@example.com", "139****5678", ""), (Text("name"), Text("email"), Text("phone"), Text("id")));

            string Text(string property) => shown[property]!.GetValue<string>();
        }

        Assert.Equal("Missing parameter", await foreign.MessageAsync("/api/get-email-and-phone?username=ann"));

        Task<JsonNode> AskAsync(RowCaller caller, string username) => caller.GetAsync($"/api/get-email-and-phone?organization={tenant.Organization}&username={Uri.EscapeDataString(username)}");
    }
}
