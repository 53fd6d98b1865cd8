using System.Data.Common;
using System.Text.Json;
using Dapper;

namespace Postern.Storage.Tables;

/// <summary>Policy rules of an adapter, in the order in which they were added. A rule is a list of texts, its type first.</summary>
public static class Policies
{
    /// <summary>The most rules that one adapter keeps: a verdict looks at each of them.</summary>
    public const int Most = 10_000;

    public static async Task<IReadOnlyList<string[]>> OfAsync(DbConnection connection, string adapterId) =>
        [.. (await connection.QueryAsync<string>("select line from policies where adapter_id = @adapterId order by id", new { adapterId })).Select(l => JsonSerializer.Deserialize<string[]>(l)!)];

    /// <summary>What changes whenever the rules do: their number and the newest.</summary>
    public static async Task<string> StateAsync(DbConnection connection, string adapterId)
    {
        var (count, last) = await connection.QuerySingleAsync<(long, string)>("select count(*), coalesce(max(id), '') from policies where adapter_id = @adapterId", new { adapterId });
        return $"{count} {last}";
    }

    /// <summary>False where the rule is there already.</summary>
    public static async Task<bool> AddAsync(DbConnection connection, DbTransaction transaction, string adapterId, string id, IReadOnlyList<string> rule) =>
        await connection.ExecuteAsync(
            "insert into policies (id, adapter_id, line) values (@id, @adapterId, @line) on conflict do nothing",
            new { id, adapterId, line = JsonSerializer.Serialize(rule) }, transaction) == 1;

    public static async Task<bool> RemoveAsync(DbConnection connection, DbTransaction transaction, string adapterId, IReadOnlyList<string> rule) =>
        await connection.ExecuteAsync("delete from policies where adapter_id = @adapterId and line = @line", new { adapterId, line = JsonSerializer.Serialize(rule) }, transaction) == 1;

    public static Task<long> CountAsync(DbConnection connection, DbTransaction transaction, string adapterId) =>
        connection.ExecuteScalarAsync<long>("select count(*) from policies where adapter_id = @adapterId", new { adapterId }, transaction);

    public static Task EndAsync(DbConnection connection, DbTransaction transaction, string adapterId) =>
        connection.ExecuteAsync("delete from policies where adapter_id = @adapterId", new { adapterId }, transaction);
}
