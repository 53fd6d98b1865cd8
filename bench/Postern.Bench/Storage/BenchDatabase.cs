using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Postern.Bench.Storage;

public enum Engine
{
    Sqlite,
    Postgres,
}

/// <summary>An empty database and a folder beside it; both are gone after the run.</summary>
public sealed class BenchDatabase : IAsyncDisposable
{
    private readonly string? server;
    private readonly string name;

    private BenchDatabase(Engine engine, string folder, string name, string? server) =>
        (Engine, Folder, this.name, this.server) = (engine, folder, name, server);

    public Engine Engine { get; }

    /// <summary>The server's working directory.</summary>
    public string Folder { get; }

    public string DriverName => Engine == Engine.Sqlite ? "sqlite" : "postgres";

    public string ConnectionString => Engine == Engine.Sqlite ? Path.Combine(Folder, "postern.db") : Postgres(server!, name);

    /// <param name="engine">Which engine.</param>
    /// <param name="server">PostgreSQL: a connection string of Npgsql without a database.</param>
    public static async Task<BenchDatabase> CreateAsync(Engine engine, string? server)
    {
        var database = new BenchDatabase(engine, System.IO.Directory.CreateTempSubdirectory("postern-bench-").FullName, "bench" + Guid.NewGuid().ToString("N"), server);
        if (engine == Engine.Postgres)
        {
            await AtServerAsync(server!, "create database " + database.name);
        }

        return database;
    }

    /// <summary>What PostgreSQL says of its durability: figures of one that does not sync say nothing about a disk.</summary>
    public static async Task<string> DescribeServerAsync(string server) => (string)(await AtServerAsync(
        server,
        "select 'PostgreSQL ' || current_setting('server_version') || ', fsync ' || current_setting('fsync') || ', synchronous_commit ' || current_setting('synchronous_commit')"))!;

    public async Task<DbConnection> OpenAsync()
    {
        DbConnection connection = Engine == Engine.Sqlite
            ? new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = ConnectionString, Pooling = false }.ConnectionString)
            : new NpgsqlConnection(ConnectionString + ";Pooling=false;Command Timeout=3600");
        await connection.OpenAsync();
        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        if (Engine == Engine.Postgres)
        {
            await AtServerAsync(server!, $"drop database {name} with (force)");
        }

        System.IO.Directory.Delete(Folder, recursive: true);
    }

    private static string Postgres(string server, string database) => $"{server.TrimEnd(';')};Database={database}";

    private static async Task<object?> AtServerAsync(string server, string sql)
    {
        await using var connection = new NpgsqlConnection(Postgres(server, "postgres") + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
