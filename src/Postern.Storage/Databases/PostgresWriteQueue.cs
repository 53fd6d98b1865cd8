using System.Data.Common;
using System.Threading.Channels;
using Npgsql;

namespace Postern.Storage.Databases;

/// <summary>
/// The same bounded queue for PostgreSQL, feeding a fixed number of connections; each item is a READ COMMITTED
/// transaction of its own, because the server itself commits many together.
/// </summary>
internal sealed class PostgresWriteQueue : IWriteQueue
{
    private const int Capacity = 4096;
    private const int Connections = 16;
    private const int Attempts = 3;

    private readonly Func<CancellationToken, ValueTask<DbConnection>> open;
    private readonly Channel<Func<Task>> queue = Channel.CreateBounded<Func<Task>>(Capacity);
    private readonly Task[] writers;

    public PostgresWriteQueue(Func<CancellationToken, ValueTask<DbConnection>> open)
    {
        this.open = open;
        writers = [.. Enumerable.Range(0, Connections).Select(_ => Task.Run(RunAsync))];
    }

    public Task<T> WriteAsync<T>(WriteFunction<T> write)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        return queue.Writer.TryWrite(() => WriteAsync(write, answer))
            ? answer.Task
            : throw new StorageUnavailableException("the write queue is full: the database is slower than the requests that arrive");
    }

    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await Task.WhenAll(writers);
    }

    private async Task RunAsync()
    {
        await foreach (var write in queue.Reader.ReadAllAsync())
        {
            await write();
        }
    }

    private async Task WriteAsync<T>(WriteFunction<T> write, TaskCompletionSource<T> answer)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                answer.TrySetResult(await TryAsync(write));
                return;
            }
            catch (UndoneException) when (attempt < Attempts)
            {
            }
            catch (Exception e)
            {
                var failure = e is UndoneException { InnerException: { } cause } ? cause : e;
                answer.TrySetException(StorageFailure.IsOne(failure) ? StorageFailure.Of(failure) : failure);
                return;
            }
        }
    }

    private async Task<T> TryAsync<T>(WriteFunction<T> write)
    {
        await using var connection = await open(default);
        await using var transaction = await connection.BeginTransactionAsync();
        Written<T> written;
        try
        {
            written = await write(connection, transaction);
        }
        catch (PostgresException e) when (LostARace(e))
        {
            // It sees what the other one wrote when it runs again.
            throw new UndoneException(e);
        }
        catch (NpgsqlException e) when (StorageFailure.IsLostConnection(e))
        {
            // It failed before the commit was sent, so nothing was written. A commit that is cut off may have been written, and is not tried again.
            NpgsqlConnection.ClearPool((NpgsqlConnection)connection);
            throw new UndoneException(e);
        }

        if (written.IsKept)
        {
            await transaction.CommitAsync();
        }
        else
        {
            await transaction.RollbackAsync();
        }

        return written.Value;
    }

    /// <summary>
    /// An update has no <c>on conflict</c>: its condition found a name free, and another transaction committed that name
    /// before the index was asked.
    /// </summary>
    private static bool LostARace(PostgresException e) =>
        e.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected;

    /// <summary>Nothing of the transaction was written, and running it again may succeed.</summary>
    private sealed class UndoneException(Exception cause) : Exception(cause.Message, cause);
}
