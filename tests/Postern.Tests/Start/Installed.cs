using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Postern.Directory.Objects;
using Postern.Server.Configuration;
using Postern.Server.FirstStart;
using Postern.Server.Hosting;
using Postern.Storage.Databases;
using Postern.Storage.Secrets;
using Postern.Tests.Fixtures;

namespace Postern.Tests.Start;

/// <summary>A database and a folder that servers are started on, one after the other or at once.</summary>
public sealed class Installed : IAsyncDisposable
{
    private Installed(string folder, PosternOptions options) => (Folder, Options) = (folder, options);

    public string Folder { get; }

    public PosternOptions Options { get; set; }

    public static async Task<Installed> NewAsync(DatabaseDriver driver)
    {
        var folder = System.IO.Directory.CreateTempSubdirectory("postern-start-").FullName;
        return new Installed(folder, new PosternOptions
        {
            HttpPort = 0,
            Driver = driver,
            ConnectionString = driver == DatabaseDriver.Sqlite ? $"Data Source={folder}/postern.db" : await PostgresServer.CreateDatabaseAsync(),
            Origin = "http://postern.test",
            MasterKeyFile = Path.Combine(folder, "master.key"),
        });
    }

    /// <summary>Prepares the database as a start does, and gives what is told of it; nothing listens.</summary>
    public async Task<Prepared> StartAsync(SystemOperator? person = null)
    {
        var report = new StartReport();
        var log = new LogCapture();
        var app = await PosternServer.BuildAsync(Options, new ManualClock(), builder => builder.Logging.ClearProviders().AddProvider(log), person, made => report = made);
        await using (app)
        {
            return new Prepared(report, log.Lines.ToList(), app.Services.GetRequiredService<SecretStore>());
        }
    }

    public Task<StartRefusedException> RefusalAsync(SystemOperator? person = null) => Xunit.Assert.ThrowsAsync<StartRefusedException>(() => StartAsync(person));

    public Installed WithInitData(string json)
    {
        var file = Path.Combine(Folder, "init_data.json");
        File.WriteAllText(file, json);
        Options = Options with { InitDataFile = file };
        return this;
    }

    public async Task<IReadOnlyList<string>> ReadAsync(string sql)
    {
        await using var database = new Database(Options);
        return await database.ReadAsync(async connection => (await connection.QueryAsync<string>(sql)).ToList());
    }

    public async Task WriteAsync(string sql)
    {
        await using var database = new Database(Options);
        await database.WriteAsync(async (connection, transaction) => Written.Commit(await connection.ExecuteAsync(sql, transaction: transaction)));
    }

    public async Task<IReadOnlyList<string>> TablesAsync() => await ReadAsync(Options.Driver == DatabaseDriver.Sqlite
        ? "select name from sqlite_master where type = 'table'"
        : "select table_name from information_schema.tables where table_schema = current_schema()");

    public async ValueTask DisposeAsync()
    {
        if (Options.Driver == DatabaseDriver.Postgres)
        {
            await PostgresServer.DropDatabaseAsync(Options.ConnectionString);
        }

        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        System.IO.Directory.Delete(Folder, recursive: true);
    }
}

/// <param name="Report">What the start made.</param>
/// <param name="Log">Its log.</param>
/// <param name="Secrets">Reads what it encrypted.</param>
public sealed record Prepared(StartReport Report, IReadOnlyList<string> Log, SecretStore Secrets);
