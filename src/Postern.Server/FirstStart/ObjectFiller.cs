using System.Data.Common;
using System.Text.Json.Nodes;
using Dapper;
using Postern.Directory.Objects;

namespace Postern.Server.FirstStart;

/// <summary>Adds objects where there are none of their name; what is there stays as it is.</summary>
internal sealed class ObjectFiller(ObjectStore store, DbConnection connection, DbTransaction transaction)
{
    public async Task<bool> HasAsync(ObjectKind kind, string owner, string name) =>
        await ObjectStore.FindAsync(connection, kind, owner, name, transaction) is not null;

    /// <summary>False where the name is taken.</summary>
    public async Task<bool> FillAsync(ObjectKind kind, JsonObject document, bool isDemo = false)
    {
        var prepared = store.PrepareAdd(kind, document);
        if (prepared.Value is not { } whole)
        {
            throw new InvalidOperationException($"The {kind.Name} {document["name"]} of the first start is refused: {prepared.Refusal.English}");
        }

        if (!await ObjectStore.AddAsync(connection, transaction, store.HashNow(whole)))
        {
            return false;
        }

        if (isDemo)
        {
            // No document can say that it is a demo: only the start writes this column.
            await connection.ExecuteAsync($"update {kind.Table} set is_demo = true where id = @Id", new { whole.Id }, transaction);
        }

        return true;
    }
}
