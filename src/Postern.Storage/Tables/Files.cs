using System.Data.Common;
using Dapper;

namespace Postern.Storage.Tables;

/// <summary>An uploaded file; its bytes stand on disk under its id. Size in bytes, time in Unix milliseconds.</summary>
public sealed record StoredFile
{
    public required string Id { get; init; }
    public required string ResourceId { get; init; }
    public required string Owner { get; init; }

    /// <summary>The user that owns it; empty where the organization owns it.</summary>
    public required string UserId { get; init; }

    /// <summary>With its dot, from our own list.</summary>
    public required string Extension { get; init; }
    public required long Size { get; init; }
    public required long CreatedTime { get; init; }
}

public static class Files
{
    private const string Columns = "id, resource_id, owner, user_id, extension, size, created_time";

    public static Task<StoredFile?> FindAsync(DbConnection connection, string id) =>
        connection.QuerySingleOrDefaultAsync<StoredFile?>($"select {Columns} from files where id = @id", new { id });

    public static Task<StoredFile?> OfResourceAsync(DbConnection connection, string resourceId, DbTransaction? transaction = null) =>
        connection.QuerySingleOrDefaultAsync<StoredFile?>($"select {Columns} from files where resource_id = @resourceId", new { resourceId }, transaction);

    public static Task AddAsync(DbConnection connection, StoredFile file, DbTransaction transaction) => connection.ExecuteAsync(
        $"insert into files ({Columns}) values (@Id, @ResourceId, @Owner, @UserId, @Extension, @Size, @CreatedTime)", file, transaction);

    public static Task DeleteOfResourceAsync(DbConnection connection, string resourceId, DbTransaction transaction) =>
        connection.ExecuteAsync("delete from files where resource_id = @resourceId", new { resourceId }, transaction);

    /// <summary>How many files a user has, and their bytes.</summary>
    public static Task<(long Count, long Bytes)> OfUserAsync(DbConnection connection, string userId, DbTransaction transaction) =>
        connection.QuerySingleAsync<(long, long)>(
            "select count(*), cast(coalesce(sum(size), 0) as bigint) from files where user_id = @userId and user_id <> ''", new { userId }, transaction);

    /// <summary>The ids of the files that a user has on disk.</summary>
    public static async Task<IReadOnlyList<string>> IdsOfUserAsync(DbConnection connection, string userId, DbTransaction transaction) =>
        [.. await connection.QueryAsync<string>("select id from files where user_id = @userId and user_id <> ''", new { userId }, transaction)];
}
