using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Postern.Storage.Databases;

/// <summary>
/// One write: statements on the given connection, inside the given transaction. It serves both databases, never catches a
/// constraint violation (it uses <c>on conflict</c> and reads the affected rows), and signs or decrypts nothing. It may be
/// run again after it was undone as a whole.
/// </summary>
public delegate Task<Written<T>> WriteFunction<T>(DbConnection connection, DbTransaction transaction);

/// <summary>The database: connections to read with, and one queue to write through.</summary>
public sealed class Database : IAsyncDisposable
{
    static Database() => DefaultTypeMap.MatchNamesWithUnderscores = true;

    private readonly DbDataSource source;
    private readonly SqliteReaders? readers;
    private readonly IWriteQueue writes;

    /// <param name="options">Which database.</param>
    /// <param name="log">Receives every statement, without its values (<c>showSql</c>); null = no log.</param>
    public Database(StorageOptions options, ILoggerFactory? log = null)
    {
        Scans = new Scans(this);
        Driver = options.Driver;
        Dialect = Dialect.Of(options.Driver);
        if (options.Driver == DatabaseDriver.Sqlite)
        {
            var connectionString = SqliteConnections.Complete(options.ConnectionString);
            source = SqliteFactory.Instance.CreateDataSource(connectionString);
            var statements = log?.CreateLogger("Sqlite.Command");
            readers = new SqliteReaders(connectionString, statements);
            writes = new SqliteWriteQueue(connectionString, statements);
        }
        else
        {
            source = new NpgsqlDataSourceBuilder(PostgresConnections.Complete(options.ConnectionString)).UseLoggerFactory(log).Build();
            writes = new PostgresWriteQueue(OpenUncheckedAsync);
        }
    }

    public DatabaseDriver Driver { get; }

    public Dialect Dialect { get; }

    /// <summary>Reads whose cost grows with the table.</summary>
    public Scans Scans { get; }

    /// <summary>A connection to read with; the caller disposes it.</summary>
    /// <exception cref="StorageUnavailableException">The database does not answer.</exception>
    public async ValueTask<DbConnection> OpenAsync(CancellationToken cancel = default)
    {
        try
        {
            return await OpenUncheckedAsync(cancel);
        }
        catch (Exception e) when (StorageFailure.IsOne(e))
        {
            throw StorageFailure.Of(e);
        }
    }

    /// <summary>Reads with a connection of its own.</summary>
    /// <exception cref="StorageUnavailableException">The database does not answer.</exception>
    public async Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> read, CancellationToken cancel = default)
    {
        try
        {
            if (readers is not null)
            {
                return await ReadAsync(readers, read);
            }

            return await ReadPostgresAsync(read, cancel);
        }
        catch (Exception e) when (StorageFailure.IsOne(e))
        {
            throw StorageFailure.Of(e);
        }
    }

    private async Task<T> ReadPostgresAsync<T>(Func<DbConnection, Task<T>> read, CancellationToken cancel)
    {
        await using (var pooled = await OpenUncheckedAsync(cancel))
        {
            try
            {
                return await read(pooled);
            }
            catch (NpgsqlException e) when (StorageFailure.IsLostConnection(e))
            {
                NpgsqlConnection.ClearPool((NpgsqlConnection)pooled);
            }
        }

        await using var fresh = await OpenUncheckedAsync(cancel);
        return await read(fresh);
    }

    private static async Task<T> ReadAsync<T>(SqliteReaders readers, Func<DbConnection, Task<T>> read)
    {
        var connection = readers.Rent();
        var failed = true;
        try
        {
            var result = await read(connection);
            failed = false;
            return result;
        }
        finally
        {
            readers.Return(connection, failed);
        }
    }

    /// <summary>
    /// Queues a write and returns when it is on disk. There is no cancellation: a caller who hangs up must not turn a
    /// write that others may already see into an error.
    /// </summary>
    /// <exception cref="StorageUnavailableException">The queue is full, or the database does not answer: nothing was written.</exception>
    public Task<T> WriteAsync<T>(WriteFunction<T> write) => writes.WriteAsync(write);

    /// <summary>One transaction outside the queue that no other node's start can overlap: migrations and first-start objects.</summary>
    public async Task UnderStartLockAsync(Func<DbConnection, DbTransaction, Task> start)
    {
        await using var connection = await OpenUncheckedAsync(default);
        if (connection is SqliteConnection file)
        {
            SqliteConnections.SetJournal(file);
        }

        await using var transaction = connection is SqliteConnection sqlite
            ? sqlite.BeginTransaction(deferred: false)
            : await connection.BeginTransactionAsync();
        if (connection is NpgsqlConnection)
        {
            await using var command = connection.CreateCommand();
            command.Transaction = transaction;
            // The number is arbitrary; it is the same for every node of one database.
            command.CommandText = "select pg_advisory_xact_lock(7767031)";
            await command.ExecuteNonQueryAsync();
        }

        await start(connection, transaction);
        await transaction.CommitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await writes.DisposeAsync();
        readers?.Dispose();
        Scans.Dispose();
        await source.DisposeAsync();
    }

    private async ValueTask<DbConnection> OpenUncheckedAsync(CancellationToken cancel)
    {
        var connection = source.CreateConnection();
        try
        {
            await connection.OpenAsync(cancel);
            if (connection is SqliteConnection sqlite)
            {
                SqliteConnections.Prepare(sqlite);
            }

            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
