using Npgsql;

namespace Postern.Tests.Fixtures;

/// <summary>The real PostgreSQL that <c>./test</c> starts; a database for each test server.</summary>
public static class PostgresServer
{
    // The server has its default of 100 connections, and several tests run at once. The write queue alone uses sixteen.
    private const int PoolSize = 20;

    public static async Task<string> CreateDatabaseAsync()
    {
        var connectionString = NewConnectionString();
        await CreateDatabaseAsync(connectionString);
        return connectionString;
    }

    /// <summary>Of a database that is still to be created.</summary>
    public static string NewConnectionString() => ConnectionStringFor("t" + Guid.NewGuid().ToString("N"));

    /// <param name="connectionString">Of the new database.</param>
    /// <param name="template">The database that it begins as a copy of.</param>
    public static Task CreateDatabaseAsync(string connectionString, string template = "template1") =>
        ExecuteAsync($"create database {new NpgsqlConnectionStringBuilder(connectionString).Database} template {template}");

    /// <summary>Ends all connections to a database.</summary>
    public static Task DisconnectAsync(string database) =>
        ExecuteAsync($"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{database}'");

    public static string ConnectionStringFor(string database) =>
        new NpgsqlConnectionStringBuilder(Server) { Database = database, MaxPoolSize = PoolSize }.ConnectionString;

    /// <summary>The same database by a connection string that says nothing of the pool, as an operator's does.</summary>
    public static string WithoutPoolSize(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        builder.Remove("Maximum Pool Size");
        return builder.ConnectionString;
    }

    public static Task DropDatabaseAsync(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        return ExecuteAsync($"drop database if exists {builder.Database} with (force)");
    }

    private static string Server => Environment.GetEnvironmentVariable("POSTERN_TEST_POSTGRES")
        ?? throw new InvalidOperationException("No PostgreSQL: run the tests by ./test, which starts one.");

    private static async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ConnectionStringFor("postgres")) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
