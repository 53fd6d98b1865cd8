using System.Text.Json.Nodes;
using Postern.AuthorizationServer.OAuth.Token;
using Postern.AuthorizationServer.SignIn.Gate;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.SignIn.Gate;

/// <summary>Every rule at every way in (docs/sign-in-rules.md).</summary>
public sealed class GateTests(Servers servers)
{
    private const string Everywhere = "198.51.100.0/24, 203.0.113.7";

    /// <summary>The limits that an administrator sets, the refusal, and the ways that a limit does not concern.</summary>
    private static readonly Dictionary<string, (Func<GateWorld, Task> Set, GateRefusal Refusal, Func<string, bool> IsFree)> Limits = new()
    {
        ["disableSignin of the organization"] = (w => w.ChangeOrganizationAsync("disableSignin", true), GateRefusal.SignInOff, _ => false),
        ["a permission for another user"] = (w => w.PermitAsync("others", "Allow", ("users", new JsonArray($"{w.Tenant.Organization}/bob"))), GateRefusal.NotAllowed, _ => false),
        ["a permission that denies all"] = (w => w.PermitAsync("all", "Deny", ("users", new JsonArray("*"))), GateRefusal.NotAllowed, _ => false),
        ["tags of the application"] = (w => w.ChangeApplicationAsync("tags", new JsonArray("board")), GateRefusal.Tag, _ => false),
        ["ipWhitelist of the application"] = (w => w.ChangeApplicationAsync("ipWhitelist", Everywhere), GateRefusal.Address, HasNoAddress),
        ["ipWhitelist of the organization"] = (w => w.ChangeOrganizationAsync("ipWhitelist", Everywhere), GateRefusal.Address, HasNoAddress),
        ["ipWhitelist of the user"] = (w => w.ChangeUserAsync("ipWhitelist", Everywhere), GateRefusal.Address, way => HasNoAddress(way) || IsOfAnother(way)),
        ["needUpdatePassword"] = (w => w.ChangeUserAsync("needUpdatePassword", true), GateRefusal.PasswordChange, GateWorld.WithoutPassword.Contains),
        ["passwordExpireDays"] = (
            async w =>
            {
                await w.ChangeOrganizationAsync("passwordExpireDays", 30);
                await w.ChangeUserAsync("lastChangePasswordTime", w.Server.Clock.GetUtcNow().AddDays(-31).ToString("O"));
            }, GateRefusal.PasswordExpired, GateWorld.WithoutPassword.Contains),
        ["mfaItems of the organization"] = (
            w => w.ChangeOrganizationAsync("mfaItems", new JsonArray(new JsonObject { ["name"] = "app", ["rule"] = "Required" })), GateRefusal.SecondFactorRequired, GateWorld.WithoutPassword.Contains),
        ["a second factor of the user"] = (w => w.ChangeUserAsync("mfaPhoneEnabled", true), GateRefusal.SecondFactor, GateWorld.WithoutPassword.Contains),
    };

    public static TheoryData<DatabaseDriver, string> LimitsOnBoth() => Databases.BothFor(Limits.Keys);

    [Theory, MemberData(nameof(LimitsOnBoth))]
    public async Task A_limit_that_is_set_closes_every_way_that_it_concerns(DatabaseDriver driver, string limit)
    {
        var (set, refusal, isFree) = Limits[limit];
        await using var world = await GateWorld.StartAsync(await servers.OnAsync(driver));
        await set(world);
        var before = await world.CountAsync();

        var wrong = new List<string>();
        foreach (var (name, tryAsync) in GateWorld.Ways.Where(w => !isFree(w.Key)))
        {
            var answer = await tryAsync(world);
            if (answer == GateWorld.Issued || !Says(answer, refusal))
            {
                wrong.Add($"{name}: {answer}");
            }
        }

        Assert.Empty(wrong);
        Assert.Equal(before, await world.CountAsync());
        foreach (var (name, tryAsync) in GateWorld.Ways.Where(w => isFree(w.Key)))
        {
            Assert.Equal((name, GateWorld.Issued), (name, await tryAsync(world)));
        }
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Without_a_limit_every_way_issues(DatabaseDriver driver)
    {
        await using var world = await GateWorld.StartAsync(await servers.OnAsync(driver));
        await world.PermitAsync("denies-no-one", "Deny", ("users", new JsonArray($"{world.Tenant.Organization}/bob")));
        await world.PermitAsync("switched-off", "Deny", ("users", new JsonArray("*")), ("isEnabled", false));
        await world.PermitAsync("not-approved", "Deny", ("users", new JsonArray("*")), ("state", "Pending"));
        await world.PermitAsync("of-another-application", "Deny", ("users", new JsonArray("*")), ("resources", new JsonArray("app-built-in")));
        await world.ChangeApplicationAsync("ipWhitelist", "203.0.113.0/24, 127.0.0.1");

        // One shows the device's code to its user, so the other way to approve it is tried by the limits alone.
        foreach (var (name, tryAsync) in GateWorld.Ways.Where(w => w.Key != "login device by session"))
        {
            Assert.Equal((name, GateWorld.Issued), (name, await tryAsync(world)));
        }
    }

    [Fact]
    public void Every_grant_that_gives_a_user_tokens_is_among_the_ways()
    {
        var grants = GrantKinds.All.Where(kind => kind != ClientCredentialsGrant.Kind).Select(kind => kind.Type);

        Assert.Empty(grants.Except(GateWorld.Ways.Keys));
    }

    /// <summary>The compiler keeps what issues behind the gate, as long as each of these asks for an admission.</summary>
    [Fact]
    public void Sessions_codes_approvals_and_tokens_are_made_of_an_admission_alone()
    {
        Assert.Empty(typeof(Admission).GetConstructors());
        Assert.Contains(typeof(Postern.AuthorizationServer.SignIn.Sessions).GetMethod("Prepare")!.GetParameters(), p => p.ParameterType == typeof(Admission));
        Assert.Contains(typeof(Postern.AuthorizationServer.Authorize.CodeIssuer).GetMethod("AnswerAsync")!.GetParameters(), p => p.ParameterType == typeof(Admission));
        Assert.Contains(typeof(DeviceDecision).GetMethod("ApprovedBy")!.GetParameters(), p => p.ParameterType == typeof(Admission));
        Assert.All(typeof(TokenDescriptor).GetConstructors(), c => Assert.Equal(typeof(Admission), c.GetParameters()[0].ParameterType));
        Assert.Empty(typeof(DeviceDecision).GetConstructors());
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_permission_that_one_node_writes_decides_on_the_other_and_refresh_works_again_when_it_is_gone(DatabaseDriver driver)
    {
        await using var first = await TestServer.StartAsync(driver);
        await using var second = await first.StartNodeAsync();
        await using var world = await GateWorld.StartAsync(first);
        var tokens = await world.PasswordAsync();
        async Task<Answer> RefreshAsync() => await second.PostFormAsync("/api/login/oauth/access_token",
            [("grant_type", "refresh_token"), ("client_id", world.Tenant.ClientId), ("client_secret", world.Tenant.ClientSecret), ("refresh_token", tokens["refresh_token"]!)]);

        await world.PermitAsync("all", "Deny", ("users", new JsonArray("*")));
        var refused = await RefreshAsync();
        await world.ChangeAsync("permission", $"{world.Tenant.Organization}/all", ("isEnabled", false));

        Assert.Equal((400, "invalid_grant"), (refused.Status, refused["error"]));
        Assert.Equal(200, (await RefreshAsync()).Status);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Groups_and_roles_are_covered_deny_wins_and_administrators_are_exempt(DatabaseDriver driver)
    {
        await using var world = await GateWorld.StartAsync(await servers.OnAsync(driver));
        var organization = world.Tenant.Organization;
        Assert.Equal("", await world.WriteAsync("/api/add-group", new JsonObject { ["owner"] = organization, ["name"] = "team-" + organization, ["isEnabled"] = true }));
        Assert.Equal("", await world.WriteAsync("/api/add-role", new JsonObject { ["owner"] = organization, ["name"] = "buyer", ["isEnabled"] = true, ["users"] = new JsonArray($"{organization}/ann") }));
        await world.PermitAsync("group", "Allow", ("groups", new JsonArray($"{organization}/team-{organization}")));

        Assert.True(Says((await world.PasswordAsync())["error_description"]!, GateRefusal.NotAllowed));
        await world.ChangeUserAsync("groups", new JsonArray($"{organization}/team-{organization}"));
        Assert.Equal(200, (await world.PasswordAsync()).Status);

        await world.PermitAsync("role", "Deny", ("roles", new JsonArray($"{organization}/buyer")));
        Assert.Equal(400, (await world.PasswordAsync()).Status);
        await world.ChangeUserAsync("isAdmin", true);
        Assert.Equal(200, (await world.PasswordAsync()).Status);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_administrator_of_another_organization_is_bound_in_a_shared_application(DatabaseDriver driver)
    {
        await using var world = await GateWorld.StartAsync(await servers.OnAsync(driver));
        var other = await world.Server.NewTenantAsync();
        await other.AddUserAsync("chief", ("isAdmin", true), ("tag", "board"));
        Task ShareAsync(bool isShared) => world.Server.Database.WriteAsync(async (connection, transaction) => Postern.Storage.Databases.Written.Commit(await Dapper.SqlMapper.ExecuteAsync(
            connection, "update applications set is_shared = @isShared where name = @Application", new { isShared, world.Tenant.Application }, transaction)));
        async Task TagAsync(string tag)
        {
            // The API shares applications of built-in alone.
            await ShareAsync(false);
            await world.ChangeApplicationAsync("tags", new JsonArray(tag));
            await ShareAsync(true);
        }

        Task<string> SignInAsync() => world.LoginAsync("login", name: "chief", organization: other.Organization);

        await TagAsync("staff");
        Assert.True(Says(await SignInAsync(), GateRefusal.Tag));
        await TagAsync("board");
        Assert.Equal(GateWorld.Issued, await SignInAsync());

        await world.PermitAsync("own", "Allow", ("users", new JsonArray($"{world.Tenant.Organization}/*")));
        Assert.True(Says(await SignInAsync(), GateRefusal.NotAllowed));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_permission_of_another_organization_decides_nothing_and_learns_no_new_name(DatabaseDriver driver)
    {
        await using var world = await GateWorld.StartAsync(await servers.OnAsync(driver));
        var other = (await world.Server.NewTenantAsync()).Organization;
        await world.PermitAsync("all", "Deny", ("owner", other), ("users", new JsonArray("*", $"{world.Tenant.Organization}/*")));

        Assert.Equal(200, (await world.PasswordAsync()).Status);
        await world.ChangeApplicationAsync("name", world.Tenant.Application + "-secret");
        using var administrator = await Administrator.OfAsync(world.Server);
        Assert.Equal($"[\"{world.Tenant.Application}\"]", (await administrator.GetAsync($"/api/get-permission?id={other}/all"))["data"]!["resources"]!.ToJsonString());
        Assert.Equal(200, (await world.PasswordAsync()).Status);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_permission_follows_its_application_to_a_new_name_and_no_later_one_of_the_old_name_has_it(DatabaseDriver driver)
    {
        await using var world = await GateWorld.StartAsync(await servers.OnAsync(driver));
        await world.PermitAsync("all", "Deny", ("users", new JsonArray("*")));
        var permission = $"/api/get-permission?id={world.Tenant.Organization}/all";
        using var administrator = await Administrator.OfAsync(world.Server);
        async Task<string> ResourcesAsync() => (await administrator.GetAsync(permission))["data"]!["resources"]!.ToJsonString();

        await world.ChangeApplicationAsync("name", world.Tenant.Application + "-b");
        Assert.Equal($"[\"{world.Tenant.Application}-b\"]", await ResourcesAsync());
        Assert.Equal(400, (await world.PasswordAsync()).Status);

        Assert.Equal("", await world.WriteAsync("/api/delete-application", new JsonObject { ["owner"] = "admin", ["name"] = world.Tenant.Application + "-b" }));
        Assert.Equal("[]", await ResourcesAsync());
        var later = await world.Server.NewWebTenantAsync(
            "password", $"organization = '{world.Tenant.Organization}', name = '{world.Tenant.Application}-b'");
        // An object that is saved as it was read does not bind the name again.
        await world.ChangeAsync("permission", $"{world.Tenant.Organization}/all", ("displayName", "saved again"));
        Assert.Equal(200, (await later.TokenAsync(
            ("grant_type", "password"), ("client_id", later.ClientId), ("client_secret", later.ClientSecret), ("username", "ann"), ("password", PasswordUsers.Password))).Status);
    }

    [Theory]
    [InlineData("10", false)]
    [InlineData("203.0.113.7/33", false)]
    [InlineData("office", false)]
    [InlineData(",", false)]
    [InlineData("203.0.113.7", true)]
    [InlineData("203.0.113.7/24, 2001:db8::/32 ,::1", true)]
    [InlineData("010.0.0.1", false)]
    [InlineData("0x7f.0.0.1", false)]
    [InlineData("", true)]
    public async Task An_address_list_is_judged_when_it_is_written(string list, bool isTaken)
    {
        await using var world = await GateWorld.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        foreach (var (kind, id) in new[] { ("user", $"{world.Tenant.Organization}/ann"), ("application", "admin/" + world.Tenant.Application), ("organization", "admin/" + world.Tenant.Organization) })
        {
            var refusal = await world.WriteAsync($"/api/update-{kind}?id={id}&columns=ipWhitelist", new JsonObject { ["ipWhitelist"] = list });
            Assert.Equal((kind, isTaken), (kind, !refusal.Contains("ipWhitelist", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task A_required_second_factor_is_refused_for_the_administrators_of_the_installation()
    {
        await using var world = await GateWorld.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));

        var refusal = await world.WriteAsync(
            "/api/update-organization?id=admin/built-in&columns=mfaItems", new JsonObject { ["mfaItems"] = new JsonArray(new JsonObject { ["name"] = "app", ["rule"] = "Required" }) });

        Assert.Contains("second factors are not offered yet", refusal, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_refusal_is_recorded_and_counted_by_its_reason(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        await using var world = await GateWorld.StartAsync(server);
        await world.ChangeApplicationAsync("ipWhitelist", Everywhere);

        await GateWorld.Ways["wechat_miniprogram of a new user"](world);
        await GateWorld.Ways["refresh_token"](world);
        await world.ChangeApplicationAsync("disableSignin", true);
        await GateWorld.Ways["login"](world);

        Assert.Equal(1, await server.ScalarAsync<long>(
            "select count(*) from records where action = 'signin-refused' and user_id = @AnnId and detail = 'address not allowed' and verdict = 'refused'", new { world.AnnId }));
        using var administrator = await Administrator.OfAsync(server);
        var failures = (await administrator.GetAsync("/api/get-statistics?organization=" + world.Tenant.Organization))["data"]!["failures"]!.AsArray();
        Assert.Contains(failures, f => f!["reason"]!.ToString() == "address" && f["meaning"]!["zh"]!.ToString().Contains("白名单", StringComparison.Ordinal));
        Assert.Contains(failures, f => f!["reason"]!.ToString() == "sign_in_off");
        Assert.Equal(1, await server.ScalarAsync<long>(
            "select count(*) from records where action = 'signin-refused' and organization = @Organization and user_id = '' and detail = 'sign-in is disabled'",
            new { world.Tenant.Organization }));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Each_reason_has_its_record_also_within_one_minute_and_where_no_user_was_looked_for(DatabaseDriver driver)
    {
        await using var world = await GateWorld.StartAsync(await servers.OnAsync(driver));
        await world.ChangeApplicationAsync("tags", new JsonArray("board"));
        await world.PasswordAsync();
        await world.PermitAsync("all", "Deny", ("users", new JsonArray("*")));
        await world.PasswordAsync();
        await world.ChangeApplicationAsync("ipWhitelist", Everywhere);
        await world.PasswordAsync();
        await world.PasswordAsync();

        Task<long> CountAsync(string userId, GateRefusal refusal) => world.Server.ScalarAsync<long>(
            """
            select count(distinct detail) from records
            where action = 'signin-refused' and organization = @Organization and user_id = @userId and detail = @Detail
            """, new { world.Tenant.Organization, userId, refusal.Detail });
        Assert.Equal(1, await CountAsync(world.AnnId, GateRefusal.Tag));
        Assert.Equal(1, await CountAsync(world.AnnId, GateRefusal.NotAllowed));
        Assert.Equal(1, await CountAsync("", GateRefusal.Address));
    }

    private static bool HasNoAddress(string way) => way.EndsWith("jwt-bearer", StringComparison.Ordinal);

    private static bool IsOfAnother(string way) => way.Contains("wechat", StringComparison.Ordinal) || way.Contains("Mini Program", StringComparison.Ordinal);

    private static bool Says(string answer, GateRefusal refusal) =>
        answer.Contains(refusal.Sentence.English[1..], StringComparison.Ordinal)
        || (refusal == GateRefusal.PasswordChange && answer == "RequiredUpdatePassword")
        || (refusal == GateRefusal.SignInOff && (answer.Contains("disabled", StringComparison.Ordinal) || answer.Contains("Sign-in by password is off", StringComparison.Ordinal)));
}
