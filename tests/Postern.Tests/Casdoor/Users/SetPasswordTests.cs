using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Postern.Storage.Databases;
using Postern.Tests.Casdoor.Rows;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Users;

/// <summary><c>set-password</c>.</summary>
public sealed class SetPasswordTests(Servers servers)
{
    private const string Path = "/api/set-password";
    private const string New = "canary-New-Password-2";
    private const string Denied = "Unauthorized operation";

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_user_changes_his_own_in_every_way_that_a_client_sends_it(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewOrganizationAsync();
        foreach (var way in new[] { "form", "multipart", "query", "query and user", "json" })
        {
            var name = "u-" + way.Replace(" ", "", StringComparison.Ordinal);
            await tenant.AddUserAsync(name);
            var user = await tenant.CallerAsync(name);
            (string, string)[] fields = [("userOwner", tenant.Organization), ("userName", name), ("oldPassword", PasswordUsers.Password), ("newPassword", New)];
            var query = "?" + string.Join('&', fields.Select(f => f.Item1 + "=" + Uri.EscapeDataString(f.Item2)));

            var answer = way switch
            {
                "form" => await user.PostAsync(Path, Members.Form(fields)),
                "multipart" => await user.PostAsync(Path, Multipart(fields)),
                "query" => await user.PostAsync(Path + query, null),
                "query and user" => await user.PostAsync(Path + query, Json(new() { ["owner"] = tenant.Organization, ["name"] = name, ["password"] = "***", ["score"] = 3 })),
                _ => await user.PostAsync(Path, Json(new() { ["owner"] = tenant.Organization, ["name"] = name, ["oldPassword"] = PasswordUsers.Password, ["newPassword"] = New })),
            };

            Assert.Equal((way, "ok", null), (way, answer["status"]!.GetValue<string>(), answer["data"]));
            Assert.Equal((way, true), (way, (await tenant.PasswordTokensAsync(name, New))["access_token"] is not null));
            Assert.Equal((way, "invalid_grant"), (way, (await tenant.PasswordTokensAsync(name))["error"]));
        }
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Wrong_present_passwords_count_for_the_lock_out_of_sign_ins(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var tenant = await server.NewOrganizationAsync();
        await tenant.AddUserAsync("ann");
        var ann = await tenant.CallerAsync("ann");
        for (var left = 4; left >= 0; left--)
        {
            Assert.Equal($"password or code is incorrect, you have {left} remaining chances", await SetAsync(ann, tenant, "ann", "wrong", New));
        }

        const string wait = "You have entered the wrong password or code too many times, please wait for 15 minutes and try again";
        Assert.Equal(wait, await SetAsync(ann, tenant, "ann", PasswordUsers.Password, New));
        Assert.Equal("invalid_grant", (await tenant.PasswordTokensAsync("ann"))["error"]);
        Assert.Equal(5, (await tenant.ActionsAsync()).Count(a => a == "set-password-refused"));

        server.Clock.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal("oldPassword must be the present password", await SetAsync(ann, tenant, "ann", "", New));
        Assert.Equal("", await SetAsync(ann, tenant, "ann", PasswordUsers.Password, New));
        Assert.NotNull((await tenant.PasswordTokensAsync("ann", New))["access_token"]);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Every_other_sign_in_of_the_user_ends_and_nobody_elses(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await server.NewOrganizationAsync();
        await tenant.AddUserAsync("ann");
        await tenant.AddUserAsync("bob");
        var (mine, stolen, bob) = (await tenant.PasswordTokensAsync("ann"), await tenant.PasswordTokensAsync("ann"), await tenant.PasswordTokensAsync("bob"));
        using var browser = await Visitor.SignedInAsync(tenant, "ann");

        Assert.Equal("", await SetAsync(RowCaller.Bearer(server, mine["access_token"]), tenant, "ann", PasswordUsers.Password, New));

        Assert.True(await server.IsGoodAsync(mine["access_token"]));
        Assert.NotNull((await tenant.RefreshAsync(mine["refresh_token"]!, ("client_secret", tenant.ClientSecret)))["access_token"]);
        Assert.True(await server.IsGoodAsync(bob["access_token"]));
        await AssertEndedAsync(tenant, stolen);
        Assert.DoesNotContain("\"ok\"", (await browser.GetAsync("/api/get-account")).Text, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_browser_that_it_is_set_from_stays_signed_in(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewOrganizationAsync();
        await tenant.AddUserAsync("ann");
        using var here = await Visitor.SignedInAsync(tenant, "ann");
        using var there = await Visitor.SignedInAsync(tenant, "ann");
        var token = await tenant.PasswordTokensAsync("ann");

        var answer = await here.SendAsync(HttpMethod.Post, Path, Json(new() { ["owner"] = tenant.Organization, ["name"] = "ann", ["oldPassword"] = PasswordUsers.Password, ["newPassword"] = New }));

        Assert.Contains("\"ok\"", answer.Text, StringComparison.Ordinal);
        Assert.Contains("\"ok\"", (await here.GetAsync("/api/get-account")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"ok\"", (await there.GetAsync("/api/get-account")).Text, StringComparison.Ordinal);
        await AssertEndedAsync(tenant, token);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Administrators_and_applications_of_the_organization_need_no_present_password(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var (tenant, other) = (await server.NewOrganizationAsync(), await server.NewOrganizationAsync());
        var global = await server.GlobalAdministratorAsync();
        await tenant.AddUserAsync("ann");
        await tenant.AddUserAsync("bob");
        var builtIn = "chief-" + tenant.Organization;
        await server.AddUserAsync("built-in", builtIn);
        var (boss, foreign) = (await tenant.NewAdministratorAsync(), await other.NewAdministratorAsync());
        var tokens = await tenant.PasswordTokensAsync("ann");

        foreach (var caller in new[] { foreign, RowCaller.Of(other), await tenant.CallerAsync("bob") })
        {
            Assert.Equal(Denied, await SetAsync(caller, tenant, "ann", "", New));
            // Whether there is such a user is not told either.
            Assert.Equal(Denied, await SetAsync(caller, tenant, "ghost", "", New));
        }

        foreach (var caller in new[] { boss, RowCaller.Of(tenant), foreign })
        {
            Assert.Equal(Denied, RowCaller.Outcome(await caller.PostAsync(Path, Members.Form(("userOwner", "built-in"), ("userName", builtIn), ("newPassword", New)))));
        }

        Assert.True(await server.IsGoodAsync(tokens["access_token"]));
        Assert.Equal("", await SetAsync(boss, tenant, "ann", "", New));
        await AssertEndedAsync(tenant, tokens);
        Assert.NotNull((await tenant.PasswordTokensAsync("ann", New))["access_token"]);

        Assert.Equal("", await SetAsync(RowCaller.Of(tenant), tenant, "ann", "", New + "3"));
        Assert.Equal("", await SetAsync(global, tenant, "ann", "", New + "4"));
        Assert.Equal("", RowCaller.Outcome(await global.PostAsync(Path, Members.Form(("userOwner", "built-in"), ("userName", builtIn), ("newPassword", New)))));
        Assert.Equal($"The user: {tenant.Organization}/ghost doesn't exist", await SetAsync(boss, tenant, "ghost", "", New));
        // One that is given is looked at.
        Assert.StartsWith("password or code is incorrect", await SetAsync(boss, tenant, "ann", "wrong", New), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task What_may_not_be_a_password_is_refused_and_changes_nothing(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await server.NewOrganizationAsync();
        await server.ExecuteAsync("update organizations set password_options = '[\"AtLeast8\",\"Aa123\"]' where name = @Organization", new { tenant.Organization });
        await tenant.AddUserAsync("ann");
        var ann = await tenant.CallerAsync("ann");
        foreach (var (caller, present) in new[] { (ann, PasswordUsers.Password), (RowCaller.Of(tenant), "") })
        {
            foreach (var (password, sentence) in new[]
            {
                ("", "Password cannot be empty"), ("Short1", "The password must have at least 8 characters"), ("***", "*** stands for a password and cannot be one"),
                ("all-lower-case", "The password must contain at least one uppercase letter, one lowercase letter and one digit"), ("With blank 1", "New password cannot contain blank space."),
                (new string('A', 1001), "The password must have at most 1000 characters"), (PasswordUsers.Password, "The new password must be different from your current password"),
            })
            {
                Assert.Equal(sentence, await SetAsync(caller, tenant, "ann", present, password));
            }

            Assert.Equal("A password cannot be set by a verification code here: send the present password as oldPassword", RowCaller.Outcome(
                await caller.PostAsync(Path, Members.Form(("userOwner", tenant.Organization), ("userName", "ann"), ("newPassword", New), ("code", "123456")))));
            Assert.Equal("Missing parameter", RowCaller.Outcome(await caller.PostAsync(Path, Members.Form(("userOwner", tenant.Organization), ("newPassword", New)))));
            Assert.Equal("userName is sent twice with different values", RowCaller.Outcome(await caller.PostAsync(
                $"{Path}?userName=bob", Members.Form(("userOwner", tenant.Organization), ("userName", "ann"), ("newPassword", New)))));
            Assert.Equal("U+0000 is not allowed in userName", RowCaller.Outcome(await caller.PostAsync(Path, Multipart([("userOwner", tenant.Organization), ("userName", "a\0"), ("newPassword", New)]))));
        }

        Assert.NotNull((await tenant.PasswordTokensAsync("ann"))["access_token"]);
        Assert.DoesNotContain("set-password", await tenant.DoneAsync());
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Who_has_none_gives_himself_his_first_shortly_after_a_sign_in(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var tenant = await server.NewOrganizationAsync();
        var mei = RowCaller.Bearer(server, (await tenant.SignInAsync(tenant.Code("mei"), "mei"))["access_token"]);
        var name = (await tenant.UsersAsync()).Single().Name;

        server.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal("The Password can be set within ten minutes of a sign-in: sign in again first", await SetAsync(mei, tenant, name, "", New));

        mei = RowCaller.Bearer(server, (await tenant.SignInAsync(tenant.Code("mei"), "mei"))["access_token"]);
        Assert.Equal("", await SetAsync(mei, tenant, name, "", New));
        Assert.NotNull((await tenant.PasswordTokensAsync(name, New))["access_token"]);
        Assert.Equal("oldPassword must be the present password", await SetAsync(mei, tenant, name, "", New + "2"));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task It_leaves_a_record_and_nowhere_a_password(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var tenant = await server.NewOrganizationAsync();
        await tenant.AddUserAsync("ann");
        var ann = await tenant.CallerAsync("ann");
        using var administrator = await Administrator.OfAsync(server);
        Assert.Equal("Affected", await administrator.WriteAsync(
            $"/api/update-user?id={tenant.Organization}/ann&columns=needUpdatePassword", new JsonObject { ["needUpdatePassword"] = true }));

        await SetAsync(ann, tenant, "ann", "canary-wrong", New);
        Assert.Equal("", await SetAsync(ann, tenant, "ann", PasswordUsers.Password, New));

        var user = (await tenant.UserAsync("ann"))!;
        Assert.Equal((false, 0L), (user["needUpdatePassword"]!.GetValue<bool>(), user["signinWrongTimes"]!.GetValue<long>()));
        Assert.NotEqual("", user["lastChangePasswordTime"]!.GetValue<string>());
        Assert.Equal(["set-password-refused", "set-password"], (await tenant.ActionsAsync()).Where(a => a.StartsWith("set-password", StringComparison.Ordinal)));
        Assert.Equal(tenant.Organization + "/ann", await server.ScalarAsync<string>("select object from records where action = 'set-password'"));
        var kept = await server.DumpAsync() + string.Join('\n', server.Log.Lines);
        Assert.DoesNotContain("canary-", kept, StringComparison.Ordinal);
        Assert.DoesNotContain(PasswordUsers.Password, kept, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task What_is_guessed_first_is_no_password_where_the_organization_says_so(DatabaseDriver driver)
    {
        const string common = "The password is one of the most used ones: choose another";
        const string made = "The password must not be made of a name, address or number of the user or the organization";
        var server = await servers.OnAsync(driver);
        var tenant = await server.NewOrganizationAsync();
        await tenant.AddUserAsync("annabel", ("displayName", "王小美 Anna"), ("email", "bella@shop.example"), ("phone", "13812345678"));
        var user = await tenant.CallerAsync("annabel");
        (string Password, string Sentence)[] tries =
        [
            ("123456", common), ("Password1", common), ("QWERTYUIOP", common),
            ("Annabel2024!", made), ("!!bella!!", made), ("13812345678", made), ("王小美888", made), ("P0ste-rn", ""), ("postern-1", made), ("annabel-and-bob", ""),
        ];
        // Not asked for: Casdoor's own rules know nothing of it.
        Assert.Equal("", await SetAsync(user, tenant, "annabel", PasswordUsers.Password, "123456"));
        await server.ExecuteAsync("update organizations set password_options = '[\"AtLeast6\",\"NotGuessable\"]' where name = @Organization", new { tenant.Organization });

        var present = "123456";
        foreach (var (password, sentence) in tries)
        {
            Assert.Equal((password, sentence), (password, await SetAsync(user, tenant, "annabel", present, password)));
            present = sentence.Length == 0 ? password : present;
        }

        Assert.Equal(common, await SetAsync(RowCaller.Of(tenant), tenant, "annabel", "", "iloveyou"));
        Assert.NotNull((await tenant.PasswordTokensAsync("annabel", present))["access_token"]);
    }

    private static async Task<string> SetAsync(RowCaller caller, Tenant tenant, string name, string present, string password) => RowCaller.Outcome(
        await caller.PostAsync(Path, Members.Form(("userOwner", tenant.Organization), ("userName", name), ("oldPassword", present), ("newPassword", password))));

    private static async Task AssertEndedAsync(Tenant tenant, Answer tokens)
    {
        Assert.False(await tenant.Server.IsGoodAsync(tokens["access_token"]));
        Assert.Equal("invalid_grant", (await tenant.RefreshAsync(tokens["refresh_token"]!, ("client_secret", tenant.ClientSecret)))["error"]);
    }

    private static StringContent Json(JsonObject body) => new(body.ToJsonString(), Encoding.UTF8, "application/json");

    private static MultipartFormDataContent Multipart((string Name, string Value)[] fields)
    {
        var content = new MultipartFormDataContent();
        foreach (var (name, value) in fields)
        {
            // As Node's and Go's writers send a field: without a type.
            var part = new ByteArrayContent(Encoding.UTF8.GetBytes(value));
            part.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data") { Name = $"\"{name}\"" };
            content.Add(part);
        }

        return content;
    }
}
