using System.Data.Common;
using Dapper;

namespace Postern.Storage.Tables;

/// <summary>A client that is to be told that a user signed out (OpenID Connect Back-Channel Logout 1.0 §2.5).</summary>
public sealed class LogoutNotice
{
    public required string Id { get; init; }
    public required string ApplicationId { get; init; }
    public required string UserId { get; init; }

    /// <summary>The grant that ended, which is the id_token's <c>sid</c>.</summary>
    public required string Sid { get; init; }
    public required long Attempts { get; init; }
}

/// <summary>
/// Notices are written with the end of the grant, so that they are sent even after a crash. Each attempt is claimed first, so that
/// only one of several nodes sends it.
/// </summary>
public static class LogoutNotices
{
    /// <summary>Notes each open grant that <paramref name="which"/> names (a condition of the grant <c>g</c>) and whose client wants to be told.</summary>
    internal static string AddingFor(string which) =>
        $"""
        insert into logout_notices (id, application_id, user_id, sid, attempts, next_time)
        select g.id, g.application_id, g.user_id, g.id, 0, @now from grants g join applications a on a.id = g.application_id
        where {which} and g.ended_time is null and a.backchannel_logout_uri <> ''
        on conflict do nothing
        """;

    /// <summary>Whether any is due: asked often, answered by an index.</summary>
    public static async Task<bool> AreDueAsync(DbConnection connection, long now) =>
        await connection.ExecuteScalarAsync<long>("select count(*) from (select 1 from logout_notices where next_time <= @now limit 1) due", new { now }) > 0;

    /// <summary>Claims the due notices for one attempt; no other node claims them before <paramref name="retry"/>.</summary>
    public static async Task<IReadOnlyList<LogoutNotice>> ClaimAsync(DbConnection connection, long now, long retry, DbTransaction transaction) =>
        [.. await connection.QueryAsync<LogoutNotice>(
            """
            update logout_notices set attempts = attempts + 1, next_time = @retry
            where next_time <= @now and id in (select id from logout_notices where next_time <= @now order by next_time limit 20)
            returning id, application_id, user_id, sid, attempts
            """, new { now, retry }, transaction)];

    public static Task<int> PutOffAsync(DbConnection connection, string id, long next, DbTransaction transaction) =>
        connection.ExecuteAsync("update logout_notices set next_time = @next where id = @id", new { id, next }, transaction);

    public static Task<int> DeleteAsync(DbConnection connection, string id, DbTransaction transaction) =>
        connection.ExecuteAsync("delete from logout_notices where id = @id", new { id }, transaction);
}
