using System.Data.Common;
using Dapper;
using Postern.Directory.Objects;

namespace Postern.CasdoorApi.Calls;

/// <summary>Whether the caller is unchanged, inside the write, since the call was judged.</summary>
internal static class CallerRevalidation
{
    /// <summary>
    /// False where the user was forbidden, deleted or stopped being an administrator meanwhile; the user's row is locked until the
    /// write ends, so that a ban waits for it or is seen by it.
    /// </summary>
    public static async Task<bool> IsUnchangedAsync(DbConnection connection, DbTransaction transaction, Caller caller) =>
        caller.User is not { } user || await connection.ExecuteAsync(
            """
            update users set updated_time = updated_time
            where id = @Id and owner = @Owner and not is_forbidden and not is_deleted and (is_admin or not @IsAdmin)
            """, new { user.Id, user.Owner, user.IsAdmin }, transaction) == 1;
}
