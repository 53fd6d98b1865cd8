using System.Data.Common;
using Dapper;

namespace Postern.Storage.Tables;

/// <summary>What a migration could not decide by itself and made harmless: a start says each of them once.</summary>
public static class UpgradeNotes
{
    public static async Task<IReadOnlyList<string>> TakeAsync(DbConnection connection, DbTransaction transaction)
    {
        var notes = (await connection.QueryAsync<string>("select note from upgrade_notes order by note", transaction: transaction)).ToList();
        if (notes.Count > 0)
        {
            await connection.ExecuteAsync("delete from upgrade_notes", transaction: transaction);
        }

        return notes;
    }
}
