using Postern.Directory.Credentials;
using Postern.Directory.Objects;
using Postern.Server.Commands;
using Postern.Storage.Databases;
using Postern.Storage.Secrets;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Start;

public sealed class CommandTests
{
    private static readonly SystemOperator Person = new() { ReadsTerminal = true };

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Reset_admin_gives_a_new_password_and_ends_what_the_old_one_opened(DatabaseDriver driver)
    {
        await using var installed = await Installed.NewAsync(driver);
        var first = await installed.StartAsync();
        await installed.WriteAsync("update users set is_forbidden = true");
        await installed.WriteAsync("insert into sessions (hash, user_id, created_time, expires_time) select 'h', id, 1, 2 from users");
        await installed.WriteAsync(
            """
            insert into grants (id, user_id, application_id, grant_type, scope, with_secret, auth_time, created_time, expires_time)
            select 'g', id, 'c', 'password', '', false, 1, 1, 2 from users
            """);
        var output = new StringWriter();

        var code = await ResetAdmin.RunAsync(installed.Options, Person, new ManualClock(), output);

        var id = Assert.Single(await installed.ReadAsync("select id from users where is_admin and not is_forbidden"));
        var hash = first.Secrets.Read(SecretColumn.UserPassword, id, Assert.Single(await installed.ReadAsync("select password from users")));
        Assert.Equal(0, code);
        Assert.True(PasswordHashes.Verify(hash, output.ToString().Trim().Split(' ')[^1]));
        Assert.False(PasswordHashes.Verify(hash, first.Report.MadeAdministrator!.Text));
        Assert.Empty(await installed.ReadAsync("select hash from sessions"));
        Assert.Equal(["g"], await installed.ReadAsync("select id from grants where ended_time is not null"));
        Assert.Equal(["built-in/admin"], await installed.ReadAsync("select object from records where action = 'reset-admin'"));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Reset_admin_takes_away_every_limit_that_keeps_the_administrator_out(DatabaseDriver driver)
    {
        await using var installed = await Installed.NewAsync(driver);
        var first = await installed.StartAsync();
        var id = Assert.Single(await installed.ReadAsync("select id from users where name = 'admin'"));
        var bag = first.Secrets.Protect(SecretColumn.UserSecrets, id, """{"totpSecret":"canary"}""");
        await installed.WriteAsync(
            $$"""
            update users set secrets = '{{bag}}', body = '{"ipWhitelist":"203.0.113.7","needUpdatePassword":true,"mfaPhoneEnabled":true,"bio":"kept"}' where name = 'admin'
            """);
        await installed.WriteAsync("""update organizations set ip_whitelist = '203.0.113.7', disable_signin = true, mfa_items = '[{"name":"app","rule":"Required"}]' where name = 'built-in'""");
        await installed.WriteAsync("update applications set ip_whitelist = '203.0.113.7', disable_signin = true where name = 'app-console'");
        var output = new StringWriter();

        await ResetAdmin.RunAsync(installed.Options, Person, new ManualClock(), output);

        var body = Assert.Single(await installed.ReadAsync("select body from users where name = 'admin'"));
        Assert.Equal((true, false, false), (body.Contains("kept", StringComparison.Ordinal), body.Contains("203.0.113.7", StringComparison.Ordinal), body.Contains("needUpdate", StringComparison.Ordinal)));
        Assert.Equal(["built-in"], await installed.ReadAsync("select name from organizations where ip_whitelist = '' and not disable_signin and mfa_items = 'null'"));
        Assert.Equal(["app-console"], await installed.ReadAsync("select name from applications where name = 'app-console' and ip_whitelist = '' and not disable_signin"));
        Assert.Contains("totpSecret of built-in/admin", output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("canary", output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Reset_admin_makes_an_administrator_who_is_gone(DatabaseDriver driver)
    {
        await using var installed = await Installed.NewAsync(driver);
        await installed.StartAsync();
        await installed.WriteAsync("delete from users");

        await ResetAdmin.RunAsync(installed.Options, Person, new ManualClock(), TextWriter.Null);

        Assert.Equal(["admin"], await installed.ReadAsync("select name from users where owner = 'built-in' and is_admin"));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Commands_make_no_installation_where_there_is_none(DatabaseDriver driver)
    {
        await using var installed = await Installed.NewAsync(driver);

        await Assert.ThrowsAsync<StartRefusedException>(() => ResetAdmin.RunAsync(installed.Options, Person, new ManualClock(), TextWriter.Null));
        await Assert.ThrowsAsync<StartRefusedException>(() => RewrapKeys.RunAsync(installed.Options, null, new ManualClock(), TextWriter.Null));

        Assert.Empty(await installed.TablesAsync());
        Assert.False(File.Exists(installed.Options.MasterKeyFile));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Rewrapped_keys_open_with_the_new_master_key_alone(DatabaseDriver driver)
    {
        await using var installed = await Installed.NewAsync(driver);
        await installed.StartAsync();
        var old = await File.ReadAllTextAsync(installed.Options.MasterKeyFile, TestContext.Current.CancellationToken);
        var secret = Assert.Single(await installed.ReadAsync("select id || ' ' || client_secret from applications where name = 'app-built-in'"));

        await RewrapKeys.RunAsync(installed.Options, null, new ManualClock(), TextWriter.Null);

        var second = await installed.StartAsync();
        Assert.False(File.Exists(installed.Options.MasterKeyFile + ".new"));
        Assert.Equal(secret, Assert.Single(await installed.ReadAsync("select id || ' ' || client_secret from applications where name = 'app-built-in'")));
        Assert.NotEmpty(second.Secrets.Read(SecretColumn.ApplicationSecret, secret.Split(' ')[0], secret.Split(' ')[1]));
        await File.WriteAllTextAsync(installed.Options.MasterKeyFile, old, TestContext.Current.CancellationToken);
        Assert.Contains("is not the one", (await installed.RefusalAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rewrap_that_was_cut_off_after_its_commit_is_finished_by_the_next_one()
    {
        await using var installed = await Installed.NewAsync(DatabaseDriver.Sqlite);
        await installed.StartAsync();
        var old = await File.ReadAllTextAsync(installed.Options.MasterKeyFile, TestContext.Current.CancellationToken);
        await RewrapKeys.RunAsync(installed.Options, null, new ManualClock(), TextWriter.Null);
        File.Move(installed.Options.MasterKeyFile, installed.Options.MasterKeyFile + ".new");
        await File.WriteAllTextAsync(installed.Options.MasterKeyFile, old, TestContext.Current.CancellationToken);

        await RewrapKeys.RunAsync(installed.Options, null, new ManualClock(), TextWriter.Null);

        Assert.Null((await installed.StartAsync()).Report.MadeMasterKeyFile);
    }

    [Fact]
    public async Task A_new_master_key_that_the_operator_states_is_written_nowhere()
    {
        await using var installed = await Installed.NewAsync(DatabaseDriver.Sqlite);
        await installed.StartAsync();
        var stated = Convert.ToBase64String(new byte[32]);

        await RewrapKeys.RunAsync(installed.Options, stated, new ManualClock(), TextWriter.Null);

        Assert.DoesNotContain(System.IO.Directory.GetFiles(installed.Folder, "master.key*"), f => File.ReadAllText(f).Contains(stated, StringComparison.Ordinal));
        await installed.RefusalAsync();
        await File.WriteAllTextAsync(installed.Options.MasterKeyFile, stated, TestContext.Current.CancellationToken);
        await installed.StartAsync();
    }
}
