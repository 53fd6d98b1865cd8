using Microsoft.Extensions.DependencyInjection;
using Postern.AuthorizationServer.Refusals;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.AuditTrail;

/// <summary>Refusals of known callers leave records, and fill no disk (docs/design/write-path.md).</summary>
public sealed class RefusalRecordTests(Servers servers)
{
    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_denied_caller_leaves_one_record_a_minute_and_action_and_the_rest_is_counted(DatabaseDriver driver)
    {
        // Its own server: on a shared one, other tests use up the names that are counted separately in a minute.
        await using var server = await TestServer.StartAsync(driver);
        var trail = await Trail.OfAsync(server);
        var alice = await trail.UserAsync("alice");
        for (var i = 0; i < 6; i++)
        {
            Assert.Equal("Unauthorized operation", (await trail.Server.PostJsonAsync("/api/add-provider?id=admin/mine", """{"owner":"admin","name":"mine"}""", alice))["msg"]);
        }

        Assert.Equal("Unauthorized operation", (await trail.Server.PostJsonAsync("/api/update-user?id=built-in/admin", """{"displayName":"x"}""", alice))["msg"]);
        Assert.Equal(Trail.AdministratorsOnly, (await trail.Server.GetAsync("/api/get-records", alice))["msg"]);
        await trail.Server.Services.GetRequiredService<RefusalCounts>().FlushAsync();

        const string Added = "action = 'add-provider' and verdict = 'denied' and user_name = 'alice' and object = 'admin/mine' and client_ip = '127.0.0.1'";
        var written = await trail.CountAsync(Added);
        Assert.Equal(await trail.Server.ScalarAsync<long>($"select count(distinct created_time / 60000) from records where organization = @Organization and {Added}", new { trail.Organization }), written);
        Assert.Equal(6, written + await trail.Server.ScalarAsync<long>("select coalesce(sum(total), 0) from refusal_counts where client = @ClientId and reason = 'denied'", new { trail.Tenant.ClientId }));
        Assert.Equal(1, await trail.CountAsync("action = 'update-user' and verdict = 'denied' and object = 'built-in/admin'"));
        Assert.Equal(1, await trail.CountAsync("action = 'get-records' and verdict = 'denied'"));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task What_a_caller_writes_instead_of_an_id_is_not_kept(DatabaseDriver driver)
    {
        var trail = await Trail.OfAsync(await servers.OnAsync(driver));
        var alice = await trail.UserAsync("alice");
        await trail.Server.GetAsync("/api/get-certs?id=canary-token", alice);
        await trail.Server.GetAsync("/api/get-providers?id=a/%01", alice);
        Assert.Equal(2, await trail.CountAsync("action in ('get-certs', 'get-providers') and verdict = 'denied' and object = ''"));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Wrong_passwords_the_lock_out_and_a_ban_leave_records(DatabaseDriver driver)
    {
        var trail = await Trail.OfAsync(await servers.OnAsync(driver));
        await trail.Tenant.AddUserAsync("alice");
        await trail.Tenant.AddUserAsync("bob", ("isForbidden", true));
        for (var i = 0; i < 8; i++)
        {
            await trail.SignInAsync("alice", "wrong");
        }

        await trail.SignInAsync("bob");
        await trail.SignInAsync("nobody-of-this-name", "wrong");
        Assert.Equal(5, await trail.CountAsync("action = 'signin-refused' and verdict = 'refused' and user_name = 'alice' and detail = 'wrong password'"));
        Assert.InRange(await trail.CountAsync("action = 'signin-refused' and verdict = 'refused' and user_name = 'alice' and detail = 'locked out'"), 1, 2);
        Assert.Equal(1, await trail.CountAsync("action = 'signin-refused' and verdict = 'refused' and user_name = 'bob' and detail = 'user is forbidden'"));
        Assert.Equal(7, await trail.CountAsync("1 = 1") + (1 - Math.Min(1, await trail.CountAsync("detail = 'locked out'"))));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_forbidden_user_who_comes_from_WeChat_leaves_a_record(DatabaseDriver driver)
    {
        var trail = await Trail.OfAsync(await servers.OnAsync(driver));
        Assert.Equal(200, (await trail.Tenant.SignInAsync(trail.Tenant.Code("mei"), "mei")).Status);
        await trail.Server.ExecuteAsync("update users set is_forbidden = true where owner = @Organization", new { trail.Organization });
        var refused = await trail.Tenant.SignInAsync(trail.Tenant.Code("mei"), "mei");
        Assert.Equal("the user is forbidden to sign in, please contact the administrator", refused["error_description"]);
        Assert.Equal(1, await trail.CountAsync("action = 'signin-refused' and verdict = 'refused' and user_name = 'mei' and detail = 'user is forbidden'"));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_token_of_a_forbidden_user_leaves_a_record(DatabaseDriver driver)
    {
        var trail = await Trail.OfAsync(await servers.OnAsync(driver));
        var alice = await trail.UserAsync("alice");
        await trail.Server.ExecuteAsync("update users set is_forbidden = true where owner = @Organization", new { trail.Organization });
        Assert.Equal("The user is forbidden to sign in, please contact the administrator", (await trail.Server.GetAsync("/api/get-account", alice))["msg"]);
        Assert.Equal(1, await trail.CountAsync("action = 'token-refused' and verdict = 'refused' and user_name = 'alice' and detail = 'user is forbidden' and request_uri = '/api/get-account'"));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Token_events_leave_records(DatabaseDriver driver)
    {
        var trail = await Trail.OfAsync(await servers.OnAsync(driver));
        var signedIn = await trail.Tenant.SignInAsync(trail.Tenant.Code("mei"), "mei");
        var refreshed = await trail.Tenant.RefreshAsync(signedIn["refresh_token"]!);
        Assert.Equal(200, refreshed.Status);
        await trail.Tenant.RefreshAsync(refreshed["refresh_token"]!);
        Assert.Equal(400, (await trail.Tenant.RefreshAsync(signedIn["refresh_token"]!)).Status);
        await trail.Server.ExecuteAsync("update refresh_tokens set used_time = 1 where used_time is not null");
        Assert.Equal(400, (await trail.Tenant.RefreshAsync(signedIn["refresh_token"]!)).Status);
        var again = await trail.Tenant.SignInAsync(trail.Tenant.Code("mei"), "mei");
        await trail.Server.PostFormAsync("/api/login/oauth/revoke", [("token", again["refresh_token"]!), ("client_id", trail.Tenant.ClientId)]);
        await trail.Tenant.TokenAsync(("grant_type", "client_credentials"), ("client_id", trail.Tenant.ClientId), ("client_secret", trail.Tenant.ClientSecret));

        var records = await trail.ListAsync(trail.Application);
        Assert.Equal(
            [
                "new-user ok", "refresh-token ok", "refresh-token ok", "refresh-token-refused refused", "refresh-token-replayed refused", "signin ok", "revoke-token ok", "client-credentials ok",
            ],
            records.Reverse().Select(r => $"{Trail.Text(r, "action")} {Trail.Text(r, "verdict")}"));
    }
}
