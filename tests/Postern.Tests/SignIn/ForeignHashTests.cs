using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Postern.Directory.Credentials;
using Postern.Storage.Databases;
using Postern.Storage.Secrets;
using Postern.Tests.Casdoor.Rows;
using Postern.Tests.Casdoor.Users;
using Postern.Tests.Fixtures;
using Postern.Tests.Importing;
using Postern.Tests.Start;
using Xunit;

namespace Postern.Tests.SignIn;

/// <summary>Every way in of a password hash that this server did not make, and what rows of earlier versions hold.</summary>
public sealed class ForeignHashTests(Servers servers)
{
    private const string TooCostly = "costs too much to verify";

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_client_brings_no_hash_of_our_format_and_none_that_costs_too_much(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewOrganizationAsync();
        var application = RowCaller.Of(tenant);
        foreach (var (type, hash, sentence) in new[]
        {
            ("postern", PasswordHashes.Hash("x"), "is made by this server alone"), ("POSTERN", PasswordHashes.Hash("x"), "is made by this server alone"),
            (" Postern ", PasswordHashTexts.Own(int.MaxValue, 32), "is made by this server alone"), ("p\u043estern", PasswordHashes.Hash("x"), "no password can be verified"),
            ("scrypt", "x", "no password can be verified"), ("bcrypt", "x", "is not a hash of the passwordType bcrypt"), ("bcrypt", "$2a$13$" + PasswordHashTexts.Bcrypt, TooCostly),
            ("argon2id", PasswordHashTexts.Argon(65_537, 1, 1), TooCostly), ("argon2id", PasswordHashTexts.Argon(65_536, 5, 1), TooCostly),
            ("pbkdf2-django", PasswordHashTexts.Django(400_001), TooCostly),
        })
        {
            var added = await application.WriteAsync("/api/add-user", new() { ["owner"] = tenant.Organization, ["name"] = "mal", ["password"] = hash, ["passwordType"] = type });
            Assert.Contains(sentence, added, StringComparison.Ordinal);

            var uploaded = await UploadAsync(application, $"name,password,passwordType\ngood,,\nmal,\"{hash}\",{type}\n");
            Assert.StartsWith("row 3: ", uploaded, StringComparison.Ordinal);
            Assert.Contains(sentence, uploaded, StringComparison.Ordinal);
        }

        Assert.Empty(await tenant.UsersAsync());
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_hash_at_its_limit_is_taken_and_opens_its_account(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewOrganizationAsync();
        var application = RowCaller.Of(tenant);
        var hash = BCrypt.Net.BCrypt.HashPassword("right-Password-1", 12);

        Assert.Equal("Affected", await application.WriteAsync("/api/add-user", new() { ["owner"] = tenant.Organization, ["name"] = "ann", ["password"] = hash, ["passwordType"] = "bcrypt" }));
        Assert.Equal("Affected", await UploadAsync(application, $"name,password,passwordType\nben,\"{PasswordHashTexts.Argon(65_536, 4, 4)}\",argon2id\n"));

        Assert.NotNull((await tenant.PasswordTokensAsync("ann", "right-Password-1"))["access_token"]);
        Assert.Equal("invalid_grant", (await tenant.PasswordTokensAsync("ben", "right-Password-1"))["error"]);
        Assert.Equal([PasswordHashes.Type, "argon2id"], (await tenant.UsersAsync()).Select(u => u.PasswordType));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_update_takes_no_hash_what_stands_there_is_the_password_itself(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await server.NewOrganizationAsync();
        await tenant.AddUserAsync("ann");
        var hash = PasswordHashes.Hash("known");
        var boss = await tenant.NewAdministratorAsync();

        Assert.Equal("The passwordType is not changed by update-user: set a password instead", await boss.WriteAsync($"/api/update-user?id={tenant.Organization}/ann", new() { ["password"] = hash, ["passwordType"] = "bcrypt" }));
        Assert.Equal("Affected", await boss.WriteAsync($"/api/update-user?id={tenant.Organization}/ann", new() { ["password"] = hash, ["passwordType"] = "postern" }));

        Assert.Equal("invalid_grant", (await tenant.PasswordTokensAsync("ann", "known"))["error"]);
        Assert.NotNull((await tenant.PasswordTokensAsync("ann", hash))["access_token"]);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_user_who_was_read_can_be_added_again_without_the_password(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewOrganizationAsync();
        await tenant.AddUserAsync("ann");
        var read = (await tenant.UserAsync("ann"))!.DeepClone().AsObject();
        (read["name"], read["id"]) = ("copy", "");

        Assert.Equal("Affected", await RowCaller.Of(tenant).WriteAsync("/api/add-user", read));

        Assert.Equal(["", ""], [(await tenant.UsersAsync())[1].Password, (await tenant.UsersAsync())[1].PasswordType]);
        Assert.Equal("invalid_grant", (await tenant.PasswordTokensAsync("copy", "***"))["error"]);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task InitDataFile_brings_such_users_without_their_password_and_says_so(DatabaseDriver driver)
    {
        var users = new[]
        {
            new { owner = "tea", name = "own", password = PasswordHashes.Hash("canary"), passwordType = "Postern" },
            new { owner = "tea", name = "costly", password = PasswordHashTexts.Django(400_001), passwordType = "pbkdf2-django" },
            new { owner = "tea", name = "fine", password = PasswordHashTexts.Django(400_000), passwordType = "pbkdf2-django" },
        };
        await using var installed = (await Installed.NewAsync(driver)).WithInitData(JsonSerializer.Serialize(new { organizations = new[] { new { name = "tea" } }, users }));

        var first = await installed.StartAsync();

        Assert.Equal(["costly/", "own/"], await installed.ReadAsync("select name || '/' || password_type from users where owner = 'tea' and password = '' order by name"));
        Assert.Equal(["fine/pbkdf2-django"], await installed.ReadAsync("select name || '/' || password_type from users where owner = 'tea' and password <> ''"));
        Assert.Contains(first.Log, l => l.Contains("a hash of this server's own format is taken from no file", StringComparison.Ordinal) && l.Contains(": tea/own.", StringComparison.Ordinal));
        Assert.Contains(first.Log, l => l.Contains(TooCostly, StringComparison.Ordinal) && l.Contains(": tea/costly.", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(DatabaseDriver.Sqlite, CasdoorSource.File)]
    [InlineData(DatabaseDriver.Postgres, CasdoorSource.File)]
    [InlineData(DatabaseDriver.Sqlite, CasdoorSource.Sqlite)]
    [InlineData(DatabaseDriver.Postgres, CasdoorSource.Postgres)]
    public async Task An_import_brings_such_users_without_their_password_also_where_the_type_is_their_organizations(DatabaseDriver driver, CasdoorSource source)
    {
        var costly = PasswordHashTexts.Argon(262_144, 4, 1);
        await using var from = await ImportedFrom.NewAsync(driver, source, world =>
        {
            world["organizations"][0]!["passwordType"] = "argon2id";
            world["organizations"][1]!["passwordType"] = "Postern";
            world["users"].Add(new JsonObject { ["owner"] = "tea", ["name"] = "costly", ["id"] = "id-of-costly", ["password"] = costly, ["passwordType"] = "argon2id" });
            world["users"].Add(new JsonObject { ["owner"] = "tea", ["name"] = "costly-too", ["id"] = "id-of-costly-too", ["password"] = costly });
            world["users"].Add(new JsonObject { ["owner"] = "coffee", ["name"] = "own", ["id"] = "id-of-own", ["password"] = PasswordHashes.Hash("canary-own"), ["passwordType"] = "postern" });
            world["users"].Add(new JsonObject { ["owner"] = "coffee", ["name"] = "own-too", ["id"] = "id-of-own-too", ["password"] = PasswordHashes.Hash("canary-own") });
        });

        foreach (var apply in new[] { false, true })
        {
            var (code, report) = await from.RunAsync(apply);

            report = report.ReplaceLineEndings("\n");
            Assert.Equal(3, code);
            Assert.Contains("because its hash costs too much to verify (2):\n  tea/costly\n  tea/costly-too\n", report, StringComparison.Ordinal);
            Assert.Contains("is taken from no source (2):\n  coffee/own\n  coffee/own-too\n", report, StringComparison.Ordinal);
        }

        Assert.Equal(4, await from.Server.ScalarAsync<long>("select count(*) from users where (name like 'costly%' or name like 'own%') and password = '' and password_type = ''"));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_row_of_an_earlier_version_that_costs_too_much_is_refused_like_a_wrong_password_and_not_computed(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await server.NewOrganizationAsync();
        var boss = await tenant.NewAdministratorAsync();
        foreach (var (name, type, hash) in new[]
        {
            ("u-own", "postern", PasswordHashTexts.Own(int.MaxValue, 32)), ("u-bcrypt", "bcrypt", "$2a$31$" + PasswordHashTexts.Bcrypt),
            ("u-argon", "argon2id", PasswordHashTexts.Argon(67_108_864, 1_000_000, 1)), ("u-django", "pbkdf2-django", PasswordHashTexts.Django(int.MaxValue)),
        })
        {
            var id = await tenant.AddUserAsync(name);
            var password = server.Secrets.Protect(SecretColumn.UserPassword, id, hash);
            await server.ExecuteAsync("update users set password = @password, password_type = @type where id = @id", new { id, type, password });

            var refused = await tenant.PasswordTokensAsync(name);
            var unknown = await tenant.PasswordTokensAsync(name + "-x");

            Assert.Equal((400, unknown.Text), (refused.Status, refused.Text));
            Assert.Equal("the stored password hash costs too much to verify: set a new password", await server.ScalarAsync<string>(
                "select detail from records where organization = @Organization and object = @target and action = 'signin-refused'",
                new { tenant.Organization, target = $"{tenant.Organization}/{name}" }));
            Assert.Contains(server.Log.Lines, l => l.Contains($"{tenant.Organization}/{name} (passwordType {type}) costs more than the budget", StringComparison.Ordinal));

            Assert.Equal("", RowCaller.Outcome(await boss.PostAsync("/api/set-password", Members.Form(("userOwner", tenant.Organization), ("userName", name), ("newPassword", "new-Password-2")))));
            Assert.NotNull((await tenant.PasswordTokensAsync(name, "new-Password-2"))["access_token"]);
        }
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_password_that_is_too_long_is_hashed_by_no_grant(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewOrganizationAsync();
        await tenant.AddUserAsync("ann");

        Assert.Equal("invalid_grant", (await tenant.PasswordTokensAsync("ann", new string('x', 1001)))["error"]);
        Assert.Equal("The password must have at most 1000 characters", await RowCaller.Of(tenant).WriteAsync(
            "/api/add-user", new() { ["owner"] = tenant.Organization, ["name"] = "ben", ["password"] = new string('x', 1001) }));
    }

    [Fact]
    public async Task Costly_hashes_of_one_organization_delay_no_other_and_those_who_hang_up_wait_no_longer()
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite);
        var (hold, other) = (await server.NewOrganizationAsync(), await server.NewOrganizationAsync());
        var costly = BCrypt.Net.BCrypt.HashPassword(PasswordUsers.Password, 11);
        foreach (var (tenant, name) in new[] { (hold, "a"), (hold, "b"), (hold, "c"), (other, "costly") })
        {
            Assert.Equal("Affected", await RowCaller.Of(tenant).WriteAsync("/api/add-user", new() { ["owner"] = tenant.Organization, ["name"] = name, ["password"] = costly, ["passwordType"] = "bcrypt" }));
        }

        await other.AddUserAsync("carol");
        var lane = server.Services.GetRequiredService<PasswordChecks>().Costly;
        using var gate = new ManualResetEventSlim();
        // Computations that do not end, on all workers.
        var held = Enumerable.Range(0, lane.Limits.Workers).Select(i => lane.RunAsync(new("held", $"{i}"), () => gate.Wait(TimeSpan.FromMinutes(1)), CancellationToken.None)).ToList();
        await WaitingAsync(lane, 0);
        using var gone = new CancellationTokenSource();

        var flood = Enumerable.Range(0, lane.Limits.PerOrganization).Select(i => SignInAsync(hold, i % 2 == 0 ? "a" : "b", gone.Token)).ToList();
        await WaitingAsync(lane, lane.Limits.PerOrganization);
        var tooMany = await hold.PasswordTokensAsync("a");

        Assert.Equal((503, "temporarily_unavailable"), (tooMany.Status, tooMany["error"]));
        Assert.NotNull(tooMany.Headers.RetryAfter);
        Assert.NotNull((await other.PasswordTokensAsync("carol"))["access_token"]);
        var waits = other.PasswordTokensAsync("costly");
        await WaitingAsync(lane, lane.Limits.PerOrganization + 1);

        await gone.CancelAsync();
        await WaitingAsync(lane, 1);
        gate.Set();

        Assert.NotNull((await waits)["access_token"]);
        Assert.All(await Task.WhenAll(held), Assert.True);
        Assert.All(flood, f => Assert.True(f.IsCanceled || f.IsFaulted));
        Assert.Equal(0, (await hold.UsersAsync()).Sum(u => u.SigninWrongTimes));
    }

    private static async Task WaitingAsync(PasswordLane lane, int count)
    {
        using var tooLong = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (lane.Waiting != count)
        {
            tooLong.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static async Task SignInAsync(Tenant tenant, string name, CancellationToken cancel)
    {
        using var http = new HttpClient { BaseAddress = tenant.Server.Http.BaseAddress };
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "password", ["client_id"] = tenant.ClientId, ["client_secret"] = tenant.ClientSecret, ["username"] = name, ["password"] = "wrong",
        });
        using var answer = await http.PostAsync(new Uri("/api/login/oauth/access_token", UriKind.Relative), form, cancel);
    }

    private static async Task<string> UploadAsync(RowCaller caller, string csv)
    {
        using var content = new MultipartFormDataContent { { new ByteArrayContent(Encoding.UTF8.GetBytes(csv)), "file", "users.csv" } };
        return RowCaller.Outcome(await caller.PostAsync("/api/upload-users", content));
    }
}
