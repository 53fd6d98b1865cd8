using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Accounts;

public sealed class SessionTests(Servers servers)
{
    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_password_opens_a_session_and_signing_out_ends_it(DatabaseDriver driver)
    {
        await using var host = await AccountsHost.StartAsync(await servers.OnAsync(driver));
        var id = await host.AddUserAsync(host.Tenant.Organization, "ann", "right-password");

        var login = await host.LoginAsync("ann", "right-password");

        Assert.Equal($"{host.Tenant.Organization}/ann", login["data"]);
        var attributes = login.Headers.GetValues("Set-Cookie").Single();
        Assert.Contains("; httponly", attributes, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("; samesite=lax", attributes, StringComparison.OrdinalIgnoreCase);
        var cookie = AccountsHost.Cookie(login);
        var account = await host.SendAsync(HttpMethod.Get, "/api/get-account", headers: ("Cookie", cookie));
        Assert.Equal((id, "ann"), (account["sub"], account["name"]));
        Assert.Equal(host.Tenant.Organization, account.Body.GetProperty("data2").GetProperty("name").GetString());
        Assert.DoesNotContain(cookie.Split('=')[1], await host.Tenant.Server.DumpAsync(), StringComparison.Ordinal);

        var logout = await host.SendAsync(HttpMethod.Post, "/api/logout", headers: ("Cookie", cookie));

        Assert.Equal($"{host.Tenant.Organization}/ann", logout["data"]);
        Assert.Equal("Please login first", (await host.SendAsync(HttpMethod.Get, "/api/get-account", headers: ("Cookie", cookie)))["msg"]);
        Assert.Equal(["signin", "logout"], await host.ActionsAsync());
    }

    [Theory]
    [InlineData("text/plain", null, null, false)]
    [InlineData("application/json", "https://evil.example", null, false)]
    [InlineData("application/json", null, "cross-site", false)]
    [InlineData("application/json", null, "same-site", false)]
    [InlineData("application/json", null, null, true)]
    [InlineData("application/json", "http://postern.test", "same-origin", true)]
    public async Task A_write_by_cookie_must_come_from_this_site_as_JSON(string contentType, string? origin, string? site, bool isLetIn)
    {
        await using var host = await AccountsHost.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        await host.AddUserAsync(host.Tenant.Organization, "ann", "right-password");
        var headers = new List<(string, string)> { ("Cookie", AccountsHost.Cookie(await host.LoginAsync("ann", "right-password"))) };
        headers.AddRange(origin is null ? [] : [("Origin", origin)]);
        headers.AddRange(site is null ? [] : [("Sec-Fetch-Site", site)]);

        var answer = await host.SendAsync(HttpMethod.Post, "/api/update-user", null, """{"displayName":"Ann"}""", contentType, [.. headers]);

        Assert.Equal(isLetIn ? "ok" : "error", answer["status"]);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Wrong_passwords_shut_a_known_and_an_unknown_name_alike(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        await using var host = await AccountsHost.StartAsync(server);
        await host.AddUserAsync(host.Tenant.Organization, "ann", "right-password");
        for (var left = 4; left >= 0; left--)
        {
            var known = await host.LoginAsync("ann", "wrong");
            Assert.Equal($"password or code is incorrect, you have {left} remaining chances", known["msg"]);
            Assert.Equal(known.Text, (await host.LoginAsync("nobody", "wrong")).Text);
        }

        var shut = await host.LoginAsync("ann", "right-password");

        Assert.Equal("You have entered the wrong password or code too many times, please wait for 15 minutes and try again", shut["msg"]);
        Assert.Equal(shut.Text, (await host.LoginAsync("nobody", "wrong")).Text);
        server.Clock.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal("ok", (await host.LoginAsync("ann", "right-password"))["status"]);
        Assert.Equal(0, (await host.Tenant.UsersAsync())[0].SigninWrongTimes);
    }

    [Fact]
    public async Task Forty_wrong_passwords_at_once_count_no_more_than_the_limit()
    {
        await using var host = await AccountsHost.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        await host.AddUserAsync(host.Tenant.Organization, "ann", "right-password");

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => host.LoginAsync("ann", "wrong")));

        Assert.Equal(5, answers.Count(a => a["msg"]!.Contains("remaining chances", StringComparison.Ordinal)));
        Assert.Equal(5, (await host.Tenant.UsersAsync())[0].SigninWrongTimes);
        // One who comes when the others are counted is told to wait, which leaves a record of its own.
        Assert.Equal(5, await host.Tenant.Server.ScalarAsync<long>("select count(*) from records where organization = @Organization and detail = 'wrong password'", new { host.Tenant.Organization }));
    }

    [Fact]
    public async Task Closed_sign_ins_are_closed()
    {
        await using var host = await AccountsHost.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        await host.AddUserAsync(host.Tenant.Organization, "ann", "right-password");
        async Task<string?> AfterAsync(string sql)
        {
            await host.ExecuteAsync(sql, new { host.Tenant.Application, host.Tenant.Organization });
            return (await host.LoginAsync("ann", "right-password"))["msg"];
        }

        Assert.Contains("forbidden", await AfterAsync("update users set is_forbidden = true where owner = @Organization"), StringComparison.Ordinal);
        Assert.Contains("remaining chances", await AfterAsync("update users set is_deleted = true where owner = @Organization"), StringComparison.Ordinal);
        Assert.Contains("not enabled", await AfterAsync("update applications set enable_password = false where name = @Application"), StringComparison.Ordinal);
        Assert.Contains("disabled", await AfterAsync("update applications set disable_signin = true where name = @Application"), StringComparison.Ordinal);
        Assert.Contains("does not belong", (await host.LoginAsync("ann", "x", "other"))["msg"], StringComparison.Ordinal);
    }
}
