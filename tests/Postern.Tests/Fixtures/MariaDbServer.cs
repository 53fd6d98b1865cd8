using Dapper;
using MySqlConnector;

namespace Postern.Tests.Fixtures;

/// <summary>The real MariaDB that <c>./test</c> starts: Casdoor's databases are made in it, to import from.</summary>
public static class MariaDbServer
{
    public static async Task<string> CreateDatabaseAsync()
    {
        var name = "t" + Guid.NewGuid().ToString("N");
        await ExecuteAsync("", $"create database {name} character set utf8mb4");
        return name;
    }

    public static Task DropDatabaseAsync(string database) => ExecuteAsync("", $"drop database if exists {database}");

    public static MySqlConnectionStringBuilder ConnectionTo(string database) => new(Server) { Database = database, Pooling = false, AllowUserVariables = true };

    public static async Task ExecuteAsync(string database, string sql)
    {
        await using var connection = new MySqlConnection(ConnectionTo(database).ConnectionString);
        await connection.OpenAsync();
        await connection.ExecuteAsync(sql);
    }

    /// <summary>As Casdoor's <c>dataSourceName</c> spells it, with the name of the database at its end.</summary>
    public static string AddressOf(string database, string? user = null, string? password = null)
    {
        var builder = new MySqlConnectionStringBuilder(Server);
        return $"{user ?? builder.UserID}:{password ?? builder.Password}@tcp({builder.Server}:{builder.Port})/{database}";
    }

    private static string Server => Environment.GetEnvironmentVariable("POSTERN_TEST_MARIADB")
        ?? throw new InvalidOperationException("No MariaDB: run the tests by ./test, which starts one.");
}
