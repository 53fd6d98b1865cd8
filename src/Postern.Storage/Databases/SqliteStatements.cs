using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Postern.Storage.Databases;

/// <summary>
/// A SQLite connection that keeps its compiled statements. SQLite compiles a statement each time it is prepared, which costs
/// more than running one of ours; Dapper makes a new command for each call, so the statements live here, by their text.
/// </summary>
internal sealed partial class SqliteStatementConnection(string connectionString, ILogger? statements) : SqliteConnection(connectionString)
{
    private const int MostKept = 200;
    private readonly Dictionary<string, SqliteCommand> idle = new(StringComparer.Ordinal);

    private ILogger? Shown { get; } = statements;

    public override SqliteCommand CreateCommand() => new Statement(this);

    internal SqliteCommand Rent(string sql) =>
        idle.Remove(sql, out var kept) ? kept : new SqliteCommand(sql, this);

    internal void Return(string sql, SqliteCommand command)
    {
        command.Parameters.Clear();
        command.Transaction = null;
        if (State != ConnectionState.Open || idle.Count >= MostKept || !idle.TryAdd(sql, command))
        {
            command.Dispose();
        }
    }

    [LoggerMessage(EventId = 1101, Level = LogLevel.Information, Message = "{Statement}")]
    private static partial void LogStatement(ILogger logger, string statement);

    /// <summary>What a caller sees as a new command; running it borrows the compiled one of the same text.</summary>
    private sealed class Statement : SqliteCommand
    {
        private readonly SqliteStatementConnection connection;
        private SqliteCommand? compiled;

        public Statement(SqliteStatementConnection connection)
        {
            this.connection = connection;
            Connection = connection;
            Transaction = connection.Transaction;
        }

        public override int ExecuteNonQuery() => Compiled().ExecuteNonQuery();

        public override object? ExecuteScalar() => Compiled().ExecuteScalar();

        public override SqliteDataReader ExecuteReader(CommandBehavior behavior) => Compiled().ExecuteReader(behavior);

        public override Task<SqliteDataReader> ExecuteReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken) =>
            Task.FromResult(ExecuteReader(behavior));

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => ExecuteReader(behavior);

        protected override void Dispose(bool disposing)
        {
            if (disposing && compiled is { } borrowed)
            {
                compiled = null;
                connection.Return(CommandText, borrowed);
            }

            base.Dispose(disposing);
        }

        private SqliteCommand Compiled()
        {
            if (connection.Shown is { } logger)
            {
                LogStatement(logger, CommandText);
            }

            compiled ??= connection.Rent(CommandText);
            compiled.CommandTimeout = CommandTimeout;
            compiled.Transaction = Transaction;
            compiled.Parameters.Clear();
            foreach (SqliteParameter parameter in Parameters)
            {
                // Dapper leaves the prefix out, and the driver would look for every prefix there is at each run.
                if (!parameter.ParameterName.StartsWith('@'))
                {
                    parameter.ParameterName = "@" + parameter.ParameterName;
                }

                compiled.Parameters.Add(parameter);
            }

            return compiled;
        }
    }
}

/// <summary>Reading connections that stay open with their compiled statements; one is lent to one read at a time.</summary>
internal sealed class SqliteReaders(string connectionString, ILogger? statements) : IDisposable
{
    private const int MostKept = 32;
    private readonly ConcurrentBag<SqliteStatementConnection> idle = [];

    public SqliteStatementConnection Rent()
    {
        if (idle.TryTake(out var kept))
        {
            return kept;
        }

        var opened = new SqliteStatementConnection(connectionString, statements);
        try
        {
            opened.Open();
            SqliteConnections.Prepare(opened);
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>Takes a connection back; one that failed is closed instead, because its state is unknown.</summary>
    public void Return(SqliteStatementConnection connection, bool failed)
    {
        if (failed || idle.Count >= MostKept)
        {
            connection.Dispose();
        }
        else
        {
            idle.Add(connection);
        }
    }

    public void Dispose()
    {
        while (idle.TryTake(out var kept))
        {
            kept.Dispose();
        }
    }
}
