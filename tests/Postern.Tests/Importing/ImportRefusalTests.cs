using System.Net;
using System.Net.Sockets;
using Microsoft.Data.Sqlite;
using Postern.Directory.Objects;
using Postern.Server.Commands;
using Postern.Server.Configuration;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Postern.Tests.Start;
using Xunit;

namespace Postern.Tests.Importing;

/// <summary>What cannot be imported from says so in one sentence, with its place and without its password, and leaves no trace.</summary>
public sealed class ImportRefusalTests
{
    [Theory]
    [InlineData("{\"users\": [\n  {\"owner\": }]}", "line 2, position 13")]
    [InlineData("""{"users": {}}""", "users, is refused: it must be an array")]
    [InlineData("""{"organizations": [{"name": "tea"}], "users": [7]}""", "users[0]")]
    [InlineData("""{"organizations": [{"name": "tea"}, {"displayName": "no name"}]}""", "organizations[1]")]
    [InlineData("""{"users": [{"name": "mei"}]}""", "users[0]")]
    [InlineData("""{"webhooks": [{"name": ""}]}""", "webhooks[0]")]
    [InlineData("""{"ldaps": [{"name": "no id"}]}""", "ldaps[0]")]
    [InlineData("""{"enforcerPolicies": {"tea/gate": ["p"]}}""", "enforcerPolicies")]
    [InlineData("""{"a": 1, "a": 2}""", "a property that stands twice")]
    [InlineData("[]", "line 1")]
    [InlineData("", "line 1")]
    public async Task A_file_of_another_form_is_refused_with_its_place(string json, string place)
    {
        foreach (var driver in Enum.GetValues<DatabaseDriver>())
        {
            await using var installed = await Installed.NewAsync(driver);
            await installed.StartAsync();
            var path = Path.Combine(installed.Folder, "casdoor.json");
            await File.WriteAllTextAsync(path, json);
            var before = await installed.ReadAsync("select name from organizations union all select name from users order by 1");

            var refusal = await RefusalAsync(installed, new ImportRequest(path, null, true));

            Assert.Contains(place, refusal, StringComparison.Ordinal);
            Assert.Equal(before, await installed.ReadAsync("select name from organizations union all select name from users order by 1"));
        }
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_refused()
    {
        await using var installed = await Installed.NewAsync(DatabaseDriver.Sqlite);
        await installed.StartAsync();

        Assert.Contains("it must be a file that this user may read", await RefusalAsync(installed, new ImportRequest(Path.Combine(installed.Folder, "none.json"), null, false)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("user=casdoor password=canary-secret host=127.0.0.1 port={0} sslmode=disable dbname=casdoor")]
    [InlineData("postgres://casdoor:canary-secret@127.0.0.1:{0}/casdoor?sslmode=disable")]
    [InlineData("Host=127.0.0.1;Port={0};Username=casdoor;Password=canary-secret;Database=casdoor")]
    [InlineData("casdoor:canary-secret@tcp(127.0.0.1:{0})/")]
    [InlineData("mysql://casdoor:canary-secret@127.0.0.1:{0}/casdoor")]
    [InlineData("Server=127.0.0.1;Port={0};Uid=casdoor;Pwd=canary-secret")]
    public async Task A_database_that_does_not_answer_is_named_without_its_password(string connection)
    {
        await using var installed = await Installed.NewAsync(DatabaseDriver.Sqlite);
        await installed.StartAsync();

        var refusal = await RefusalAsync(installed, new ImportRequest(null, connection.Replace("{0}", $"{FreePort()}", StringComparison.Ordinal), false));

        Assert.Matches(@"^The Casdoor database \((PostgreSQL|MySQL) 127\.0\.0\.1:\d+/casdoor\) cannot be read: the database cannot be reached\.$", refusal);
    }

    [Theory]
    [InlineData("root:canary-secret@tcp(localhost:0)/casdoor", "--casdoor-db is refused")]
    [InlineData("mysql://root:canary-secret@localhost:3306/casdoor?tls=canary", "--casdoor-db is refused")]
    [InlineData("user=casdoor password=canary-secret wrongword=1 host=localhost", "--casdoor-db is refused")]
    [InlineData("  ", "--casdoor-db is refused")]
    [InlineData("none/casdoor.db", "cannot be read: the database file cannot be opened")]
    public async Task A_connection_that_is_not_understood_is_not_repeated(string connection, string sentence)
    {
        await using var installed = await Installed.NewAsync(DatabaseDriver.Sqlite);
        await installed.StartAsync();

        var refusal = await RefusalAsync(installed, new ImportRequest(null, connection, false));

        Assert.Contains(sentence, refusal, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_without_Casdoors_tables_is_refused()
    {
        await using var installed = await Installed.NewAsync(DatabaseDriver.Sqlite);
        await installed.StartAsync();

        Assert.Contains("has no tables of Casdoor's", await RefusalAsync(installed, new ImportRequest(null, installed.Options.ConnectionString, false)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Casdoors_file_is_opened_to_be_read_alone()
    {
        await using var from = await ImportedFrom.NewAsync(DatabaseDriver.Sqlite, CasdoorSource.Sqlite);
        await using var connection = await Postern.Import.Casdoor.CasdoorConnection.OpenAsync(from.Source);

        await using var command = connection.CreateCommand();
        command.CommandText = "delete from \"user\"";

        Assert.Equal(8, Assert.Throws<SqliteException>(() => command.ExecuteNonQuery()).SqliteErrorCode);
    }

    [Fact]
    public async Task Casdoors_server_is_asked_for_a_session_that_only_reads()
    {
        await using var from = await ImportedFrom.NewAsync(DatabaseDriver.Sqlite, CasdoorSource.Postgres);
        await using var connection = await Postern.Import.Casdoor.CasdoorConnection.OpenAsync(from.Source);

        await using var command = connection.CreateCommand();
        command.CommandText = "delete from \"user\"";

        Assert.Equal("25006", (await Assert.ThrowsAsync<Npgsql.PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState);
    }

    private static async Task<string> RefusalAsync(Installed installed, ImportRequest request) =>
        (await Assert.ThrowsAsync<StartRefusedException>(() => ImportCommand.RunAsync(installed.Options, request, SystemOperator.Nobody, new ManualClock(), TextWriter.Null, TextWriter.Null, false))).Message;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
