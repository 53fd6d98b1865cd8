using System.Text.Json.Nodes;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.SignIn.Gate;

public sealed class ChangePasswordPageTests(Servers servers)
{
    private const string New = "another-Password-2";

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_user_who_must_change_the_password_does_so_on_the_page_and_is_signed_in(DatabaseDriver driver)
    {
        await using var world = await GateWorld.StartAsync(await servers.OnAsync(driver));
        await world.ChangeUserAsync("needUpdatePassword", true);
        using var visitor = new Visitor(world.Server);

        var page = await SignInAsync(world, visitor);
        Assert.Contains("Change your password", page.Text, StringComparison.Ordinal);
        Assert.Contains("must be changed", page.Text, StringComparison.Ordinal);
        foreach (var (present, first, second, says) in new[]
        {
            (PasswordUsers.Password, New, "not the same", "not the same"), (PasswordUsers.Password, PasswordUsers.Password, PasswordUsers.Password, "must be different"),
            ("wrong", New, New, "remaining chances"),
        })
        {
            var refused = await SubmitAsync(visitor, page, present, first, second);
            Assert.Equal((400, true), (refused.Status, refused.Text.Contains(says, StringComparison.Ordinal)));
            Assert.DoesNotContain("postern_session", visitor.Cookies.Keys);
        }

        var done = await SubmitAsync(visitor, page, PasswordUsers.Password, New, New);

        Assert.Contains("http-equiv=\"refresh\"", done.Text, StringComparison.Ordinal);
        Assert.NotEmpty(await visitor.CodeAsync(world.Tenant));
        Assert.Equal("invalid_grant", (await world.PasswordAsync())["error"]);
        Assert.Equal(["set-password"], (await world.Tenant.ActionsAsync()).Where(a => a.StartsWith("set-password", StringComparison.Ordinal)));
        Assert.Equal(GateWorld.Issued, await GateWorld.Ways["wechat_miniprogram of a new user"](world));
        // What began with the old password has ended.
        Assert.NotEqual(GateWorld.Issued, await GateWorld.Ways["refresh_token"](world));
    }

    [Fact]
    public async Task An_open_session_is_led_to_the_page_in_its_language_and_a_silent_request_to_the_client()
    {
        await using var world = await GateWorld.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        using var visitor = await Visitor.SignedInAsync(world.Tenant, "ann");
        await world.ChangeUserAsync("needUpdatePassword", true);

        var page = await visitor.GetAsync(Visitor.Authorize(world.Tenant.ClientId, ("ui_locales", "zh-CN")));
        var silent = await visitor.GetAsync(Visitor.Authorize(world.Tenant.ClientId, ("prompt", "none")));

        Assert.Contains("修改密码", page.Text, StringComparison.Ordinal);
        Assert.Equal("interaction_required", silent.Sent("error"));
        var done = await SubmitAsync(visitor, page, PasswordUsers.Password, New, New);
        Assert.Contains("http-equiv=\"refresh\"", done.Text, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_administrator_takes_a_second_factor_away_and_its_user_does_not(DatabaseDriver driver)
    {
        await using var world = await GateWorld.StartAsync(await servers.OnAsync(driver));
        await world.Tenant.AddUserAsync("tom", ("totpSecret", "JBSWY3DPEHPK3PXP"), ("recoveryCodes", new JsonArray("one")), ("preferredMfaType", "app"));
        Task<Answer> SignInAsync() => world.Tenant.TokenAsync(
            ("grant_type", "password"), ("client_id", world.Tenant.ClientId), ("client_secret", world.Tenant.ClientSecret), ("username", "tom"), ("password", PasswordUsers.Password));
        var form = new[] { ("owner", world.Tenant.Organization), ("name", "tom") };

        var refused = await SignInAsync();
        var byAnn = await world.Server.PostFormAsync("/api/delete-mfa", form, "Bearer " + (await world.PasswordAsync())["access_token"]);
        using var administrator = await Administrator.OfAsync(world.Server);
        await administrator.PostAsync($"/api/delete-mfa?owner={world.Tenant.Organization}&name=tom", "");

        Assert.Contains("second factor", refused["error_description"], StringComparison.Ordinal);
        Assert.Equal("Unauthorized operation", byAnn["msg"]);
        Assert.Equal(200, (await SignInAsync()).Status);
    }

    private static async Task<Shown> SignInAsync(GateWorld world, Visitor visitor) =>
        await visitor.SubmitAsync(await visitor.GetAsync(Visitor.Authorize(world.Tenant.ClientId)), ("username", "ann"), ("password", PasswordUsers.Password));

    private static Task<Shown> SubmitAsync(Visitor visitor, Shown page, string present, string first, string second) =>
        visitor.SubmitAsync(page, ("username", "ann"), ("password", present), ("new_password", first), ("new_password_again", second));
}
