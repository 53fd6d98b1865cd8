using System.Data.Common;

namespace Postern.Storage.Databases;

/// <summary>One statement of a write, and the values of the <c>@names</c> in its text.</summary>
public sealed record Statement(string Sql, params (string Name, object? Value)[] Values);

public static class Statements
{
    /// <summary>
    /// Executes statements that ask nothing of each other, in their order: on PostgreSQL all go in one message, so that a
    /// sign-in waits for the network once and not once a row.
    /// </summary>
    public static async Task ExecuteAsync(this DbConnection connection, DbTransaction transaction, params IReadOnlyList<Statement> statements)
    {
        if (connection.CanCreateBatch)
        {
            await using var batch = connection.CreateBatch();
            batch.Transaction = transaction;
            foreach (var statement in statements)
            {
                var command = batch.CreateBatchCommand();
                command.CommandText = statement.Sql;
                Bind(statement, command.CreateParameter, command.Parameters);
                batch.BatchCommands.Add(command);
            }

            await batch.ExecuteNonQueryAsync();
            return;
        }

        foreach (var statement in statements)
        {
            await using var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = statement.Sql;
            Bind(statement, command.CreateParameter, command.Parameters);
            await command.ExecuteNonQueryAsync();
        }
    }

    private static void Bind(Statement statement, Func<DbParameter> create, DbParameterCollection parameters)
    {
        foreach (var (name, value) in statement.Values)
        {
            var parameter = create();
            parameter.ParameterName = name;
            parameter.Value = value ?? DBNull.Value;
            parameters.Add(parameter);
        }
    }
}
