using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Data.Sqlite;
using Postern.Server.Commands;
using Postern.Storage.Databases;
using Postern.Storage.Keys;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Start;

public sealed class RefusedStartTests
{
    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_database_with_Casdoors_tables_is_refused_and_not_touched(DatabaseDriver driver)
    {
        await using var installed = await Installed.NewAsync(driver);
        await installed.WriteAsync("create table organization (name text)");
        await installed.WriteAsync("create table application (name text)");

        var refusal = await installed.RefusalAsync();

        Assert.Contains("Casdoor's tables", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(["application", "organization"], (await installed.TablesAsync()).Order());
        Assert.False(File.Exists(installed.Options.MasterKeyFile));
    }

    [Fact]
    public async Task Casdoors_SQLite_file_stays_the_same_to_the_byte()
    {
        await using var installed = await Installed.NewAsync(DatabaseDriver.Sqlite);
        var file = Path.Combine(installed.Folder, "postern.db");
        await using (var connection = new SqliteConnection($"Data Source={file};Pooling=false"))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = connection.CreateCommand();
            command.CommandText = "create table casbin_api_rule (id integer)";
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var before = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        await installed.RefusalAsync();
        SqliteConnection.ClearAllPools();

        Assert.Equal(before, await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
        Assert.Equal([file], System.IO.Directory.GetFiles(installed.Folder));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_missing_or_wrong_master_key_is_told_in_a_sentence_and_makes_no_new_ring(DatabaseDriver driver)
    {
        await using var installed = await Installed.NewAsync(driver);
        await installed.StartAsync();
        var key = await File.ReadAllTextAsync(installed.Options.MasterKeyFile, TestContext.Current.CancellationToken);
        File.Delete(installed.Options.MasterKeyFile);

        var missing = await installed.RefusalAsync();
        Assert.False(File.Exists(installed.Options.MasterKeyFile));
        MasterKey.Create(installed.Options.MasterKeyFile);
        var wrong = await installed.RefusalAsync();
        await File.WriteAllTextAsync(installed.Options.MasterKeyFile, key, TestContext.Current.CancellationToken);
        var right = await installed.StartAsync();

        Assert.Contains("master key is missing", missing.Message, StringComparison.Ordinal);
        Assert.Contains("is not the one", wrong.Message, StringComparison.Ordinal);
        Assert.Null(right.Report.MadeMasterKeyFile);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_told_in_a_sentence()
    {
        await using var installed = await Installed.NewAsync(DatabaseDriver.Sqlite);
        var file = Path.Combine(installed.Folder, "postern.db");
        await File.WriteAllTextAsync(file, new string('x', 8192), TestContext.Current.CancellationToken);

        var failure = await Record.ExceptionAsync(() => installed.StartAsync());

        Assert.Equal("The database (SQLite here) cannot be used: the file is not a sound SQLite database.", Refusal.SentenceOf(failure!, "SQLite here"));
        Assert.Equal(new string('x', 8192), await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_PostgreSQL_that_does_not_answer_is_told_in_a_sentence_without_the_connection_string()
    {
        await using var installed = await Installed.NewAsync(DatabaseDriver.Sqlite);
        installed.Options = installed.Options with { Driver = DatabaseDriver.Postgres, ConnectionString = "Host=127.0.0.1;Port=1;Username=u;Password=canary;Database=d" };

        var failure = await Record.ExceptionAsync(() => installed.StartAsync());
        installed.Options = installed.Options with { Driver = DatabaseDriver.Sqlite };

        var sentence = Refusal.SentenceOf(failure!, "PostgreSQL 127.0.0.1/d");
        Assert.Equal("The database (PostgreSQL 127.0.0.1/d) cannot be used: the database cannot be reached.", sentence);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_master_key_file_that_was_overwritten_asks_for_the_one_that_the_database_was_made_with(DatabaseDriver driver)
    {
        await using var installed = await Installed.NewAsync(driver);
        await installed.StartAsync();
        await File.WriteAllTextAsync(installed.Options.MasterKeyFile, "abc", TestContext.Current.CancellationToken);

        var refusal = await installed.RefusalAsync();

        Assert.Contains("that this database was made with; put them back", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("abc", refusal.Message.Replace(installed.Options.MasterKeyFile, "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_that_this_user_may_not_take_has_a_sentence_of_its_own()
    {
        var denied = new SocketException((int)SocketError.AccessDenied);
        var taken = new IOException("", new AddressInUseException("", new SocketException((int)SocketError.AddressAlreadyInUse)));

        Assert.True(PortRefusal.IsOne(denied) && PortRefusal.IsOne(taken));
        Assert.Contains("Port 80 (httpport) may not be listened on by this user", PortRefusal.Of(denied, 80).Message, StringComparison.Ordinal);
        Assert.Contains("stop what listens there", PortRefusal.Of(taken, 80).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mistake_of_ours_is_no_refusal() => Assert.Null(Refusal.SentenceOf(new InvalidOperationException("x"), "d"));
}
