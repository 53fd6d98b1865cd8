using System.Data.Common;
using Dapper;
using Postern.Storage.Databases;

namespace Postern.Storage.Tables;

/// <summary>What one subject allowed one client; owns its tokens and is revoked as one.</summary>
public sealed record Grant
{
    public required string Id { get; init; }
    public required string UserId { get; init; }
    public required string ApplicationId { get; init; }
    public required string GrantType { get; init; }
    public required string Scope { get; init; }

    /// <summary>It was created with the client secret, so it can be continued only with it.</summary>
    public required bool WithSecret { get; init; }
    public required long AuthTime { get; init; }
    public required long CreatedTime { get; init; }
    public required long ExpiresTime { get; init; }
    public long? EndedTime { get; init; }

    /// <summary>The API its tokens are for (RFC 8707); empty = the client.</summary>
    public string Resource { get; init; } = "";

    /// <summary>Thumbprint of the key that its latest tokens are bound to (RFC 9449); empty = bearers.</summary>
    public string Jkt { get; init; } = "";

    /// <summary>The same of its refresh token, which is not bound where the client authenticates with each use of it (RFC 9449 §5).</summary>
    public string RefreshJkt => WithSecret ? "" : Jkt;

    /// <summary>How the user was authenticated (RFC 8176), blank-separated; empty = nothing to say.</summary>
    public string Amr { get; init; } = "";

    /// <summary>The browser's sign-in that it was given in; empty = none.</summary>
    public string SessionHash { get; init; } = "";

    /// <summary>The claims that its request asked for by name (<see cref="Protocol.ClaimsRequest.Kept"/>).</summary>
    public string Claims { get; init; } = "";

    /// <summary>The address that the user was at when it began; empty = not known.</summary>
    public string Address { get; init; } = "";

    /// <summary>SHA-256 of client, appid and WeChat code; null for other grants.</summary>
    public string? CodeHash { get; init; }
    public string? CodeAddress { get; init; }

    /// <summary>This grant as another way of using it has it: for another API, bound to another key. It stays the same row.</summary>
    public Grant For(string grantType, string resource, string jkt) => this with { GrantType = grantType, Resource = resource, Jkt = jkt, Claims = "" };
}

public static class Grants
{
    private const string Columns =
        """
        id, user_id, application_id, grant_type, scope, with_secret, auth_time, created_time, expires_time, ended_time, code_hash, code_address,
        resource, jkt, amr, session_hash, claims, address
        """;

    private const string IsOffline = "' ' || g.scope || ' ' like '% offline_access %'";

    public static Statement Adding(Grant grant) => new(
        $"""
        insert into grants ({Columns})
        values (@Id, @UserId, @ApplicationId, @GrantType, @Scope, @WithSecret, @AuthTime, @CreatedTime, @ExpiresTime, @EndedTime, @CodeHash, @CodeAddress,
          @Resource, @Jkt, @Amr, @SessionHash, @Claims, @Address)
        """,
        ("@Id", grant.Id), ("@UserId", grant.UserId), ("@ApplicationId", grant.ApplicationId),
        ("@GrantType", grant.GrantType), ("@Scope", grant.Scope), ("@WithSecret", grant.WithSecret),
        ("@AuthTime", grant.AuthTime), ("@CreatedTime", grant.CreatedTime), ("@ExpiresTime", grant.ExpiresTime),
        ("@EndedTime", grant.EndedTime), ("@CodeHash", grant.CodeHash), ("@CodeAddress", grant.CodeAddress),
        ("@Resource", grant.Resource), ("@Jkt", grant.Jkt), ("@Amr", grant.Amr), ("@SessionHash", grant.SessionHash),
        ("@Claims", grant.Claims), ("@Address", grant.Address));

    public static Task<Grant?> FindAsync(DbConnection connection, string id, DbTransaction? transaction = null) =>
        connection.QuerySingleOrDefaultAsync<Grant?>($"select {Columns} from grants where id = @id", new { id }, transaction);

    /// <summary>The user that this code signed in, from this address, since the given time.</summary>
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
        EndAsync(connection, "g.id = @key", id, now, transaction);

    /// <summary>Ends all grants of a user, and drops the codes and device approvals of the user that were not redeemed yet.</summary>
    public static async Task<int> EndOfUserAsync(DbConnection connection, string userId, long now, DbTransaction transaction)
    {
        await DropPromisesAsync(connection, userId, null, now, transaction);
        return await EndAsync(connection, "g.user_id = @key", userId, now, transaction);
    }

    /// <summary>The same, except for the sign-in that requests it: a grant, or a browser's session with its grants. "" keeps none.</summary>
    public static async Task<int> EndOthersOfUserAsync(DbConnection connection, string userId, string keptGrant, string keptSession, long now, DbTransaction transaction)
    {
        await DropPromisesAsync(connection, userId, null, now, transaction);
        return await EndAsync(
            connection, "g.user_id = @key and g.id <> @keptGrant and (g.session_hash = '' or g.session_hash <> @keptSession)", new { key = userId, now, keptGrant, keptSession }, transaction);
    }

    /// <summary>
    /// What a browser's sign-out ends: what was given in that sign-in, except where the user allowed access while they are away
    /// (offline_access). The clients of those are told too (OpenID Connect Back-Channel Logout 1.0 §2.7).
    /// </summary>
    /// <param name="connection">Of the write.</param>
    /// <param name="sessionHash">The session.</param>
    /// <param name="withOffline">Whether those end as well.</param>
    /// <param name="now">Unix milliseconds.</param>
    /// <param name="transaction">Of the write.</param>
    public static async Task<int> EndOfSessionAsync(DbConnection connection, string sessionHash, bool withOffline, long now, DbTransaction transaction)
    {
        const string given = "g.session_hash = @key and g.session_hash <> ''";
        if (withOffline)
        {
            return await EndAsync(connection, given, sessionHash, now, transaction);
        }

        await connection.ExecuteAsync(LogoutNotices.AddingFor(given), new { key = sessionHash, now }, transaction);
        return await EndAsync(connection, $"{given} and not {IsOffline}", sessionHash, now, transaction);
    }

    /// <summary>How many grants with offline_access a user has that are good now.</summary>
    public static Task<long> CountOfflineAsync(DbConnection connection, string userId, long now, DbTransaction transaction) => connection.ExecuteScalarAsync<long>(
        $"select count(*) from grants g where g.user_id = @userId and g.ended_time is null and g.expires_time > @now and {IsOffline}", new { userId, now }, transaction);

    public static Task<int> EndOfflineAsync(DbConnection connection, string userId, long now, DbTransaction transaction) =>
        EndAsync(connection, $"g.user_id = @key and {IsOffline}", userId, now, transaction);

    public static async Task<int> EndOfApplicationAsync(DbConnection connection, string userId, string applicationId, long now, DbTransaction transaction)
    {
        await DropPromisesAsync(connection, userId, applicationId, now, transaction);
        var ids = (await connection.QueryAsync<string>(
            "select id from grants where user_id = @userId and application_id = @applicationId and ended_time is null", new { userId, applicationId }, transaction)).ToList();
        foreach (var id in ids)
        {
            await EndAsync(connection, id, now, transaction);
        }

        return ids.Count;
    }

    /// <summary>The clients that a user is signed in to, with the times of the first and the last sign-in there.</summary>
    public static Task<IEnumerable<SignedInClient>> ClientsOfUserAsync(DbConnection connection, string userId, long now) => connection.QueryAsync<SignedInClient>(
        """
        select a.id as application_id, a.client_id, a.display_name, a.name, a.is_self_registered, min(g.created_time) as since, max(g.auth_time) as last
        from grants g join applications a on a.id = g.application_id
        where g.user_id = @userId and g.ended_time is null and g.expires_time > @now
        group by a.id, a.client_id, a.display_name, a.name, a.is_self_registered order by max(g.auth_time) desc, a.client_id
        """, new { userId, now });

    /// <summary>Before the grants are ended: a code that is redeemed at the same time is waited for here, and its grant is then seen.</summary>
    private static async Task DropPromisesAsync(DbConnection connection, string userId, string? applicationId, long now, DbTransaction transaction)
    {
        await AuthorizationCodes.DropOfUserAsync(connection, userId, applicationId, now, transaction);
        await DeviceCodes.DropOfUserAsync(connection, userId, applicationId, now, transaction);
    }

    /// <summary>Ends grants, and in the same write adds the notices for the clients to be told (<see cref="LogoutNotices"/>).</summary>
    private static Task<int> EndAsync(DbConnection connection, string which, string key, long now, DbTransaction transaction) =>
        EndAsync(connection, which, new { key, now }, transaction);

    private static async Task<int> EndAsync(DbConnection connection, string which, object parameters, DbTransaction transaction)
    {
        await connection.ExecuteAsync(LogoutNotices.AddingFor(which), parameters, transaction);
        return await connection.ExecuteAsync($"update grants as g set ended_time = @now where {which} and g.ended_time is null", parameters, transaction);
    }

    /// <summary>A client that authenticates changes to another key (RFC 9449 §5).</summary>
    public static Statement Binding(string id, string jkt) => new("update grants set jkt = @jkt where id = @id", ("@id", id), ("@jkt", jkt));

    public static Statement Extending(string id, long expires) =>
        new("update grants set expires_time = @expires where id = @id and expires_time < @expires", ("@id", id), ("@expires", expires));
}

/// <summary>A client at which a user is signed in; times in Unix milliseconds.</summary>
public sealed class SignedInClient
{
    public required string ApplicationId { get; init; }
    public required string ClientId { get; init; }
    public required string DisplayName { get; init; }
    public required string Name { get; init; }
    public required bool IsSelfRegistered { get; init; }
    public required long Since { get; init; }
    public required long Last { get; init; }
}
