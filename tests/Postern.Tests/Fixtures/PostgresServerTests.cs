using Npgsql;
using Xunit;

namespace Postern.Tests.Fixtures;

public sealed class PostgresServerTests
{
    [Fact]
    public async Task A_created_database_is_empty_and_a_dropped_one_is_gone_even_while_in_use()
    {
        var cancel = TestContext.Current.CancellationToken;
        var database = await PostgresServer.CreateDatabaseAsync();
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancel);
        await using var count = new NpgsqlCommand("select count(*) from pg_tables where schemaname = 'public'", connection);
        Assert.Equal(0L, await count.ExecuteScalarAsync(cancel));

        await PostgresServer.DropDatabaseAsync(database);

        await using var again = new NpgsqlConnection(PostgresServer.ConnectionStringFor(connection.Database));
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => again.OpenAsync(cancel));
        Assert.Equal(PostgresErrorCodes.InvalidCatalogName, refusal.SqlState);
    }
}
