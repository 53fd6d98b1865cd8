using Dapper;
using Postern.Storage.Databases;

namespace Postern.Server.FirstStart;

/// <summary>
/// Casdoor's tables have the same data under other rules; writing ours among them would ruin both. Looks at the database
/// before the start lock, which already changes a SQLite file's header: what is somebody else's must stay as it is to the byte.
/// </summary>
internal static class ForeignSchema
{
    public static async Task RefuseAsync(Database database)
    {
        await using var connection = await database.OpenAsync();
        if (!await HasAsync("schema_migrations") && (await HasAsync("casbin_api_rule") || (await HasAsync("application") && await HasAsync("organization"))))
        {
            throw new StartRefusedException(
                "This database holds Casdoor's tables: give Postern a database of its own (dataSourceName, dbName) and bring the data over with postern import --casdoor-db; nothing was changed.");
        }

        async Task<bool> HasAsync(string name) => await connection.ExecuteScalarAsync<long>(database.Dialect.TableExists, new { name }) > 0;
    }
}
