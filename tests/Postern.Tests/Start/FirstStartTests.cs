using Postern.Directory.Credentials;
using Postern.Directory.Objects;
using Postern.Storage.Databases;
using Postern.Storage.Secrets;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Start;

public sealed class FirstStartTests
{
    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_first_start_makes_what_Casdoor_makes_but_keys_and_password_of_its_own(DatabaseDriver driver)
    {
        await using var installed = await Installed.NewAsync(driver);

        var first = await installed.StartAsync();

        Assert.Equal(["built-in"], await installed.ReadAsync("select name from organizations"));
        Assert.Equal(["app-built-in", "app-console"], await installed.ReadAsync("select name from applications order by name"));
        Assert.Equal(["cert-built-in 2048 RS256"], await installed.ReadAsync("select name || ' ' || bit_size || ' ' || crypto_algorithm from certs"));
        Assert.Equal(["admin"], await installed.ReadAsync("select name from users where owner = 'built-in' and is_admin and email = '' and phone = ''"));
        Assert.Equal(["provider_balance", "provider_captcha_default", "provider_payment_dummy"], await installed.ReadAsync("select name from providers order by name"));
        var password = first.Report.MadeAdministrator!.Text;
        Assert.True(password.Length >= 20);
        var id = Assert.Single(await installed.ReadAsync("select id from users"));
        var hash = Assert.Single(await installed.ReadAsync("select password from users"));
        Assert.True(PasswordHashes.Verify(first.Secrets.Read(SecretColumn.UserPassword, id, hash), password));
        Assert.Equal(installed.Options.MasterKeyFile, first.Report.MadeMasterKeyFile);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_second_start_keeps_everything_and_tells_no_password(DatabaseDriver driver)
    {
        const string everything = "select id || name || client_secret from applications union all select id || name || password from users "
            + "union all select id || name || private_key from certs union all select id || name || client_secret from providers "
            + "union all select name || value from settings union all select id || name from organizations order by 1";
        await using var installed = await Installed.NewAsync(driver);
        await installed.StartAsync();
        var before = await installed.ReadAsync(everything);

        var second = await installed.StartAsync();

        Assert.Equal(before, await installed.ReadAsync(everything));
        Assert.Null(second.Report.MadeAdministrator);
        Assert.Null(second.Report.MadeMasterKeyFile);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Two_nodes_that_start_together_make_one_installation(DatabaseDriver driver)
    {
        await using var installed = await Installed.NewAsync(driver);

        var starts = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => installed.StartAsync())));

        Assert.Single(starts, s => s.Report.MadeAdministrator is not null);
        Assert.Single(await installed.ReadAsync("select id from users"));
        Assert.Single(await installed.ReadAsync("select id from certs"));
    }

    [Fact]
    public async Task Where_nobody_reads_a_terminal_the_password_is_in_a_file_of_its_own()
    {
        await using var installed = await Installed.NewAsync(DatabaseDriver.Sqlite);
        var person = new SystemOperator { PasswordFile = Path.Combine(installed.Folder, "data", "admin-password") };

        var first = await installed.StartAsync(person);

        Assert.Equal(first.Report.MadeAdministrator!.Text + "\n", await File.ReadAllTextAsync(person.PasswordFile, TestContext.Current.CancellationToken));
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(person.PasswordFile) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Fact]
    public async Task A_password_that_cannot_be_written_stops_the_start_before_anything_is_made()
    {
        await using var installed = await Installed.NewAsync(DatabaseDriver.Sqlite);
        await File.WriteAllTextAsync(Path.Combine(installed.Folder, "in-the-way"), "", TestContext.Current.CancellationToken);

        var refusal = await installed.RefusalAsync(new SystemOperator { PasswordFile = Path.Combine(installed.Folder, "in-the-way", "admin-password") });

        Assert.Contains("in-the-way", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(await installed.TablesAsync());
        Assert.False(File.Exists(installed.Options.MasterKeyFile));
    }

    [Fact]
    public async Task The_operators_own_password_is_taken_and_123_is_not()
    {
        await using var installed = await Installed.NewAsync(DatabaseDriver.Sqlite);

        var refusal = await installed.RefusalAsync(new SystemOperator { GivenPassword = "123" });
        var first = await installed.StartAsync(new SystemOperator { GivenPassword = "correct horse" });

        Assert.Contains("POSTERN_ADMIN_PASSWORD", refusal.Message, StringComparison.Ordinal);
        Assert.True(first.Report.MadeAdministrator is { IsGiven: true, File: null });
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_demo_is_made_once_with_a_sandbox_and_never_without(DatabaseDriver driver)
    {
        await using var installed = await Installed.NewAsync(driver);
        var production = await installed.StartAsync();
        installed.Options = installed.Options with { HasSandbox = true, IsDevelopment = true };
        var development = await installed.StartAsync();
        Assert.Equal(["demo-app", "demo-web"], await installed.ReadAsync("select name from applications where is_demo order by name"));
        Assert.Equal(["demo"], await installed.ReadAsync("select name from organizations where is_demo"));
        Assert.Equal(["demo-wechat wxsandbox00000001"], await installed.ReadAsync("select name || ' ' || client_id from providers where is_demo"));
        await installed.WriteAsync("delete from applications where is_demo");

        var again = await installed.StartAsync();

        Assert.Null(production.Report.DemoClientId);
        Assert.Equal("demo-client", development.Report.DemoClientId);
        Assert.Null(again.Report.DemoClientId);
    }
}
