using System.Text.Json.Nodes;
using Postern.Directory.Objects;
using Postern.Import.Casdoor;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Importing;

/// <summary>Single rules of the import.</summary>
public sealed class ImportDetailTests
{
    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Names_that_differ_by_letter_case_and_shared_addresses_are_reported(DatabaseDriver driver)
    {
        await using var from = await ImportedFrom.NewAsync(driver, CasdoorSource.File, world =>
        {
            var (mei, twin) = (world.User("mei"), (JsonObject)world.User("mei").DeepClone());
            (mei["email"], mei["phone"]) = ("shared@example.com", "13800138001");
            (twin["name"], twin["id"], twin["email"], twin["phone"], twin["properties"]) = ("MEI", "id-of-another-mei", "Shared@Example.com", "13800138002", new JsonObject());
            world["users"].Add(twin);
        });

        var dry = (await from.RunAsync(apply: false)).Report;
        var report = (await from.RunAsync()).Report;
        var again = (await from.RunAsync()).Report;

        Assert.All([dry, report, again], text =>
        {
            Assert.Contains("names differ by letter case alone", text, StringComparison.Ordinal);
            Assert.Contains("  tea/MEI, tea/mei", text, StringComparison.Ordinal);
            Assert.Contains("  email: tea/MEI, tea/mei", text, StringComparison.Ordinal);
            Assert.DoesNotContain("  phone: tea/", text, StringComparison.Ordinal);
            Assert.DoesNotContain("example.com", text, StringComparison.OrdinalIgnoreCase);
        });
        Assert.Equal(2, await from.Server.ScalarAsync<long>("select count(*) from users where owner = 'tea' and name in ('mei', 'MEI') and not email_by_user and not phone_by_user"));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_run_that_was_cut_is_finished_by_the_next(DatabaseDriver driver)
    {
        await using var from = await ImportedFrom.NewAsync(driver, CasdoorSource.File);
        await from.RunAsync();
        var whole = await IdentitiesAsync(from);
        await from.Server.ExecuteAsync("delete from external_identities");
        await from.Server.ExecuteAsync("delete from policies");
        await from.Server.ExecuteAsync("delete from users where owner = 'tea' and name in ('mei', 'twin-b')");

        var (_, report) = await from.RunAsync();

        Assert.Equal(whole, await IdentitiesAsync(from));
        Assert.Contains("users: 9 read, 2 taken, 6 already there, 1 not taken", report, StringComparison.Ordinal);
        Assert.Contains("policy rules: 2 read, 2 taken", report, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task No_identity_is_moved_and_no_account_that_was_opened_here_gets_one(DatabaseDriver driver)
    {
        await using var from = await ImportedFrom.NewAsync(driver, CasdoorSource.File, world => world["users"].Remove(world.User("twin-b")));
        await from.Server.AddUserAsync("built-in", "owner", ("id", "somebody"));
        // The same name, and another person for all we know.
        using var administrator = await Administrator.OfAsync(from.Server);
        await administrator.WriteAsync("/api/add-organization", new JsonObject { ["owner"] = "admin", ["name"] = "tea" });
        await from.Server.ExecuteAsync(
            """
            insert into external_identities (organization_id, kind, issuer, subject, user_id, created_time)
            select id, 'openid', 'wxsandboximport', 'canary-twin', 'somebody', 1 from organizations where name = 'tea'
            """);
        await from.Server.AddUserAsync("tea", "mei", ("id", "made-here"));

        var (_, report) = await from.RunAsync();

        Assert.Equal("somebody", await from.Server.ScalarAsync<string>("select user_id from external_identities"));
        Assert.Contains("WeChat identities: 1 read, 0 taken, 0 already there, 1 not taken", report, StringComparison.Ordinal);
        Assert.Contains("  tea/mei: made-here, in Casdoor id-of-mei-too", report, StringComparison.Ordinal);
        Assert.Contains("  tea/twin-a (openid)", report, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_application_comes_over_without_the_claims_that_are_its_users_own(DatabaseDriver driver)
    {
        await using var from = await ImportedFrom.NewAsync(driver, CasdoorSource.File, world =>
        {
            world["applications"][0]!["tokenFields"] = new JsonArray("Email", "Properties.owner");
            world["applications"][0]!["tokenAttributes"] = JsonNode.Parse(
                """[{"name": "owner", "category": "Static Value", "value": "other", "type": "String"}, {"name": "team", "category": "Static Value", "value": "red", "type": "String"}]""");
        });

        var (_, report) = await from.RunAsync();

        Assert.Contains("  tea-app (tokenAttributes: the claim \"owner\" tells of the user", report, StringComparison.Ordinal);
        Assert.Equal(("[\"Email\"]", "team"), (
            await from.Server.ScalarAsync<string>("select token_fields from applications where name = 'tea-app'"),
            JsonNode.Parse((await from.Server.ScalarAsync<string>("select token_attributes from applications where name = 'tea-app'"))!)!.AsArray().Single()!["name"]!.ToString()));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Applications_keep_Casdoors_id_tokens_unless_the_source_says_otherwise(DatabaseDriver driver)
    {
        await using var from = await ImportedFrom.NewAsync(driver, CasdoorSource.File, world =>
        {
            var other = (JsonObject)world["applications"][0]!.DeepClone();
            (other["name"], other["clientId"], other["idTokenClaims"]) = ("other-app", "other", "standard");
            world["applications"].Add(other);
        });

        await from.RunAsync();

        Assert.Equal(("casdoor", "standard"), (
            await from.Server.ScalarAsync<string>("select id_token_claims from applications where name = 'tea-app'"),
            await from.Server.ScalarAsync<string>("select id_token_claims from applications where name = 'other-app'")));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task No_source_gives_an_application_the_whole_installation(DatabaseDriver driver)
    {
        await using var from = await ImportedFrom.NewAsync(driver, CasdoorSource.File, world =>
        {
            world["applications"][0]!["apiAccess"] = "installation";
            var twice = (JsonObject)world["applications"][0]!.DeepClone();
            (twice["name"], twice["clientId"], twice["ApiAccess"]) = ("twice-app", "twice", "");
            world["applications"].Add(twice);
        });

        foreach (var apply in new[] { false, true })
        {
            var (code, report) = await from.RunAsync(apply);
            Assert.Equal(3, code);
            Assert.Contains("have their organization here (apiAccess) (2):\n  tea-app\n  twice-app\n", Lines(report), StringComparison.Ordinal);
        }

        Assert.Equal(0, await from.Server.ScalarAsync<long>("select count(*) from applications where api_access = 'installation'"));
        Assert.Equal(2, await from.Server.ScalarAsync<long>("select count(*) from applications where name in ('tea-app', 'twice-app') and api_access = 'organization'"));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Users_with_a_second_factor_are_named_without_its_secret(DatabaseDriver driver)
    {
        // One of the world has an authenticator app, the other gets a telephone.
        await using var from = await ImportedFrom.NewAsync(driver, CasdoorSource.File, world => world.User("twin-b")["mfaPhoneEnabled"] = true);

        foreach (var apply in new[] { false, true, true })
        {
            var (code, report) = await from.RunAsync(apply);

            Assert.Equal(3, code);
            Assert.Contains("Users with a second factor, which is not offered yet: they do not sign in by password (2):\n  tea/mei\n  tea/twin-b\n", Lines(report), StringComparison.Ordinal);
            Assert.DoesNotContain("canary-totp", report, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_second_factor_that_is_dropped_leaves_the_password_and_the_report_names_the_user(DatabaseDriver driver)
    {
        await using var from = await ImportedFrom.NewAsync(driver, CasdoorSource.File);

        var (_, report) = await from.RunAsync(dropSecondFactors: true);
        var tenant = new Tenant(from.Server, "tea", "tea-app", "tea-client", CasdoorWorld.Secret, from.World.MiniProgram);
        var byPassword = await tenant.TokenAsync(
            ("grant_type", "password"), ("client_id", "tea-client"), ("client_secret", CasdoorWorld.Secret), ("username", "mei"), ("password", CasdoorWorld.Password));

        Assert.Contains("Users taken without their second factor, as --second-factors drop says: their password alone signs them in (1):\n  tea/mei\n", Lines(report), StringComparison.Ordinal);
        Assert.Equal("id-of-mei-too", byPassword.Claims("access_token").GetProperty("sub").GetString());
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Names_of_deleted_certs_and_names_that_others_have_are_not_given_again(DatabaseDriver driver)
    {
        await using var from = await ImportedFrom.NewAsync(driver, CasdoorSource.File, world =>
        {
            var twin = (JsonObject)world["providers"][0]!.DeepClone();
            twin["owner"] = "tea";
            world["providers"].Add(twin);
            var other = (JsonObject)world["applications"][1]!.DeepClone();
            other["name"] = "other-app";
            world["applications"].Add(other);
        });
        await from.Server.ExecuteAsync("insert into retired_certs (name, retired_time) values ('house-cert', 1)");

        var (code, report) = await from.RunAsync();

        Assert.Equal(3, code);
        Assert.Equal(0, await from.Server.ScalarAsync<long>("select count(*) from certs where name = 'house-cert'"));
        Assert.Contains("may still be about (1):\n  cert admin/house-cert\n", Lines(report), StringComparison.Ordinal);
        Assert.Contains("only one may have (2):\n  provider tea/tea-mini\n  application admin/other-app\n", Lines(report), StringComparison.Ordinal);
        Assert.Contains("they sign with the installation's (1):\n  house-app (house-cert)\n", Lines(report), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_published_password_is_not_taken_over(DatabaseDriver driver)
    {
        await using var from = await ImportedFrom.NewAsync(driver, CasdoorSource.File);
        await from.Server.ExecuteAsync("delete from users where owner = 'built-in' and name = 'admin'");

        var (_, report) = await from.RunAsync();

        Assert.Equal("casdoor-admin", await from.Server.ScalarAsync<string>("select id from users where owner = 'built-in' and name = 'admin'"));
        Assert.Contains("built-in/admin: it is 123, which Casdoor's documentation publishes\n", Lines(report), StringComparison.Ordinal);
        // Somebody can sign in, with a password that was made for it.
        Assert.Matches("Administrator 管理员: built-in/admin, password 密码: [a-z0-9-]{20,}", report);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task In_an_installation_in_use_a_missing_administrator_is_not_made_of_the_published_password(DatabaseDriver driver)
    {
        await using var from = await ImportedFrom.NewAsync(driver, CasdoorSource.File);
        await from.Server.AddUserAsync("built-in", "owner", ("isAdmin", true));
        await from.Server.ExecuteAsync("delete from users where owner = 'built-in' and name = 'admin'");

        var (_, report) = await from.RunAsync();

        Assert.Equal(0, await from.Server.ScalarAsync<long>("select count(*) from users where owner = 'built-in' and name = 'admin'"));
        Assert.Contains("the password is 123, which Casdoor's documentation publishes (1):\n  user built-in/admin\n", Lines(report), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_object_that_its_kind_refuses_takes_no_other_along(DatabaseDriver driver)
    {
        await using var from = await ImportedFrom.NewAsync(driver, CasdoorSource.File, world =>
        {
            world["models"].Add(new JsonObject { ["owner"] = "tea", ["name"] = "broken", ["modelText"] = "no model" });
            world["users"].Add(new JsonObject { ["owner"] = "tea", ["name"] = "nul", ["displayName"] = "a\0b" });
            world["users"].Add(new JsonObject { ["owner"] = "tea", ["name"] = "na\0me\u001b" });
            world["users"].Add(new JsonObject { ["owner"] = "tea", ["name"] = "wrong", ["score"] = "canary-seven" });
            world["users"].Add(world.User("plain").DeepClone());
        });

        var (_, report) = await from.RunAsync();

        Assert.Contains("models: 2 read, 1 taken, 0 already there, 1 not taken", report, StringComparison.Ordinal);
        Assert.Contains("  user tea/nul: U+0000 is not allowed in displayName\n", Lines(report), StringComparison.Ordinal);
        Assert.Contains("  user tea/na?me?: ", report, StringComparison.Ordinal);
        Assert.Contains("  user tea/wrong: json: cannot unmarshal string into Go struct field User.score of type int\n", Lines(report), StringComparison.Ordinal);
        Assert.Contains("taken as they stand first (1):\n  user tea/plain\n", Lines(report), StringComparison.Ordinal);
        Assert.Equal(1, await from.Server.ScalarAsync<long>("select count(*) from users where owner = 'tea' and name = 'plain'"));
        Assert.DoesNotContain("canary", report, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_hash_without_a_type_is_of_its_organizations_type_and_is_no_password_itself(DatabaseDriver driver)
    {
        await using var from = await ImportedFrom.NewAsync(driver, CasdoorSource.File, world => world.User("mei").Remove("passwordType"));
        var hash = from.World.User("mei")["password"]!.GetValue<string>();

        await from.RunAsync(dropSecondFactors: true);

        var tenant = new Tenant(from.Server, "tea", "tea-app", "tea-client", CasdoorWorld.Secret, from.World.MiniProgram);
        Assert.Equal("", await RefusalOfAsync(CasdoorWorld.Password));
        Assert.Equal("invalid_grant", await RefusalOfAsync(hash));

        Task<string> RefusalOfAsync(string password) => tenant.RefusalAsync(
            ("grant_type", "password"), ("client_id", "tea-client"), ("client_secret", CasdoorWorld.Secret), ("username", "mei"), ("password", password));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_imports_last_line_of_the_audit_trail_says_how_much_it_took(DatabaseDriver driver)
    {
        await using var from = await ImportedFrom.NewAsync(driver, CasdoorSource.File);

        await from.RunAsync();

        Assert.Matches("^taken [0-9]{2}, already there 1, not taken 3$", await from.Server.ScalarAsync<string>("select detail from records where action = 'import' and organization = 'built-in'"));
    }

    [Theory]
    [InlineData(CasdoorSource.Sqlite)]
    [InlineData(CasdoorSource.Postgres)]
    public async Task Casdoors_table_prefix_is_found_and_columns_that_nobody_knows_are_named(CasdoorSource source)
    {
        await using var from = await ImportedFrom.NewAsync(DatabaseDriver.Sqlite, source, prefix: "cas_");
        await from.ExecuteAtCasdoorAsync("alter table \"cas_user\" add column is_global_admin integer");
        await from.ExecuteAtCasdoorAsync("alter table \"cas_user\" add column quiet varchar(100)");
        await from.ExecuteAtCasdoorAsync("update \"cas_user\" set is_global_admin = 1, quiet = '', display_name = null, score = null where name = 'mei'");

        var (_, report) = await from.RunAsync();

        Assert.Contains("which were not read (1):\n  user.is_global_admin\n", Lines(report), StringComparison.Ordinal);
        Assert.Contains("users: 9 read, 8 taken", report, StringComparison.Ordinal);
        Assert.Contains("policy rules: 2 read, 2 taken", report, StringComparison.Ordinal);
        var mei = (await from.Server.Database.ReadAsync(c => ObjectStore.FindAsync(c, ObjectKinds.User, "tea", "mei")))!.Show();
        Assert.Equal(" 0", $"{mei["displayName"]} {mei["score"]}");
        Assert.False(mei.ContainsKey("isGlobalAdmin"));
    }

    [Theory]
    [InlineData(CasdoorSource.File)]
    [InlineData(CasdoorSource.Sqlite)]
    [InlineData(CasdoorSource.Postgres)]
    public async Task More_users_than_a_page_come_over_each_once(CasdoorSource source)
    {
        await using var from = await ImportedFrom.NewAsync(DatabaseDriver.Postgres, source, world =>
        {
            foreach (var i in Enumerable.Range(0, 1200))
            {
                world["users"].Add(new JsonObject { ["owner"] = i % 2 == 0 ? "tea" : "coffee", ["name"] = $"U{i % 7}-{i}", ["id"] = $"many-{i}", ["signupApplication"] = "tea-app", ["wechat"] = $"many-{i}" });
            }
        });

        var (_, report) = await from.RunAsync();

        Assert.Contains("users: 1,209 read, 1,208 taken, 0 already there, 1 not taken", report, StringComparison.Ordinal);
        Assert.Equal(1200, await from.Server.ScalarAsync<long>("select count(*) from users where id like 'many-%'"));
        Assert.Equal(600, await from.Server.ScalarAsync<long>("select count(*) from external_identities where subject like 'many-%' and user_id = subject"));
    }

    [Fact]
    public void The_progress_says_how_far_it_is_and_how_fast()
    {
        var (clock, lines, screen) = (new SteppedClock(), new StringWriter(), new StringWriter());
        var (log, terminal) = (new Progress(lines, false, clock), new Progress(screen, true, clock));
        log.Begin("users", 1_000_000);
        terminal.Begin("users", 1_000_000);
        foreach (var _ in Enumerable.Range(0, 12))
        {
            clock.Now += TimeSpan.FromSeconds(1);
            log.Advance(10_000);
            terminal.Advance(10_000);
        }

        terminal.End();
        Assert.Equal("users: 100,000 of 1,000,000 (10 %), 10,000/s\n", lines.ToString().ReplaceLineEndings("\n"));
        Assert.Contains("\rusers: 120,000 of 1,000,000 (12 %), 10,000/s", screen.ToString(), StringComparison.Ordinal);
        Assert.EndsWith(" \r", screen.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_progress_says_how_many_passwords_of_a_page_are_hashed()
    {
        var (clock, lines) = (new SteppedClock(), new StringWriter());
        var log = new Progress(lines, false, clock);
        log.Begin("users", 400);
        log.BeginPart("passwords hashed", 150);
        // As many threads count.
        Parallel.For(0, 149, _ => log.AdvancePart());
        clock.Now += TimeSpan.FromSeconds(10);
        log.AdvancePart();

        Assert.Equal("users: 0 of 400 (0 %), 0/s, passwords hashed: 150 of 150\n", lines.ToString().ReplaceLineEndings("\n"));
    }

    private static string Lines(string report) => report.ReplaceLineEndings("\n");

    private static async Task<string> IdentitiesAsync(ImportedFrom from) =>
        (await from.Server.ScalarAsync<string>("select max(organization_id || kind || issuer || subject || user_id) from external_identities"))!
        + await from.Server.ScalarAsync<long>("select count(*) from external_identities");

    /// <summary>Stands still between steps.</summary>
    private sealed class SteppedClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
