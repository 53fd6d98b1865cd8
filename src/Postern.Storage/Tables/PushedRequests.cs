using System.Data.Common;
using Dapper;

namespace Postern.Storage.Tables;

/// <summary>An authorization request that a client pushed ahead (RFC 9126); its parameters are a JSON object.</summary>
public sealed record PushedRequest(string Hash, string ApplicationId, string Parameters, long ExpiresTime);

public static class PushedRequests
{
    /// <summary>False where so many of this client wait already.</summary>
    public static async Task<bool> AddAsync(DbConnection connection, PushedRequest request, int most, long now, DbTransaction transaction) =>
        await connection.ExecuteAsync(
            """
            insert into pushed_requests (hash, application_id, parameters, expires_time)
            select @Hash, @ApplicationId, @Parameters, @ExpiresTime
            where (select count(*) from (select 1 from pushed_requests where application_id = @ApplicationId and expires_time > @now limit @most) waiting) < @most
            """, new { request.Hash, request.ApplicationId, request.Parameters, request.ExpiresTime, most, now }, transaction) == 1;

    /// <summary>The parameters, where this client pushed them and they have not expired.</summary>
    public static Task<string?> FindAsync(DbConnection connection, string hash, string applicationId, long now) =>
        connection.QuerySingleOrDefaultAsync<string?>(
            "select parameters from pushed_requests where hash = @hash and application_id = @applicationId and expires_time > @now", new { hash, applicationId, now });

    /// <summary>A request is valid for one authorization (RFC 9126 §4): false where it was already used.</summary>
    public static async Task<bool> UseAsync(DbConnection connection, string hash, DbTransaction transaction) =>
        await connection.ExecuteAsync("delete from pushed_requests where hash = @hash", new { hash }, transaction) == 1;
}
