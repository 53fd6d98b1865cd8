using System.Text.Json;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Rfc8628;

public sealed class DeviceGrantTests(Servers servers)
{
    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_device_waits_until_its_user_allows_it_and_then_is_signed_in_as_him(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await Device.NewTenantAsync(server);
        var id = await tenant.AddUserAsync("alice");
        var device = await Device.StartAsync(tenant);
        using var alice = await Visitor.SignedInAsync(tenant, "alice");

        Assert.Equal("authorization_pending", await device.PollRefusalAsync());
        var confirm = await Device.TypeAsync(alice, device.UserCode);
        Assert.Contains(device.UserCode, confirm.Text, StringComparison.Ordinal);
        Assert.Contains("See your profile", confirm.Text, StringComparison.Ordinal);
        Assert.Equal(200, (await alice.SubmitAsync(confirm, ("decision", "allow"))).Status);

        server.Clock.Advance(TimeSpan.FromSeconds(6));
        var tokens = await device.PollAsync();
        Assert.Equal((200, "Bearer", "openid profile"), (tokens.Status, tokens["token_type"], tokens["scope"]));
        Assert.NotNull(tokens["refresh_token"]);
        var claims = tokens.Claims("id_token");
        Assert.Equal((id, tenant.ClientId, "pwd"), (claims.GetProperty("sub").GetString(), claims.GetProperty("aud").ToString().Trim('[', ']', '"'), claims.GetProperty("amr")[0].GetString()));
        Assert.Equal(id, (await server.GetAsync("/api/userinfo", "Bearer " + tokens["access_token"]))["sub"]);
        Assert.Contains("device-approved", await tenant.ActionsAsync());
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Each_poll_that_comes_too_soon_makes_the_wait_five_seconds_longer_for_good(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var device = await Device.StartAsync(await Device.NewTenantAsync(server));

        async Task ExpectAsync(int after, string error)
        {
            server.Clock.Advance(TimeSpan.FromSeconds(after));
            Assert.Equal(error, await device.PollRefusalAsync());
        }

        // The clock also runs by itself: each step keeps two seconds from the border.
        await ExpectAsync(0, "authorization_pending");
        await ExpectAsync(7, "authorization_pending");
        await ExpectAsync(0, "slow_down");
        await ExpectAsync(7, "slow_down");
        await ExpectAsync(17, "authorization_pending");
        await ExpectAsync(12, "slow_down");
        await ExpectAsync(22, "authorization_pending");
        await ExpectAsync(22, "authorization_pending");
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_device_whose_user_refuses_is_told_so_and_gets_nothing(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await Device.NewTenantAsync(server);
        await tenant.AddUserAsync("alice");
        var device = await Device.StartAsync(tenant);
        using var alice = await Visitor.SignedInAsync(tenant, "alice");

        await device.DecideAsync(alice, "refuse");

        Assert.Equal("access_denied", await device.PollRefusalAsync());
        // What was decided stays decided.
        Assert.Equal(400, (await Device.TypeAsync(alice, device.UserCode)).Status);
        Assert.Equal("access_denied", await device.PollRefusalAsync());
        Assert.Contains("device-refused", await tenant.ActionsAsync());
        Assert.Equal(0, await server.ScalarAsync<long>("select count(*) from grants where application_id = (select id from applications where client_id = @ClientId)", new { tenant.ClientId }));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_device_code_is_redeemed_once_also_by_many_at_once(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var tenant = await Device.NewTenantAsync(server);
        await tenant.AddUserAsync("alice");
        var device = await Device.StartAsync(tenant);
        using var alice = await Visitor.SignedInAsync(tenant, "alice");
        await device.DecideAsync(alice, "allow");

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => device.PollAsync()));
        Assert.Single(answers, a => a.Status == 200);
        Assert.All(answers.Where(a => a.Status != 200), a => Assert.Contains(a["error"], new[] { "slow_down", "access_denied" }));
        server.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal("access_denied", await device.PollRefusalAsync());
        Assert.Equal(1, await server.ScalarAsync<long>("select count(*) from grants where application_id = (select id from applications where client_id = @ClientId)", new { tenant.ClientId }));
    }

    [Fact]
    public async Task Both_codes_end_after_ten_minutes()
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite);
        var tenant = await Device.NewTenantAsync(server);
        await tenant.AddUserAsync("alice");
        var (late, allowed) = (await Device.StartAsync(tenant), await Device.StartAsync(tenant));
        using var alice = await Visitor.SignedInAsync(tenant, "alice");
        await allowed.DecideAsync(alice, "allow");

        server.Clock.Advance(TimeSpan.FromMinutes(10));

        Assert.Equal("expired_token", await late.PollRefusalAsync());
        Assert.Equal("expired_token", await allowed.PollRefusalAsync());
        Assert.Equal(400, (await Device.TypeAsync(alice, late.UserCode)).Status);
    }

    [Fact]
    public async Task A_device_code_is_its_own_clients()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var (tenant, other) = (await Device.NewTenantAsync(server), await Device.NewTenantAsync(server));
        await tenant.AddUserAsync("alice");
        var device = await Device.StartAsync(tenant);
        using var alice = await Visitor.SignedInAsync(tenant, "alice");
        await device.DecideAsync(alice, "allow");

        Assert.Equal("expired_token", await (device with { Tenant = other }).PollRefusalAsync());
        Assert.Equal("expired_token", await (device with { DeviceCode = "nobody's" }).PollRefusalAsync());
        Assert.Equal(200, (await device.PollAsync()).Status);
    }

    [Fact]
    public async Task The_grant_is_off_where_the_application_does_not_list_it()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var tenant = await server.NewWebTenantAsync();

        var answer = await server.PostFormAsync("/api/device-auth", [("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret)]);

        Assert.Equal((400, "unauthorized_client"), (answer.Status, answer["error"]));
        Assert.Equal("unsupported_grant_type", await tenant.RefusalAsync(("grant_type", Device.GrantType), ("client_id", tenant.ClientId), ("device_code", "x")));
        Assert.Equal(0, await server.ScalarAsync<long>("select count(*) from device_codes where application_id = (select id from applications where client_id = @ClientId)", new { tenant.ClientId }));
    }

    [Fact]
    public async Task A_confidential_client_needs_its_secret_at_both_ends()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var tenant = await Device.NewTenantAsync(server, "token_endpoint_auth_method = 'client_secret_post'");

        Assert.Equal("invalid_client", (await server.PostFormAsync("/api/device-auth", [("client_id", tenant.ClientId)]))["error"]);
        var started = await server.PostFormAsync("/api/device-auth", [("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret)]);
        Assert.Equal("invalid_client", await tenant.RefusalAsync(("grant_type", Device.GrantType), ("client_id", tenant.ClientId), ("device_code", started["device_code"]!)));
        Assert.Equal("authorization_pending", await tenant.RefusalAsync(
            ("grant_type", Device.GrantType), ("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret), ("device_code", started["device_code"]!)));
    }

    [Fact]
    public async Task The_answer_is_the_standards_and_the_codes_are_kept_as_hashes_only()
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite);
        var tenant = await Device.NewTenantAsync(server);

        var answer = await server.PostFormAsync("/api/device-auth", [("client_id", tenant.ClientId)]);

        Assert.Matches("^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$", answer["user_code"]!);
        Assert.Equal(server.Issuer + Device.Page, answer["verification_uri"]);
        Assert.Equal($"{server.Issuer}{Device.Page}/{answer["user_code"]}", answer["verification_uri_complete"]);
        Assert.Equal((600, 5), (answer.Body.GetProperty("expires_in").GetInt32(), answer.Body.GetProperty("interval").GetInt32()));
        Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
        var dump = await server.DumpAsync();
        Assert.DoesNotContain(answer["device_code"]!, dump, StringComparison.Ordinal);
        Assert.DoesNotContain(answer["user_code"]!.Replace("-", "", StringComparison.Ordinal), dump.Replace("-", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_user_who_was_shut_out_meanwhile_is_not_signed_in(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await Device.NewTenantAsync(server);
        var id = await tenant.AddUserAsync("alice");
        var device = await Device.StartAsync(tenant);
        using var alice = await Visitor.SignedInAsync(tenant, "alice");
        await device.DecideAsync(alice, "allow");

        await server.ExecuteAsync("update users set is_forbidden = true where id = @id", new { id });

        Assert.Equal("invalid_grant", await device.PollRefusalAsync());
    }

    [Fact]
    public async Task A_device_is_not_signed_in_to_an_application_whose_sign_in_is_closed()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var tenant = await Device.NewTenantAsync(server);
        await tenant.AddUserAsync("alice");
        var device = await Device.StartAsync(tenant);
        using var alice = await Visitor.SignedInAsync(tenant, "alice");
        await device.DecideAsync(alice, "allow");

        await server.ExecuteAsync("update applications set disable_signin = true where client_id = @ClientId", new { tenant.ClientId });

        Assert.Equal("invalid_grant", await device.PollRefusalAsync());
        Assert.Equal(JsonValueKind.Undefined, (await device.PollAsync()).Body.TryGetProperty("access_token", out var token) ? token.ValueKind : JsonValueKind.Undefined);
    }
}
