using System.Text.Json.Nodes;
using Dapper;
using MySqlConnector;
using Postern.Directory.Objects;
using Postern.Server.Commands;
using Postern.Server.Configuration;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;

namespace Postern.Tests.Importing;

/// <summary>The dump of a Casdoor's MySQL database, in the real MariaDB: a database of its own.</summary>
public sealed class CasdoorDump : IAsyncDisposable
{
    private CasdoorDump(string database) => Database = database;

    public string Database { get; }

    public string Address => MariaDbServer.AddressOf(Database);

    public static async Task<CasdoorDump> LoadAsync()
    {
        var dump = new CasdoorDump(await MariaDbServer.CreateDatabaseAsync());
        await dump.ExecuteAsync(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Importing", "casdoor-mysql.sql")));
        return dump;
    }

    public Task ExecuteAsync(string sql) => MariaDbServer.ExecuteAsync(Database, sql);

    /// <summary>A row as its owner's programs read it: the columns by their names.</summary>
    public async Task<IReadOnlyList<IDictionary<string, object?>>> RowsAsync(string sql)
    {
        await using var connection = new MySqlConnection(MariaDbServer.ConnectionTo(Database).ConnectionString);
        return [.. (await connection.QueryAsync(sql)).Select(r => (IDictionary<string, object?>)r)];
    }

    public async Task<string> TextAsync(string sql) => Convert.ToString((await RowsAsync(sql))[0].Values.First(), System.Globalization.CultureInfo.InvariantCulture)!;

    /// <summary>Imports it as the command does.</summary>
    public async Task<(int Code, string Report)> ImportAsync(PosternOptions options, TimeProvider clock, bool apply = true, bool takeKeys = false)
    {
        var output = new StringWriter();
        var code = await ImportCommand.RunAsync(options, new ImportRequest(null, Address, apply, takeKeys), SystemOperator.Nobody, clock, output, TextWriter.Null, isTerminal: false);
        return (code, output.ToString().ReplaceLineEndings("\n"));
    }

    public async ValueTask DisposeAsync() => await MariaDbServer.DropDatabaseAsync(Database);
}

/// <summary>One that tests only read.</summary>
public sealed class SharedDump : Xunit.IAsyncLifetime
{
    private CasdoorDump? dump;

    public CasdoorDump Dump => dump!;

    public async ValueTask InitializeAsync() => dump = await CasdoorDump.LoadAsync();

    public async ValueTask DisposeAsync()
    {
        if (dump is not null)
        {
            await dump.DisposeAsync();
        }
    }
}

/// <summary>For both databases a server whose installation the import of the dump has made; tests only read it.</summary>
public sealed class ImportedDump : Xunit.IAsyncLifetime
{
    private readonly Dictionary<DatabaseDriver, (TestServer Server, PosternOptions Options, string Report)> servers = [];
    private CasdoorDump? dump;

    public CasdoorDump Dump => dump!;

    public TestServer this[DatabaseDriver driver] => servers[driver].Server;

    public PosternOptions OptionsOf(DatabaseDriver driver) => servers[driver].Options;

    public string ReportOf(DatabaseDriver driver) => servers[driver].Report;

    public async ValueTask InitializeAsync()
    {
        dump = await CasdoorDump.LoadAsync();
        foreach (var driver in new[] { DatabaseDriver.Sqlite, DatabaseDriver.Postgres })
        {
            PosternOptions? options = null;
            var report = "";
            var server = await TestServer.StartAsync(driver, o => options = o, prepare: async _ => report = (await dump.ImportAsync(options!, TimeProvider.System)).Report);
            servers[driver] = (server, options!, report);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (server, _, _) in servers.Values)
        {
            await server.DisposeAsync();
        }

        if (dump is not null)
        {
            await dump.DisposeAsync();
        }
    }
}
