using System.Data.Common;
using Dapper;

namespace Postern.Storage.Tables;

/// <summary>Names of deleted certs, which no cert ever has again (docs/design/tokens-and-refresh.md).</summary>
public static class RetiredCerts
{
    public static Task AddAsync(DbConnection connection, string name, long now, DbTransaction transaction) => connection.ExecuteAsync(
        "insert into retired_certs (name, retired_time) values (@name, @now) on conflict do nothing", new { name, now }, transaction);

    public static async Task<bool> HasAsync(DbConnection connection, string name, DbTransaction? transaction = null) =>
        await connection.ExecuteScalarAsync<long>("select count(*) from retired_certs where name = @name", new { name }, transaction) > 0;
}
