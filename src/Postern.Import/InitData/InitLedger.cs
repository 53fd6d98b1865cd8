using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Dapper;

namespace Postern.Import.InitData;

/// <summary>What a start has taken; each entry is taken once, ever, so that a deleted object stays deleted.</summary>
public sealed class InitLedger
{
    private readonly Dictionary<(string Kind, string Owner, string Name), string> taken;
    private readonly byte[] key;
    private readonly long now;

    private InitLedger(Dictionary<(string, string, string), string> taken, byte[] key, long now) => (this.taken, this.key, this.now) = (taken, key, now);

    /// <param name="connection">The start's.</param>
    /// <param name="transaction">The start's.</param>
    /// <param name="installationKey">An entry may hold a clear-text password: without a key its digest would be a fast way to guess it.</param>
    /// <param name="clock">The time that is noted.</param>
    public static async Task<InitLedger> ReadAsync(DbConnection connection, DbTransaction transaction, byte[] installationKey, TimeProvider clock)
    {
        var rows = await connection.QueryAsync<(string Kind, string Owner, string Name, string Digest)>(
            "select kind, owner, name, digest from init_ledger", transaction: transaction);
        return new InitLedger(
            rows.ToDictionary(r => (r.Kind, r.Owner, r.Name), r => r.Digest),
            HMACSHA256.HashData(installationKey, "init_ledger"u8),
            clock.GetUtcNow().ToUnixTimeMilliseconds());
    }

    public bool Has(string kind, string owner, string name) => taken.ContainsKey((kind, owner, name));

    public bool IsUnchanged(InitEntry entry) => taken[(entry.Kind.Name, entry.Owner, entry.Name)] == Digest(entry.Document);

    public Task NoteAsync(InitEntry entry, DbConnection connection, DbTransaction transaction) =>
        NoteAsync(entry.Kind.Name, entry.Owner, entry.Name, entry.Document, connection, transaction);

    public async Task NoteAsync(string kind, string owner, string name, JsonObject document, DbConnection connection, DbTransaction transaction)
    {
        var digest = Digest(document);
        taken[(kind, owner, name)] = digest;
        await connection.ExecuteAsync(
            "insert into init_ledger (kind, owner, name, digest, taken_time) values (@kind, @owner, @name, @digest, @now)",
            new { kind, owner, name, digest, now }, transaction);
    }

    private string Digest(JsonObject document) =>
        Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(Sorted(document)?.ToJsonString() ?? "")));

    /// <summary>The order of properties says nothing.</summary>
    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject o => new JsonObject(o.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, Sorted(p.Value)))),
        JsonArray a => new JsonArray([.. a.Select(Sorted)]),
        _ => node?.DeepClone(),
    };
}
