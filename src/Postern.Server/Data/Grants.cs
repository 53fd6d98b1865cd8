using System.Data.Common;
using Dapper;

namespace Postern.Server.Data;

/// <summary>What one subject allowed one client; owns its tokens and is revoked as one.</summary>
public sealed class Grant
{
    public required string Id { get; init; }
    public required string Organization { get; init; }
    public required string UserId { get; init; }
    public required string ClientId { get; init; }
    public required string GrantType { get; init; }
    public required string Scope { get; init; }

    /// <summary>It began with the client's secret, so it goes on only with it.</summary>
    public required bool WithSecret { get; init; }
    public required long AuthTime { get; init; }
    public required long CreatedTime { get; init; }
    public required long ExpiresTime { get; init; }
    public long? EndedTime { get; init; }

    /// <summary>SHA-256 of client, appid and WeChat code; null for other grants.</summary>
    public string? CodeHash { get; init; }
    public string? CodeAddress { get; init; }
}

public static class Grants
{
    private const string Columns =
        "id, organization, user_id, client_id, grant_type, scope, with_secret, auth_time, created_time, expires_time, ended_time, code_hash, code_address";

    public static Statement Adding(Grant grant) => new(
        $"""
        insert into grants ({Columns})
        values (@Id, @Organization, @UserId, @ClientId, @GrantType, @Scope, @WithSecret, @AuthTime, @CreatedTime, @ExpiresTime, @EndedTime, @CodeHash, @CodeAddress)
        """,
        ("@Id", grant.Id), ("@Organization", grant.Organization), ("@UserId", grant.UserId), ("@ClientId", grant.ClientId),
        ("@GrantType", grant.GrantType), ("@Scope", grant.Scope), ("@WithSecret", grant.WithSecret),
        ("@AuthTime", grant.AuthTime), ("@CreatedTime", grant.CreatedTime), ("@ExpiresTime", grant.ExpiresTime),
        ("@EndedTime", grant.EndedTime), ("@CodeHash", grant.CodeHash), ("@CodeAddress", grant.CodeAddress));

    public static Task<Grant?> FindAsync(DbConnection connection, string id, DbTransaction? transaction = null) =>
        connection.QuerySingleOrDefaultAsync<Grant?>($"select {Columns} from grants where id = @id", new { id }, transaction);

    /// <summary>The user whom this code signed in, from this address, since the given time.</summary>
    public static Task<string?> UserOfCodeAsync(DbConnection connection, string codeHash, string address, long since) =>
        connection.QueryFirstOrDefaultAsync<string?>(
            "select user_id from grants where code_hash = @codeHash and code_address = @address and created_time >= @since limit 1",
            new { codeHash, address, since });

    /// <summary>Whether the grant has not ended and its user may still sign in; locks the grant's row against a concurrent end.</summary>
    public static async Task<bool> IsOpenAsync(DbConnection connection, string id, string userId, DbTransaction transaction) =>
        await connection.ExecuteAsync(
            """
            update grants set expires_time = expires_time where id = @id and ended_time is null
              and exists (select 1 from users where users.id = @userId and not is_forbidden and not is_deleted)
            """, new { id, userId }, transaction) == 1;

    public static Task<int> EndAsync(DbConnection connection, string id, long now, DbTransaction transaction) =>
        connection.ExecuteAsync("update grants set ended_time = @now where id = @id and ended_time is null", new { id, now }, transaction);

    public static Task<int> EndOfUserAsync(DbConnection connection, string userId, long now, DbTransaction transaction) =>
        connection.ExecuteAsync("update grants set ended_time = @now where user_id = @userId and ended_time is null", new { userId, now }, transaction);

    public static Statement Extending(string id, long expires) =>
        new("update grants set expires_time = @expires where id = @id and expires_time < @expires", ("@id", id), ("@expires", expires));
}
