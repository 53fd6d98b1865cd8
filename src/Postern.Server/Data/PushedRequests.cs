using System.Data.Common;
using Dapper;

namespace Postern.Server.Data;

/// <summary>Authorization requests that a client pushed ahead (RFC 9126), as a JSON object of their parameters.</summary>
public static class PushedRequests
{
    public static Task AddAsync(DbConnection connection, string hash, string applicationId, string parameters, long expires, DbTransaction transaction) =>
        connection.ExecuteAsync(
            "insert into pushed_requests (hash, application_id, parameters, expires_time) values (@hash, @applicationId, @parameters, @expires)",
            new { hash, applicationId, parameters, expires }, transaction);

    /// <summary>The parameters, where this client pushed them and they have not expired.</summary>
    public static Task<string?> FindAsync(DbConnection connection, string hash, string applicationId, long now) =>
        connection.QuerySingleOrDefaultAsync<string?>(
            "select parameters from pushed_requests where hash = @hash and application_id = @applicationId and expires_time > @now", new { hash, applicationId, now });

    /// <summary>A request is good for one authorization (RFC 9126 §4): false where it was used already.</summary>
    public static async Task<bool> UseAsync(DbConnection connection, string hash, DbTransaction transaction) =>
        await connection.ExecuteAsync("delete from pushed_requests where hash = @hash", new { hash }, transaction) == 1;
}
