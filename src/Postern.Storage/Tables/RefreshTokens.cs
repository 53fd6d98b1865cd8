using System.Data.Common;
using Dapper;
using Postern.Storage.Databases;

namespace Postern.Storage.Tables;

/// <summary>One refresh token of a grant: SHA-256 of the whole string, and after its use the id of its successor.</summary>
public sealed class RefreshToken
{
    public required string Id { get; init; }
    public required string GrantId { get; init; }
    public required string Hash { get; init; }
    public required long CreatedTime { get; init; }
    public required long ExpiresTime { get; init; }
    public long? UsedTime { get; init; }
    public string? SuccessorId { get; init; }
}

public static class RefreshTokens
{
    private const string Columns = "id, grant_id, hash, created_time, expires_time, used_time, successor_id";

    public static Statement Adding(RefreshToken token) => new(
        $"insert into refresh_tokens ({Columns}) values (@Id, @GrantId, @Hash, @CreatedTime, @ExpiresTime, @UsedTime, @SuccessorId)",
        ("@Id", token.Id), ("@GrantId", token.GrantId), ("@Hash", token.Hash), ("@CreatedTime", token.CreatedTime),
        ("@ExpiresTime", token.ExpiresTime), ("@UsedTime", token.UsedTime), ("@SuccessorId", token.SuccessorId));

    public static Task<RefreshToken?> FindAsync(DbConnection connection, string id, DbTransaction? transaction = null) =>
        connection.QuerySingleOrDefaultAsync<RefreshToken?>($"select {Columns} from refresh_tokens where id = @id", new { id }, transaction);

    /// <summary>One statement decides who rotates: false where another request did.</summary>
    public static async Task<bool> UseAsync(DbConnection connection, string id, string successorId, long now, DbTransaction transaction) =>
        await connection.ExecuteAsync(
            "update refresh_tokens set used_time = @now, successor_id = @successorId where id = @id and used_time is null",
            new { id, successorId, now }, transaction) == 1;

    /// <summary>Puts off the end of a token that stays the same: false where it was replaced.</summary>
    public static async Task<bool> ExtendAsync(DbConnection connection, string id, long expires, DbTransaction transaction) =>
        await connection.ExecuteAsync("update refresh_tokens set expires_time = @expires where id = @id and used_time is null", new { id, expires }, transaction) == 1;

    public static async Task<bool> IsUnusedAsync(DbConnection connection, string id, DbTransaction transaction) =>
        await connection.ExecuteScalarAsync<long>(
            "select count(*) from refresh_tokens where id = @id and used_time is null", new { id }, transaction) == 1;
}
