using Postern.Storage.Databases;
using Postern.Storage.Tables;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Identities;

/// <summary>What an application answers to a person that no user has the identity of, by its firstSigninPolicy.</summary>
public sealed class BindingTicketTests(Servers servers)
{
    private const string Ways = """grant_types = '["password"]'""";

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_ticket_beside_a_password_binds_the_identity_to_that_account(DatabaseDriver driver)
    {
        var tenant = await NewTenantAsync(driver, FirstSigninPolicies.MustBind);
        var id = await tenant.AddUserAsync("mei");

        var unknown = await tenant.SignInAsync(tenant.Code("mei"), "Mei");

        Assert.Equal((400, "account_binding_required"), (unknown.Status, unknown["error"]));
        Assert.Equal(("600", "False"), (unknown["expires_in"], unknown["may_create_account"]));
        Assert.Single(await tenant.UsersAsync());

        var bound = await BindAsync(tenant, unknown["binding_ticket"]!, "mei");

        Assert.Equal((200, id), (bound.Status, Subject(bound)));
        Assert.Equal(id, Subject(await tenant.SignInAsync(tenant.Code("mei"))));
        Assert.Contains("bind-identity", await tenant.ActionsAsync());
        Assert.Single(await tenant.UsersAsync());
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_password_grant_needs_no_secret_beside_a_ticket_and_needs_it_without_one(DatabaseDriver driver)
    {
        var tenant = await NewTenantAsync(driver, FirstSigninPolicies.MustBind);
        await tenant.AddUserAsync("mei");
        var ticket = await TicketAsync(tenant, "mei");
        (string, string)[] form = [("grant_type", "password"), ("client_id", tenant.ClientId), ("username", "mei"), ("password", PasswordUsers.Password)];

        Assert.Equal("invalid_client", (await tenant.TokenAsync(form))["error"]);
        Assert.Equal("invalid_grant", (await tenant.TokenAsync([.. form, ("binding_ticket", "forged")]))["error"]);
        Assert.Equal(200, (await tenant.TokenAsync([.. form, ("binding_ticket", ticket)])).Status);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_ticket_is_good_once_for_its_client_and_for_ten_minutes(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var tenant = await NewTenantAsync(server, FirstSigninPolicies.MustBind);
        var other = await NewTenantAsync(server, FirstSigninPolicies.MustBind);
        await tenant.AddUserAsync("mei");
        await other.AddUserAsync("mei");
        var ticket = await TicketAsync(tenant, "mei");
        var late = await TicketAsync(tenant, "late");

        Assert.Equal("invalid_grant", (await BindAsync(other, ticket, "mei"))["error"]);
        Assert.Equal("invalid_grant", (await BindAsync(tenant, ticket[..^1] + (ticket[^1] == 'A' ? 'B' : 'A'), "mei"))["error"]);
        Assert.Equal("invalid_grant", (await BindAsync(tenant, ticket, "mei", "wrong-Password-1"))["error"]);
        Assert.Equal(200, (await BindAsync(tenant, ticket, "mei")).Status);
        Assert.Equal("invalid_grant", (await BindAsync(tenant, ticket, "mei"))["error"]);

        server.Clock.Advance(TimeSpan.FromMinutes(10));
        await tenant.AddUserAsync("late");
        Assert.Equal("invalid_grant", (await BindAsync(tenant, late, "late"))["error"]);
        Assert.Equal("account_binding_required", (await tenant.SignInAsync(tenant.Code("late")))["error"]);
        Assert.Equal(
            0, await server.ScalarAsync<long>("select count(*) from external_identities where organization_id = @Organization", new { other.Organization }));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_ticket_whose_identity_was_bound_elsewhere_signs_nobody_in(DatabaseDriver driver)
    {
        var tenant = await NewTenantAsync(driver, FirstSigninPolicies.Ask);
        var mei = await tenant.AddUserAsync("mei");
        await tenant.AddUserAsync("tom");
        var (first, second, third) = (await TicketAsync(tenant, "phone"), await TicketAsync(tenant, "phone"), await TicketAsync(tenant, "phone"));

        Assert.Equal(200, (await BindAsync(tenant, first, "mei")).Status);

        var refused = await BindAsync(tenant, second, "tom");
        Assert.Equal("invalid_grant", refused["error"]);
        Assert.DoesNotContain("mei", refused.Text, StringComparison.Ordinal);
        Assert.Equal("invalid_grant", (await CreateAsync(tenant, third))["error"]);
        Assert.Equal(mei, Subject(await tenant.SignInAsync(tenant.Code("phone"))));
        Assert.Equal(2, (await tenant.UsersAsync()).Count);
        const string Grants = "select count(*) from grants where user_id = (select id from users where owner = @Organization and name = 'tom')";
        Assert.Equal(0, await tenant.Server.ScalarAsync<long>(Grants, new { tenant.Organization }));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task One_ticket_at_two_nodes_at_once_binds_one_account(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        await using var node = await server.StartNodeAsync();
        var tenant = await NewTenantAsync(server, FirstSigninPolicies.MustBind);
        var there = tenant with { Server = node };
        for (var round = 0; round < 5; round++)
        {
            var names = Enumerable.Range(0, 4).Select(i => $"user-{round}-{i}").ToList();
            foreach (var name in names)
            {
                await tenant.AddUserAsync(name);
            }

            var ticket = await TicketAsync(tenant, "person-" + round);

            var answers = await Task.WhenAll(names.Select((name, i) => BindAsync(i % 2 == 0 ? tenant : there, ticket, name)));

            var bound = Assert.Single(answers, a => a.Status == 200);
            Assert.All(answers.Where(a => a.Status != 200), a => Assert.Equal("invalid_grant", a["error"]));
            Assert.Equal(Subject(bound), Subject(await tenant.SignInAsync(tenant.Code("person-" + round))));
        }
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Under_ask_a_ticket_creates_an_account_when_the_person_wants_one(DatabaseDriver driver)
    {
        var tenant = await NewTenantAsync(driver, FirstSigninPolicies.Ask);
        var unknown = await tenant.SignInAsync(tenant.Code("new"));

        Assert.Equal("True", unknown["may_create_account"]);
        var alone = await tenant.TokenAsync(("tag", "wechat_miniprogram"), ("client_id", tenant.ClientId), ("binding_ticket", unknown["binding_ticket"]!));
        Assert.Equal("invalid_request", alone["error"]);
        Assert.Empty(await tenant.UsersAsync());

        var created = await CreateAsync(tenant, unknown["binding_ticket"]!);

        Assert.Equal(200, created.Status);
        Assert.Equal(("Mei", Subject(created)), (Assert.Single(await tenant.UsersAsync()).DisplayName, Subject(await tenant.SignInAsync(tenant.Code("new")))));
        Assert.Equal("invalid_grant", (await CreateAsync(tenant, unknown["binding_ticket"]!))["error"]);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Where_no_account_may_be_created_a_ticket_creates_none(DatabaseDriver driver)
    {
        var mustBind = await NewTenantAsync(driver, FirstSigninPolicies.MustBind);
        var closed = await NewTenantAsync(driver, FirstSigninPolicies.Ask, "enable_sign_up = false");

        foreach (var tenant in new[] { mustBind, closed })
        {
            Assert.Equal(400, (await CreateAsync(tenant, await TicketAsync(tenant, "new"))).Status);
            Assert.Empty(await tenant.UsersAsync());
        }
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Under_login_only_a_known_person_signs_in_and_an_unknown_one_does_not(DatabaseDriver driver)
    {
        var tenant = await NewTenantAsync(driver, FirstSigninPolicies.Create);
        var known = Subject(await tenant.SignInAsync(tenant.Code("known")));
        using var administrator = await Administrator.OfAsync(tenant.Server);
        var update = $"/api/update-application?id=admin/{tenant.Application}";
        Assert.Equal("Affected", await administrator.WriteAsync(update, new() { ["firstSigninPolicy"] = "login-only" }));

        var unknown = await tenant.SignInAsync(tenant.Code("unknown"));

        Assert.Equal(("invalid_grant", (string?)null), (unknown["error"], unknown["binding_ticket"]));
        Assert.Equal(known, Subject(await tenant.SignInAsync(tenant.Code("known"))));
        Assert.Equal(
            "firstSigninPolicy must be create, login-only, must-bind, ask",
            await administrator.WriteAsync(update, new() { ["firstSigninPolicy"] = "sometimes" }));
        var kept = await administrator.GetAsync($"/api/get-application?id=admin/{tenant.Application}");
        Assert.Equal("login-only", kept["data"]!["firstSigninPolicy"]!.ToString());
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_ticket_beside_the_code_of_another_Mini_Program_binds_to_that_user(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await NewTenantAsync(server, FirstSigninPolicies.Create, "");
        var second = await tenant.AddMiniProgramAsync();
        var id = Subject(await tenant.SignInAsync(tenant.Code("mei")));
        await server.ExecuteAsync("update applications set first_signin_policy = 'must-bind' where name = @Application", new { tenant.Application });
        var unknown = await tenant.SignInAsync(server.WeChat.MintCode(second.AppId, "mei"), more: ("appid", second.AppId));
        Assert.Equal("account_binding_required", unknown["error"]);

        var bound = await tenant.SignInAsync(tenant.Code("mei"), more: [("appid", tenant.MiniProgram.AppId), ("binding_ticket", unknown["binding_ticket"]!)]);

        Assert.Equal((200, id), (bound.Status, Subject(bound)));
        Assert.Equal(id, Subject(await tenant.SignInAsync(server.WeChat.MintCode(second.AppId, "mei"), more: ("appid", second.AppId))));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_user_has_one_identity_of_a_Mini_Program_and_a_second_is_refused(DatabaseDriver driver)
    {
        var tenant = await NewTenantAsync(driver, FirstSigninPolicies.MustBind);
        await tenant.AddUserAsync("mei");
        Assert.Equal(200, (await BindAsync(tenant, await TicketAsync(tenant, "one"), "mei")).Status);

        Assert.Equal("invalid_grant", (await BindAsync(tenant, await TicketAsync(tenant, "two"), "mei"))["error"]);

        Assert.Equal("account_binding_required", (await tenant.SignInAsync(tenant.Code("two")))["error"]);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_unionid_never_gives_its_user_a_second_openid_of_one_Mini_Program(DatabaseDriver driver)
    {
        var tenant = await NewTenantAsync(driver, FirstSigninPolicies.Create);
        var mei = Subject(await tenant.SignInAsync(tenant.Code("mei")));
        var tom = Subject(await tenant.SignInAsync(tenant.Code("tom")));
        // The openid of Tom is not known, and the unionid of Tom is Mei's: two persons claim one unionid.
        await tenant.Server.ExecuteAsync("delete from external_identities where user_id = @tom and kind = 'openid'", new { tom });
        await tenant.Server.ExecuteAsync("update external_identities set user_id = @mei where user_id = @tom", new { mei, tom });

        var again = Subject(await tenant.SignInAsync(tenant.Code("tom")));

        Assert.NotEqual(mei, again);
        Assert.Equal(again, Subject(await tenant.SignInAsync(tenant.Code("tom"))));
        Assert.Equal(mei, Subject(await tenant.SignInAsync(tenant.Code("mei"))));
        const string Conflicts = "select count(*) from identity_conflicts where openid_user = @again and unionid_user = @mei";
        Assert.Equal(1, await tenant.Server.ScalarAsync<long>(Conflicts, new { again, mei }));
    }

    private async Task<Tenant> NewTenantAsync(DatabaseDriver driver, string policy, string more = "") =>
        await NewTenantAsync(await servers.OnAsync(driver), policy, more);

    private static async Task<Tenant> NewTenantAsync(TestServer server, string policy, string more = "") =>
        await server.NewTenantAsync($"{Ways}, first_signin_policy = '{policy}'" + (more.Length > 0 ? ", " + more : ""));

    private static async Task<string> TicketAsync(Tenant tenant, string persona) => (await tenant.SignInAsync(tenant.Code(persona)))["binding_ticket"]!;

    private static Task<Answer> BindAsync(Tenant tenant, string ticket, string name, string password = PasswordUsers.Password) => tenant.TokenAsync(
        ("grant_type", "password"), ("client_id", tenant.ClientId), ("username", name), ("password", password), ("binding_ticket", ticket));

    private static Task<Answer> CreateAsync(Tenant tenant, string ticket) => tenant.TokenAsync(
        ("tag", "wechat_miniprogram"), ("client_id", tenant.ClientId), ("binding_ticket", ticket), ("create_account", "true"), ("username", "Mei"));

    private static string Subject(Answer answer) => answer.Claims("access_token").GetProperty("sub").GetString()!;
}
