using System.Text.Json;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Postern.WeChat.Sandbox.Platform;
using Xunit;

namespace Postern.Tests.Identities;

/// <summary>What users do with their own identities: list, bind, unbind.</summary>
public sealed class IdentityRouteTests(Servers servers)
{
    private const string Ways = """grant_types = '["password"]'""";

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_user_binds_the_identity_of_a_fresh_code_and_signs_in_by_it(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewTenantAsync(Ways);
        await tenant.AddUserAsync("mei");
        using var mei = await Member.ByPasswordAsync(tenant, "mei");

        var bound = await mei.PostAsync("/api/identities", CodeBody(tenant, "phone"));

        Assert.Equal((201, "openid", tenant.MiniProgram.AppId, "True"), (bound.Status, bound["kind"], bound["appId"], bound["canUnbind"]));
        var openid = People.OpenId(tenant.MiniProgram.AppId, "phone");
        Assert.DoesNotContain(openid, bound.Text, StringComparison.Ordinal);
        Assert.Equal($"{openid[..4]}…{openid[^4..]}", bound["identifier"]);
        Assert.Equal(mei.Id, (await tenant.SignInAsync(tenant.Code("phone"))).Claims("access_token").GetProperty("sub").GetString());
        Assert.Equal("True", (await mei.GetAsync("/api/identities"))["hasPassword"]);
        Assert.Equal(2, (await mei.GetAsync("/api/identities")).Body.GetProperty("identities").GetArrayLength());
        Assert.Contains("bind-identity", await tenant.ActionsAsync());
        Assert.Equal(200, (await mei.PostAsync("/api/identities", CodeBody(tenant, "phone"))).Status);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Only_a_proof_binds_and_it_binds_nothing_that_another_account_has(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewTenantAsync(Ways);
        var holder = (await tenant.SignInAsync(tenant.Code("holder"), "Holder")).Claims("access_token").GetProperty("sub").GetString();
        await tenant.AddUserAsync("mei");
        using var mei = await Member.ByPasswordAsync(tenant, "mei");
        var code = tenant.Code("second");

        var openid = People.OpenId(tenant.MiniProgram.AppId, "new");
        var raw = await mei.PostAsync("/api/identities", $$"""{"openid": "{{openid}}", "unionid": "u", "phone": "+8613800138000"}""");
        var others = await mei.PostAsync("/api/identities", CodeBody(tenant, "holder"));
        Assert.Equal(201, (await mei.PostAsync("/api/identities", CodeBody(tenant, "first"))).Status);
        var another = await mei.PostAsync("/api/identities", $$"""{"code": "{{code}}"}""");

        Assert.Equal((400, "invalid_request"), (raw.Status, raw["code"]));
        Assert.Equal((409, "identity_in_use"), (others.Status, others["code"]));
        Assert.DoesNotContain("Holder", others.Text, StringComparison.Ordinal);
        Assert.Equal((409, "identity_exists"), (another.Status, another["code"]));
        Assert.Equal("invalid_grant", (await tenant.SignInAsync(code))["error"]);
        Assert.Equal(holder, (await tenant.SignInAsync(tenant.Code("holder"))).Claims("access_token").GetProperty("sub").GetString());
        Assert.Equal(2, (await mei.GetAsync("/api/identities")).Body.GetProperty("identities").GetArrayLength());
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_sign_in_older_than_ten_minutes_needs_a_proof_of_the_account(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var tenant = await server.NewTenantAsync(Ways);
        await tenant.AddUserAsync("mei");
        using var mei = await Member.ByPasswordAsync(tenant, "mei");
        server.Clock.Advance(TimeSpan.FromMinutes(11));

        var old = await mei.PostAsync("/api/identities", CodeBody(tenant, "phone"));
        var wrong = await mei.PostAsync("/api/identities", CodeBody(tenant, "phone", """, "proof": {"password": "wrong-Password-1"}"""));
        var others = await mei.PostAsync("/api/identities", CodeBody(tenant, "phone", $$""", "proof": {"code": "{{tenant.Code("other")}}"}"""));
        Assert.Empty(await mei.IdentityIdsAsync("openid"));
        var proved = await mei.PostAsync("/api/identities", CodeBody(tenant, "phone", $$""", "proof": {"password": "{{PasswordUsers.Password}}"}"""));
        var unionid = (await mei.IdentityIdsAsync("unionid"))[0];
        var byCode = await mei.DeleteAsync("/api/identities/" + unionid, $$"""{"proof": {"code": "{{tenant.Code("phone")}}"} }""");

        Assert.Equal((401, "recent_authentication_required"), (old.Status, old["code"]));
        Assert.Contains("max_age=\"600\"", old.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.Equal((403, "wrong_credentials"), (wrong.Status, wrong["code"]));
        Assert.Equal((403, "wrong_credentials"), (others.Status, others["code"]));
        Assert.Equal(201, proved.Status);
        Assert.Equal(204, byCode.Status);
        Assert.Empty(await mei.IdentityIdsAsync("unionid"));
        Assert.Single(await mei.IdentityIdsAsync("openid"));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_last_way_in_stays_and_of_two_unbindings_at_once_one_is_done(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        await using var node = await server.StartNodeAsync();
        var tenant = await server.NewTenantAsync();
        using var only = await Member.ByCodeAsync(tenant, "only");
        var refused = await only.DeleteAsync("/api/identities/" + (await only.IdentityIdsAsync("openid"))[0]);
        Assert.Equal((409, "last_way_in"), (refused.Status, refused["code"]));

        var second = await tenant.AddMiniProgramAsync();
        for (var round = 0; round < 5; round++)
        {
            var signIn = await tenant.SignInAsync(tenant.Code("two-" + round), more: ("appid", tenant.MiniProgram.AppId));
            using var here = new Member(tenant, signIn);
            using var there = new Member(tenant with { Server = node }, signIn);
            var code = server.WeChat.MintCode(second.AppId, "two-" + round);
            Assert.Equal(201, (await here.PostAsync("/api/identities", $$"""{"code": "{{code}}", "appid": "{{second.AppId}}"}""")).Status);
            var ids = await here.IdentityIdsAsync("openid");
            Assert.Equal(2, ids.Count);

            var answers = await Task.WhenAll(here.DeleteAsync("/api/identities/" + ids[0]), there.DeleteAsync("/api/identities/" + ids[1]));

            Assert.Equal([204, 409], answers.Select(a => a.Status).Order());
            Assert.Single(await here.IdentityIdsAsync("openid"));
        }
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task What_was_unbound_comes_back_by_a_binding_and_never_by_itself(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewTenantAsync(Ways);
        await tenant.AddUserAsync("mei");
        using var mei = await Member.ByPasswordAsync(tenant, "mei");
        Assert.Equal(201, (await mei.PostAsync("/api/identities", CodeBody(tenant, "phone"))).Status);
        await mei.DeleteAsync("/api/identities/" + (await mei.IdentityIdsAsync("unionid"))[0]);

        await tenant.SignInAsync(tenant.Code("phone"));
        Assert.Empty(await mei.IdentityIdsAsync("unionid"));

        Assert.Equal(201, (await mei.PostAsync("/api/identities", CodeBody(tenant, "phone"))).Status);
        Assert.Single(await mei.IdentityIdsAsync("unionid"));

        await mei.DeleteAsync("/api/identities/" + (await mei.IdentityIdsAsync("openid"))[0]);
        Assert.Empty(await mei.IdentityIdsAsync("unionid"));
        Assert.NotEqual(mei.Id, (await tenant.SignInAsync(tenant.Code("phone"))).Claims("access_token").GetProperty("sub").GetString());
        Assert.Equal(2, (await tenant.ActionsAsync()).Count(a => a == "unbind-identity"));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_ticket_binds_to_the_signed_in_user_once(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewTenantAsync(Ways + ", first_signin_policy = 'must-bind'");
        await tenant.AddUserAsync("mei");
        await tenant.AddUserAsync("tom");
        using var mei = await Member.ByPasswordAsync(tenant, "mei");
        using var tom = await Member.ByPasswordAsync(tenant, "tom");
        var ticket = (await tenant.SignInAsync(tenant.Code("phone")))["binding_ticket"];

        Assert.Equal(201, (await mei.PostAsync("/api/identities", $$"""{"bindingTicket": "{{ticket}}"}""")).Status);

        var again = await tom.PostAsync("/api/identities", $$"""{"bindingTicket": "{{ticket}}"}""");
        Assert.Equal((400, "invalid_grant"), (again.Status, again["code"]));
        Assert.Empty(await tom.IdentityIdsAsync("openid"));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Casdoors_unlink_unbinds_and_leaves_the_last_way_in(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewTenantAsync(Ways);
        await tenant.AddUserAsync("mei");
        using var mei = await Member.ByPasswordAsync(tenant, "mei");
        await mei.PostAsync("/api/identities", CodeBody(tenant, "phone"));
        using var other = await Member.ByCodeAsync(tenant, "other");
        var name = (await tenant.UsersAsync()).Single(u => u.Id == other.Id).Name;

        var foreign = await other.PostAsync("/api/unlink", Unlink(tenant, "mei"));
        var last = await other.PostAsync("/api/unlink", Unlink(tenant, name));
        var unlinked = await mei.PostAsync("/api/unlink", Unlink(tenant, "mei"));

        Assert.Equal("access_denied", foreign["code"]);
        Assert.Equal("in_use", last["code"]);
        Assert.Equal("ok", unlinked["status"]);
        Assert.Equal(0, (await mei.GetAsync("/api/identities")).Body.GetProperty("identities").GetArrayLength());
        Assert.Equal("not_found", (await mei.PostAsync("/api/unlink", Unlink(tenant, "mei")))["code"]);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Refusals_are_problem_details_in_the_language_of_the_reader(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewTenantAsync();
        using var anonymous = new HttpClient { BaseAddress = tenant.Server.Http.BaseAddress };
        anonymous.DefaultRequestHeaders.AcceptLanguage.ParseAdd("zh-CN");
        using var application = tenant.AsApplication();

        using var nobody = await anonymous.GetAsync(new Uri("/api/identities", UriKind.Relative));
        using var notAUser = await application.GetAsync(new Uri("/api/identities", UriKind.Relative));
        using var noMethod = await anonymous.PutAsync(new Uri("/api/identities", UriKind.Relative), null);

        Assert.Equal(("application/problem+json", 401), (nobody.Content.Headers.ContentType!.MediaType, (int)nobody.StatusCode));
        var problem = JsonDocument.Parse(await nobody.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal(("unauthorized", "请发送访问令牌，或先登录。"), (problem.GetProperty("code").GetString(), problem.GetProperty("detail").GetString()));
        Assert.Equal("Bearer", nobody.Headers.WwwAuthenticate.ToString());
        Assert.Equal(403, (int)notAUser.StatusCode);
        Assert.Equal(("application/problem+json", 405), (noMethod.Content.Headers.ContentType!.MediaType, (int)noMethod.StatusCode));
    }

    private static string CodeBody(Tenant tenant, string persona, string more = "") =>
        $$"""{"code": "{{tenant.Code(persona)}}", "appid": "{{tenant.MiniProgram.AppId}}"{{more}}}""";

    private static string Unlink(Tenant tenant, string name) =>
        $$"""{"providerType": "WeChat", "user": {"owner": "{{tenant.Organization}}", "name": "{{name}}"} }""";
}
