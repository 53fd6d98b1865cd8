using Dapper;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;

namespace Postern.Tests.Ownership;

/// <summary>The columns of a server's database, as the database itself lists them.</summary>
internal static class SchemaColumns
{
    public static async Task<IReadOnlyList<(string Table, string Column)>> OfTextAsync(TestServer server) =>
        [.. (await server.Database.ReadAsync(c => c.QueryAsync<(string, string)>(server.Database.Driver == DatabaseDriver.Postgres
            ? "select table_name, column_name from information_schema.columns where table_schema = current_schema() and data_type = 'text' order by 1, 2"
            : "select m.name, i.name from sqlite_master m, pragma_table_info(m.name) i where m.type = 'table' and lower(i.type) = 'text' and m.name not like 'sqlite_%' order by 1, 2")))];
}
