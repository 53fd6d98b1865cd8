using System.Data.Common;
using System.Text.Json.Nodes;
using Dapper;
using Postern.Storage.Tables;

namespace Postern.Directory.Objects;

/// <summary>
/// Moves into ciphertexts what stands in clear because an older version did not declare it as a secret. It runs in the start's
/// transaction, once for each property that a kind declares; a start that fails leaves nothing of it.
/// </summary>
public static class ClearSecrets
{
    private const string Protected = "protected_secrets";

    public static async Task ProtectAsync(ObjectStore store, DbConnection connection, DbTransaction transaction)
    {
        var done = (await InstallationSettings.FindAsync(connection, Protected, transaction) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
        var count = done.Count;
        foreach (var kind in ObjectKinds.All.Where(k => k != ObjectKinds.User))
        {
            foreach (var property in kind.Bagged.Where(p => done.Add($"{kind.Name}.{p}")))
            {
                await ProtectAsync(store, kind, property, connection, transaction);
            }
        }

        if (done.Count > count)
        {
            await InstallationSettings.PutAsync(connection, Protected, string.Join(' ', done.Order(StringComparer.Ordinal)), transaction);
        }
    }

    private static async Task ProtectAsync(ObjectStore store, ObjectKind kind, string property, DbConnection connection, DbTransaction transaction)
    {
        var scope = kind.IsShared ? $" and {kind.Scope}" : "";
        var ids = (await connection.QueryAsync<string>(
            $"select id from {kind.Table} where body like @named{scope}", new { named = $"%\"{property}\"%" }, transaction)).ToList();
        foreach (var id in ids)
        {
            var row = await connection.QuerySingleAsync($"select {ObjectStore.Selected(kind)} from {kind.Table} where id = @id", new { id }, transaction);
            var stored = new StoredObject(kind, (IDictionary<string, object?>)row);
            var clear = JsonNode.Parse(stored.Body)![property];
            if (clear is not null && !JsonNode.DeepEquals(clear, SecretValues.Mask(clear)))
            {
                var parameters = new DynamicParameters(store.Protect(stored, property, clear));
                parameters.Add("old_id", id);
                await connection.ExecuteAsync($"update {kind.Table} set body = @body, {kind.EncryptedProperties!.Column} = @{kind.EncryptedProperties.Column} where id = @old_id", parameters, transaction);
            }
        }
    }
}
