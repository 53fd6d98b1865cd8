using System.Data.Common;
using Dapper;

namespace Postern.Server.Data;

/// <summary>What users allowed clients to ask for without asking them again.</summary>
public static class Consents
{
    /// <summary>The allowed scope; null where the user was never asked.</summary>
    public static Task<string?> FindAsync(DbConnection connection, string userId, string applicationId, DbTransaction? transaction = null) =>
        connection.QuerySingleOrDefaultAsync<string?>("select scope from consents where user_id = @userId and application_id = @applicationId", new { userId, applicationId }, transaction);

    public static Task PutAsync(DbConnection connection, string userId, string applicationId, string scope, long now, DbTransaction transaction) =>
        connection.ExecuteAsync(
            """
            insert into consents (user_id, application_id, scope, created_time) values (@userId, @applicationId, @scope, @now)
            on conflict (user_id, application_id) do update set scope = excluded.scope, created_time = excluded.created_time
            """, new { userId, applicationId, scope, now }, transaction);

    public static Task DeleteAsync(DbConnection connection, string userId, string applicationId, DbTransaction transaction) =>
        connection.ExecuteAsync("delete from consents where user_id = @userId and application_id = @applicationId", new { userId, applicationId }, transaction);
}
