using System.Data.Common;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Npgsql;
using Postern.Bench.Storage;

namespace Postern.Bench.Baselines;

/// <summary>
/// One durable insert per request, as cheaply as the engine allows: on SQLite all that wait share a commit, PostgreSQL commits
/// together what arrives together by itself.
/// </summary>
public sealed class GroupCommit : IAsyncDisposable
{
    private const string Table = "create table baseline (id text primary key, user_id text not null, expires_time bigint not null)";
    private const string Insert = "insert into baseline (id, user_id, expires_time) values (@id, @user, @expires)";
    private const int LargestBatch = 256;
    private const int Writers = 16;
    private readonly Channel<TaskCompletionSource> waiting = Channel.CreateUnbounded<TaskCompletionSource>();
    private readonly List<DbConnection> connections = [];
    private readonly List<Task> loops = [];

    private GroupCommit()
    {
    }

    public static async Task<GroupCommit> OpenAsync(Engine engine, string connectionString)
    {
        var commit = new GroupCommit();
        for (var writer = 0; writer < (engine == Engine.Sqlite ? 1 : Writers); writer++)
        {
            DbConnection connection = engine == Engine.Sqlite
                ? new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = connectionString, Pooling = false }.ConnectionString)
                : new NpgsqlConnection(connectionString + ";Pooling=false");
            await connection.OpenAsync();
            commit.connections.Add(connection);
            if (writer == 0)
            {
                await ExecuteAsync(connection, engine == Engine.Sqlite ? "pragma journal_mode = wal; pragma synchronous = full; " + Table : Table);
            }
        }

        commit.loops.AddRange(commit.connections.Select(connection => Task.Run(() => commit.RunAsync(connection, engine == Engine.Sqlite ? LargestBatch : 1))));
        return commit;
    }

    /// <summary>Returns when a row is on disk.</summary>
    public Task InsertAsync()
    {
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        waiting.Writer.TryWrite(answer);
        return answer.Task;
    }

    public async ValueTask DisposeAsync()
    {
        waiting.Writer.Complete();
        await Task.WhenAll(loops);
        foreach (var connection in connections)
        {
            await connection.DisposeAsync();
        }
    }

    private static async Task ExecuteAsync(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    private async Task RunAsync(DbConnection connection, int largestBatch)
    {
        await using var insert = connection.CreateCommand();
        insert.CommandText = Insert;
        var id = Parameter(insert, "id", "");
        Parameter(insert, "user", Guid.NewGuid().ToString());
        Parameter(insert, "expires", 0L);
        await insert.PrepareAsync();
        var batch = new List<TaskCompletionSource>(largestBatch);
        while (await waiting.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < largestBatch && waiting.Reader.TryRead(out var answer))
            {
                batch.Add(answer);
            }

            await using (var transaction = largestBatch > 1 ? await connection.BeginTransactionAsync() : null)
            {
                insert.Transaction = transaction;
                for (var row = 0; row < batch.Count; row++)
                {
                    id.Value = Guid.CreateVersion7().ToString();
                    await insert.ExecuteNonQueryAsync();
                }

                if (transaction is not null)
                {
                    await transaction.CommitAsync();
                }
            }

            batch.ForEach(answer => answer.SetResult());
        }
    }

    private static DbParameter Parameter(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value);
        command.Parameters.Add(parameter);
        return parameter;
    }
}
