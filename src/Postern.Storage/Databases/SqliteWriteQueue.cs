using System.Data.Common;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Postern.Storage.Databases;

public interface IWriteQueue : IAsyncDisposable
{
    Task<T> WriteAsync<T>(WriteFunction<T> write);
}

/// <summary>
/// One writer with group commit: the waiting items are written in one transaction, each under a savepoint of its own, and all of them
/// are answered after the one commit. An item that fails does not affect the others, unless the whole transaction failed.
/// </summary>
internal sealed class SqliteWriteQueue : IWriteQueue
{
    private const int Capacity = 4096;
    private const int LargestBatch = 256;

    private readonly string connectionString;
    private readonly ILogger? statements;
    private readonly Channel<Item> queue = Channel.CreateBounded<Item>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private readonly Task loop;
    private SqliteStatementConnection? connection;

    public SqliteWriteQueue(string connectionString, ILogger? statements)
    {
        (this.connectionString, this.statements) = (connectionString, statements);
        // A thread of its own: waiting for the disk would take one of the pool's few from the requests.
        loop = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public Task<T> WriteAsync<T>(WriteFunction<T> write)
    {
        var item = new Item<T>(write);
        return queue.Writer.TryWrite(item)
            ? item.Task
            : throw new StorageUnavailableException("the write queue is full: the disk is slower than the requests that arrive");
    }

    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await loop;
        if (connection is not null)
        {
            await connection.DisposeAsync();
        }
    }

    private void Run()
    {
        var batch = new List<Item>(LargestBatch);
        while (WaitForWork())
        {
            batch.Clear();
            while (batch.Count < LargestBatch && queue.Reader.TryRead(out var item))
            {
                batch.Add(item);
            }

            try
            {
                Write(batch);
            }
            catch (Exception e)
            {
                // The whole transaction was rolled back: every item of this batch must be told so.
                var failure = StorageFailure.IsOne(e) ? StorageFailure.Of(e) : e;
                batch.ForEach(item => item.Fail(failure));
                DropConnection();
            }
        }
    }

    private bool WaitForWork()
    {
        var waiting = queue.Reader.WaitToReadAsync();
        return waiting.IsCompletedSuccessfully ? waiting.Result : waiting.AsTask().GetAwaiter().GetResult();
    }

    private void Write(List<Item> batch)
    {
        var writer = Connection();
        using (var transaction = writer.BeginTransaction(deferred: false))
        {
            foreach (var item in batch)
            {
                Execute(writer, "savepoint item");
                try
                {
                    // SQLite's commands end before they return: there is nothing to wait for.
                    if (!item.RunAsync(writer, transaction).GetAwaiter().GetResult())
                    {
                        Execute(writer, "rollback to item");
                    }
                }
                catch (Exception e) when (raw.sqlite3_get_autocommit(writer.Handle) == 0)
                {
                    Execute(writer, "rollback to item");
                    item.Remember(StorageFailure.IsOne(e) ? StorageFailure.Of(e) : e);
                }

                Execute(writer, "release item");
            }

            transaction.Commit();
        }

        batch.ForEach(item => item.Answer());
    }

    private SqliteStatementConnection Connection()
    {
        if (connection is null)
        {
            var opened = new SqliteStatementConnection(connectionString, statements);
            try
            {
                opened.Open();
                SqliteConnections.Prepare(opened);
                SqliteConnections.SetJournal(opened);
            }
            catch
            {
                opened.Dispose();
                throw;
            }

            connection = opened;
        }

        return connection;
    }

    private void DropConnection()
    {
        if (connection is { } broken)
        {
            connection = null;
            SqliteConnection.ClearPool(broken);
            broken.Dispose();
        }
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private abstract class Item
    {
        public abstract Task<bool> RunAsync(DbConnection connection, DbTransaction transaction);

        public abstract void Remember(Exception failure);

        public abstract void Answer();

        public abstract void Fail(Exception failure);
    }

    private sealed class Item<T>(WriteFunction<T> write) : Item
    {
        // Continuations must not run on the writer's loop: they belong to requests.
        private readonly TaskCompletionSource<T> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? value;
        private Exception? failure;

        public Task<T> Task => answer.Task;

        public override async Task<bool> RunAsync(DbConnection connection, DbTransaction transaction)
        {
            var written = await write(connection, transaction);
            value = written.Value;
            return written.IsKept;
        }

        public override void Remember(Exception failure) => this.failure = failure;

        public override void Answer()
        {
            if (failure is null)
            {
                answer.TrySetResult(value!);
            }
            else
            {
                answer.TrySetException(failure);
            }
        }

        public override void Fail(Exception failure) => answer.TrySetException(failure);
    }
}
