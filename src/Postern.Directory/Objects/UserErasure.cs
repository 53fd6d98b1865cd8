using System.Data.Common;
using Dapper;
using Postern.Storage.Tables;

namespace Postern.Directory.Objects;

/// <summary>
/// A user is deleted for good: everything that refers to the user is erased, or loses its reference, in the same transaction.
/// docs/data-ownership.md says which, table by table. Grants, codes and sessions have been ended before.
/// </summary>
public static class UserErasure
{
    /// <summary>What only the user had. Everything else is the organization's, and no longer says whose it was.</summary>
    private const string OwnKinds = "('key', 'resource', 'ticket', 'token')";

    // In this order: a statement may ask the tables of the later ones.
    private static readonly string[] Statements =
    [
        "delete from memberships where object_id = @id",
        "delete from memberships where member_id = @id",
        "delete from external_identities where user_id = @id",
        "delete from unbound_identities where user_id = @id",
        "delete from identity_conflicts where openid_user = @id or unionid_user = @id",
        "delete from consents where user_id = @id",
        "delete from files where user_id = @id and user_id <> ''",
        "delete from client_sessions where user_id = @id and user_id <> ''",
        $"delete from objects where user_id = @id and user_id <> '' and kind in {OwnKinds}",
        "update objects set user_id = '', user_name = '' where user_id = @id and user_id <> ''",
        "insert into retired_ids (kind, id, retired_time) select @User, id_form, @now from users where id = @id and id_form <> '' on conflict do nothing",
    ];

    /// <returns>False where the user is gone already.</returns>
    public static async Task<bool> RunAsync(DbConnection connection, DbTransaction transaction, string id, long now)
    {
        foreach (var statement in Statements)
        {
            await connection.ExecuteAsync(statement, new { id, now, RetiredIds.User }, transaction);
        }

        if (await connection.QuerySingleOrDefaultAsync<(string Owner, string Name)?>("delete from users where id = @id returning owner, name", new { id }, transaction) is not var (owner, name))
        {
            return false;
        }

        await UserNamesInUse.RetireAsync(connection, owner, name, now, transaction);
        return true;
    }
}
