using System.Data.Common;
using System.Diagnostics;
using Dapper;
using Microsoft.Data.Sqlite;
using Npgsql;
using SQLitePCL;

namespace Postern.Storage.Databases;

/// <summary>How a scan ended.</summary>
public enum ScanEnd
{
    Done,

    /// <summary>Its time was over; it was stopped.</summary>
    TookTooLong,

    /// <summary>Others were scanning, and it waited for them in vain.</summary>
    Busy,
}

/// <param name="End">How it ended.</param>
/// <param name="Value">What it read, where it was done.</param>
public readonly record struct Scan<T>(ScanEnd End, T? Value);

/// <summary>
/// Reads that may have to look at every row: few at once and none for long, so that sign-ins go on beside them. A scan has
/// a connection only while it runs, and on SQLite a thread of its own.
/// </summary>
public sealed class Scans : IDisposable
{
    // Instructions of SQLite's machine between two looks at the clock: far below a millisecond.
    private const int Instructions = 10_000;

    private readonly Database database;
    private readonly SemaphoreSlim slots;

    internal Scans(Database database)
    {
        this.database = database;
        // A scan occupies one core: half of the cores are left for all other work.
        slots = new(Math.Clamp(Environment.ProcessorCount / 2, 1, 4));
    }

    /// <summary>How long a scan may run (on PostgreSQL: each of its statements), and how long it may wait for the others before.</summary>
    public TimeSpan Longest { get; internal set; } = TimeSpan.FromSeconds(2);

    /// <exception cref="StorageUnavailableException">The database does not answer.</exception>
    public async Task<Scan<T>> ReadAsync<T>(Func<DbConnection, Task<T>> read, CancellationToken cancel = default)
    {
        if (!await slots.WaitAsync(Longest, cancel))
        {
            return new(ScanEnd.Busy, default);
        }

        try
        {
            if (database.Driver == DatabaseDriver.Postgres)
            {
                return await database.ReadAsync(connection => ReadAsync(connection, read), cancel);
            }

            // Not one of the readers: what scans ask is rarely asked twice, and would take the place of statements that are.
            await using var opened = (SqliteConnection)await database.OpenAsync(cancel);
            return await Task.Factory.StartNew(() => Read(opened, read, cancel), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        catch (Exception e) when (StorageFailure.IsOne(e))
        {
            throw StorageFailure.Of(e);
        }
        finally
        {
            slots.Release();
        }
    }

    public void Dispose() => slots.Dispose();

    private Scan<T> Read<T>(SqliteConnection connection, Func<DbConnection, Task<T>> read, CancellationToken cancel)
    {
        var (begun, longest) = (Stopwatch.GetTimestamp(), Longest);
        raw.sqlite3_progress_handler(connection.Handle, Instructions, _ => cancel.IsCancellationRequested || Stopwatch.GetElapsedTime(begun) >= longest ? 1 : 0, null);
        try
        {
            // SQLite's commands end before they return: there is nothing to wait for.
            return new(ScanEnd.Done, read(connection).GetAwaiter().GetResult());
        }
        catch (SqliteException e) when (e.SqliteErrorCode == raw.SQLITE_INTERRUPT)
        {
            cancel.ThrowIfCancellationRequested();
            return new(ScanEnd.TookTooLong, default);
        }
        finally
        {
            // The driver lends the same connection to others.
            raw.sqlite3_progress_handler(connection.Handle, 0, null, null);
        }
    }

    private async Task<Scan<T>> ReadAsync<T>(DbConnection connection, Func<DbConnection, Task<T>> read)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        // 0 would be no limit.
        var milliseconds = Math.Max(1, (long)Longest.TotalMilliseconds);
        await connection.ExecuteAsync(FormattableString.Invariant($"set local statement_timeout = {milliseconds}"), transaction: transaction);
        try
        {
            return new(ScanEnd.Done, await read(connection));
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.QueryCanceled)
        {
            return new(ScanEnd.TookTooLong, default);
        }
    }
}
