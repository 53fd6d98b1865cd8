using System.Data.Common;
using Dapper;

namespace Postern.Storage.Tables;

/// <summary>A session to be written and the cookie value that opens it; the value itself is stored nowhere.</summary>
public sealed record NewSession(string Value, string Hash, string UserId, long CreatedTime, long ExpiresTime, bool IsPersistent)
{
    /// <summary>How the user was authenticated: values of RFC 8176, with spaces between.</summary>
    public required string Amr { get; init; }
}

/// <summary>Rows of <c>sessions</c>, one for each browser that is signed in.</summary>
public static class BrowserSessions
{
    public static Task AddAsync(DbConnection connection, NewSession session, DbTransaction transaction) => connection.ExecuteAsync(
        "insert into sessions (hash, user_id, created_time, expires_time, amr) values (@Hash, @UserId, @CreatedTime, @ExpiresTime, @Amr)", session, transaction);

    public static Task<int> EndAsync(DbConnection connection, string hash, DbTransaction transaction) =>
        connection.ExecuteAsync("delete from sessions where hash = @hash", new { hash }, transaction);

    public static Task<int> EndOfUserAsync(DbConnection connection, string userId, DbTransaction transaction) =>
        connection.ExecuteAsync("delete from sessions where user_id = @userId", new { userId }, transaction);

    public static Task<int> EndOthersOfUserAsync(DbConnection connection, string userId, string keptHash, DbTransaction transaction) =>
        connection.ExecuteAsync("delete from sessions where user_id = @userId and hash <> @keptHash", new { userId, keptHash }, transaction);
}
