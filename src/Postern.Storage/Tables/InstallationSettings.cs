using System.Data.Common;
using Dapper;

namespace Postern.Storage.Tables;

/// <summary>Named values of the installation: the master key's check value, the wrapped key ring, the refresh key.</summary>
public static class InstallationSettings
{
    public const string MasterCheck = "master_check";
    public const string RefreshKey = "refresh_key";
    public const string KeyRingPrefix = "key_ring/";

    public static Task<string?> FindAsync(DbConnection connection, string name, DbTransaction? transaction = null) =>
        connection.QuerySingleOrDefaultAsync<string?>("select value from settings where name = @name", new { name }, transaction);

    public static async Task<IReadOnlyDictionary<string, string>> StartingWithAsync(DbConnection connection, string prefix, DbTransaction? transaction = null) =>
        (await connection.QueryAsync<(string Name, string Value)>(
            "select name, value from settings where name >= @prefix and name < @end", new { prefix, end = prefix + "\uffff" }, transaction))
        .ToDictionary(s => s.Name, s => s.Value, StringComparer.Ordinal);

    public static Task PutAsync(DbConnection connection, string name, string value, DbTransaction? transaction) =>
        connection.ExecuteAsync(
            "insert into settings (name, value) values (@name, @value) on conflict (name) do update set value = excluded.value",
            new { name, value }, transaction);
}
