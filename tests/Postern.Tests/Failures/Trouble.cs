using System.Net.Http.Headers;
using Dapper;
using Microsoft.Data.Sqlite;
using Npgsql;
using Postern.Server.Configuration;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;

namespace Postern.Tests.Failures;

/// <summary>A server of its own whose database a test puts into trouble, and what to look at afterwards.</summary>
internal static class Trouble
{
    /// <summary>A server that waits one second for a lock, not five: a test that meets one takes that long.</summary>
    public static Task<TestServer> StartAsync(DatabaseDriver driver) => TestServer.StartAsync(driver, options => options with
    {
        ConnectionString = options.ConnectionString + (driver == DatabaseDriver.Sqlite ? ";Default Timeout=1" : ";Command Timeout=1"),
    });

    /// <summary>Somebody else holds what a sign-in writes, until it is disposed.</summary>
    public static async Task<IAsyncDisposable> LockAsync(TestServer server)
    {
        var options = Options(server);
        if (options.Driver == DatabaseDriver.Sqlite)
        {
            var file = new SqliteConnection(options.ConnectionString + ";Pooling=false");
            await file.OpenAsync();
            await file.ExecuteAsync("begin exclusive");
            return file;
        }

        var connection = await ConnectAsync(server);
        await connection.ExecuteAsync("begin; lock table users in access exclusive mode");
        return connection;
    }

    /// <summary>A connection of PostgreSQL's administrator to another database of the same server.</summary>
    public static async Task<NpgsqlConnection> AdministratorAsync(TestServer server)
    {
        var builder = new NpgsqlConnectionStringBuilder(Options(server).ConnectionString) { Database = "postgres", Pooling = false };
        var connection = new NpgsqlConnection(builder.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    public static string DatabaseName(TestServer server) => new NpgsqlConnectionStringBuilder(Options(server).ConnectionString).Database!;

    /// <summary>How many rows there are of everything that a sign-in writes.</summary>
    public static Task<string> CountAsync(TestServer server) => server.Database.ReadAsync(async connection =>
    {
        string[] tables = ["users", "external_identities", "identity_conflicts", "grants", "tokens", "refresh_tokens", "records", "sessions"];
        var counts = new List<string>();
        foreach (var table in tables)
        {
            counts.Add($"{table} {await connection.ExecuteScalarAsync<long>($"select count(*) from {table}")}");
        }

        return string.Join(", ", counts);
    });

    public static Task ExecuteAsync(TestServer server, string sql) => server.Database.WriteAsync(async (connection, transaction) =>
        Written.Commit(await connection.ExecuteAsync(sql, transaction: transaction)));

    public static async Task<Answer> GetAsync(TestServer server, string path, string? token = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        using var response = await server.Http.SendAsync(request);
        return await Answer.OfAsync(response);
    }

    private static PosternOptions Options(TestServer server) => (PosternOptions)server.Services.GetService(typeof(PosternOptions))!;

    private static async Task<NpgsqlConnection> ConnectAsync(TestServer server)
    {
        var connection = new NpgsqlConnection(Options(server).ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        return connection;
    }
}
