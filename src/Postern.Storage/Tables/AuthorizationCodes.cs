using System.Data.Common;
using Dapper;

namespace Postern.Storage.Tables;

/// <summary>An authorization that waits to be redeemed (RFC 6749 §4.1.2). The code itself is stored nowhere.</summary>
public sealed class AuthorizationCode
{
    public required string Hash { get; init; }

    /// <summary>The grant that redeeming it begins; a second presentation ends that grant.</summary>
    public required string GrantId { get; init; }
    public required string ApplicationId { get; init; }
    public required string UserId { get; init; }
    public required string RedirectUri { get; init; }
    public required string Scope { get; init; }
    public string Resource { get; init; } = "";
    public string Nonce { get; init; } = "";
    public string CodeChallenge { get; init; } = "";

    /// <summary>Thumbprint of the key that must redeem it (RFC 9449 §10); empty = any.</summary>
    public string Jkt { get; init; } = "";
    public required long AuthTime { get; init; }
    public string Amr { get; init; } = "";
    public string SessionHash { get; init; } = "";

    /// <summary>As <see cref="Grant.Claims"/>.</summary>
    public string Claims { get; init; } = "";

    /// <summary>The address that the user was at.</summary>
    public string Address { get; init; } = "";
    public required long CreatedTime { get; init; }
    public required long ExpiresTime { get; init; }
    public long? UsedTime { get; init; }
}

public static class AuthorizationCodes
{
    private const string Columns =
        """
        hash, grant_id, application_id, user_id, redirect_uri, scope, resource, nonce, code_challenge, jkt, auth_time, amr, session_hash, claims, address,
        created_time, expires_time, used_time
        """;

    // Those of the last minute only: the index on their expiry finds them.
    private const string Open = "used_time is null and expires_time > @now";

    public static Task AddAsync(DbConnection connection, AuthorizationCode code, DbTransaction transaction) => connection.ExecuteAsync(
        $"""
        insert into authorization_codes ({Columns})
        values (@Hash, @GrantId, @ApplicationId, @UserId, @RedirectUri, @Scope, @Resource, @Nonce, @CodeChallenge, @Jkt, @AuthTime, @Amr, @SessionHash,
          @Claims, @Address, @CreatedTime, @ExpiresTime, @UsedTime)
        """, code, transaction);

    public static Task<AuthorizationCode?> FindAsync(DbConnection connection, string hash) =>
        connection.QuerySingleOrDefaultAsync<AuthorizationCode?>($"select {Columns} from authorization_codes where hash = @hash", new { hash });

    /// <summary>One statement decides who redeems it: false where another request did.</summary>
    public static async Task<bool> UseAsync(DbConnection connection, string hash, long now, DbTransaction transaction) =>
        await connection.ExecuteAsync(
            "update authorization_codes set used_time = @now where hash = @hash and used_time is null", new { hash, now }, transaction) == 1;

    /// <summary>A sign-out takes what the browser was promised and has not redeemed.</summary>
    public static Task<int> DropOfSessionAsync(DbConnection connection, string sessionHash, long now, DbTransaction transaction) =>
        connection.ExecuteAsync($"delete from authorization_codes where session_hash = @sessionHash and {Open}", new { sessionHash, now }, transaction);

    /// <summary>The same everywhere, or of one client.</summary>
    public static Task<int> DropOfUserAsync(DbConnection connection, string userId, string? applicationId, long now, DbTransaction transaction) =>
        connection.ExecuteAsync(
            $"delete from authorization_codes where user_id = @userId and (@applicationId = '' or application_id = @applicationId) and {Open}",
            new { userId, applicationId = applicationId ?? "", now }, transaction);
}
