using Dapper;
using Postern.Storage.Databases;
using Postern.Storage.Tables;
using Postern.Tests.Fixtures;
using Postern.WeChat.Sandbox;
using Postern.WeChat.Sandbox.Platform;
using Xunit;

namespace Postern.Tests.SignIn;

public sealed class IdentityTests(Servers servers)
{
    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_unionid_that_arrives_late_is_linked_to_the_same_user(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewTenantAsync(miniProgram: new SandboxApp { AppId = "wxsandbox" + Guid.NewGuid().ToString("N")[..9], AppSecret = "s" });
        await tenant.SignInAsync(tenant.Code("mei"));
        tenant.Server.WeChat.Register(tenant.MiniProgram with { OpenPlatform = "bound-later" });

        var again = await tenant.SignInAsync(tenant.Code("mei"));

        var user = Assert.Single(await tenant.UsersAsync());
        Assert.Equal(user.Id, again.Claims("access_token").GetProperty("sub").GetString());
        var identities = await tenant.Server.Database.ReadAsync(c => ExternalIdentities.OfUserAsync(c, user.Id));
        Assert.Equal(["openid", "unionid"], identities.Select(i => i.Kind).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Openid_and_unionid_of_two_users_sign_in_the_openids_one_and_note_the_conflict(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewTenantAsync();
        var openidsUser = (await tenant.SignInAsync(tenant.Code("mei"))).Claims("access_token").GetProperty("sub").GetString()!;
        var other = (await tenant.SignInAsync(tenant.Code("other"))).Claims("access_token").GetProperty("sub").GetString()!;
        await tenant.Server.Database.WriteAsync(async (c, t) =>
        {
            await c.ExecuteAsync("delete from external_identities where kind = 'unionid' and user_id = @other", new { other }, t);
            return Written.Commit(await c.ExecuteAsync("update external_identities set user_id = @other where kind = 'unionid' and user_id = @openidsUser", new { other, openidsUser }, t));
        });

        var answer = await tenant.SignInAsync(tenant.Code("mei"));

        Assert.Equal(openidsUser, answer.Claims("access_token").GetProperty("sub").GetString());
        Assert.Equal(1, await tenant.Server.Database.ReadAsync(c => c.ExecuteScalarAsync<long>(
            "select count(*) from identity_conflicts where openid_user = @openidsUser and unionid_user = @other and issuer in (select issuer from external_identities where kind = 'unionid' and user_id = @other)",
            new { openidsUser, other })));
    }

    [Theory]
    [InlineData("小明🎉", "小明🎉")]
    [InlineData("微信用户", "")]
    [InlineData("undefined", "")]
    [InlineData("null", "")]
    [InlineData("a b", "a b")]
    [InlineData("wechat-mine", "wechat-mine")]
    [InlineData("tab\tand\u0007bell", "tabandbell")]
    public async Task What_is_no_legal_name_is_kept_as_the_display_name(string username, string displayName)
    {
        var tenant = await (await servers.OnAsync(DatabaseDriver.Sqlite)).NewTenantAsync();

        Assert.Equal(200, (await tenant.SignInAsync(tenant.Code("mei"), username)).Status);

        var user = Assert.Single(await tenant.UsersAsync());
        Assert.Equal("wechat-" + People.OpenId(tenant.MiniProgram.AppId, "mei"), user.Name);
        Assert.Equal(displayName, user.DisplayName);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_nickname_is_cut_between_characters_as_a_reader_sees_them(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewTenantAsync();
        var piled = "a" + new string('\u0301', 49);
        var family = "👨‍👩‍👧‍👦";

        await tenant.SignInAsync(tenant.Code("many"), string.Concat(Enumerable.Repeat("é", 101)));
        await tenant.SignInAsync(tenant.Code("piled"), string.Concat(Enumerable.Repeat(piled, 100)));
        await tenant.SignInAsync(tenant.Code("families"), string.Concat(Enumerable.Repeat(family, 100)));
        await tenant.SignInAsync(tenant.Code("one"), "a" + new string('\u0301', 300));

        Assert.Equal(
            new[] { "", new string('é', 100), string.Concat(Enumerable.Repeat(piled, 5)), string.Concat(Enumerable.Repeat(family, 23)) }.Order(StringComparer.Ordinal),
            (await tenant.UsersAsync()).Select(u => u.DisplayName).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("wxfile://tmp_1.png")]
    [InlineData("http://tmp/abc.png")]
    [InlineData("https://pictures.example/\u007f.png")]
    [InlineData("https://pictures.example/\u0085.png")]
    [InlineData("https://thirdwx.qlogo.cn/mmopen/vi_32/POgEwh4mIHO4nibH0KlMECNjjGxQUq24ZEaGT4poC6icRiccVGKSyXwibcPq4BWmiaIGuG1icwxaQX6grC9VemZoJ8rg/132")]
    public async Task An_avatar_that_is_none_counts_as_absent(string avatar)
    {
        var tenant = await (await servers.OnAsync(DatabaseDriver.Sqlite)).NewTenantAsync();

        Assert.Equal(200, (await tenant.SignInAsync(tenant.Code("mei"), avatar: avatar)).Status);

        Assert.Equal("", Assert.Single(await tenant.UsersAsync()).Avatar);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_sign_in_renews_what_a_sign_in_set_and_never_what_the_user_set(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewTenantAsync();
        await tenant.SignInAsync(tenant.Code("mei"), "One", "https://pictures.example/1.png");
        await tenant.SignInAsync(tenant.Code("mei"), "Two", "https://pictures.example/2.png");
        var renewed = Assert.Single(await tenant.UsersAsync());
        await tenant.Server.Database.WriteAsync(async (c, t) =>
            Written.Commit(await c.ExecuteAsync("update users set display_name = 'Mine', display_name_by_signin = false where id = @Id", new { renewed.Id }, t)));

        var answer = await tenant.SignInAsync(tenant.Code("mei"), "Three", "https://pictures.example/3.png");

        var kept = Assert.Single(await tenant.UsersAsync());
        Assert.Equal(("One", "Two", "https://pictures.example/2.png"), (renewed.Name, renewed.DisplayName, renewed.Avatar));
        Assert.Equal(("One", "Mine", "https://pictures.example/3.png"), (kept.Name, kept.DisplayName, kept.Avatar));
        Assert.Equal("Mine", answer.Claims("access_token").GetProperty("displayName").GetString());
    }

    [Fact]
    public async Task A_spent_code_is_refused_from_another_address_and_after_ten_seconds()
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite);
        var tenant = await server.NewTenantAsync();
        var code = tenant.Code("mei");
        Assert.Equal(200, (await tenant.SignInAsync(code)).Status);
        using var elsewhere = TestServer.ConnectFrom(server, "127.0.0.2");

        using var content = new StringContent($"tag=wechat_miniprogram&client_id={tenant.ClientId}&code={code}");
        using var response = await elsewhere.PostAsync(new Uri("/api/login/oauth/access_token", UriKind.Relative), content);
        Assert.Equal("invalid_grant", (await Answer.OfAsync(response))["error"]);

        server.Clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal("invalid_grant", (await tenant.SignInAsync(code))["error"]);
        Assert.Single(await tenant.UsersAsync());
    }

    [Fact]
    public async Task Sign_up_closed_lets_known_people_in_and_creates_nobody()
    {
        var tenant = await (await servers.OnAsync(DatabaseDriver.Sqlite)).NewTenantAsync();
        await tenant.SignInAsync(tenant.Code("known"));
        await tenant.Server.Database.WriteAsync(async (c, t) =>
            Written.Commit(await c.ExecuteAsync("update applications set enable_sign_up = false where name = @Application", new { tenant.Application }, t)));

        var stranger = await tenant.SignInAsync(tenant.Code("stranger"));

        Assert.Equal((400, "invalid_grant"), (stranger.Status, stranger["error"]));
        Assert.Equal(200, (await tenant.SignInAsync(tenant.Code("known"))).Status);
        Assert.Single(await tenant.UsersAsync());
    }

    [Fact]
    public async Task No_sign_in_creates_a_user_in_built_in()
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite);
        var tenant = await server.NewTenantAsync("organization = 'built-in'");
        await server.Database.WriteAsync(async (c, t) =>
            Written.Commit(await c.ExecuteAsync("update organizations set name = 'built-in' where name = @Organization and not exists (select 1 from organizations where name = 'built-in')", new { tenant.Organization }, t)));
        var before = await server.Database.ReadAsync(c => c.ExecuteScalarAsync<long>("select count(*) from users where owner = 'built-in'"));

        Assert.Equal("invalid_grant", (await tenant.SignInAsync(tenant.Code("mei")))["error"]);

        Assert.Equal(before, await server.Database.ReadAsync(c => c.ExecuteScalarAsync<long>("select count(*) from users where owner = 'built-in'")));
    }
}
