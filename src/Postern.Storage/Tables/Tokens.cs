using System.Data.Common;
using Dapper;
using Postern.Protocol;
using Postern.Storage.Databases;

namespace Postern.Storage.Tables;

/// <summary>The row behind an access token. Its id is the name in the <c>jti</c>; the token itself is stored nowhere.</summary>
public sealed record Token
{
    public required string Id { get; init; }

    /// <summary>Empty for an application's own token, which belongs to no grant.</summary>
    public required string GrantId { get; init; }
    public required string OrganizationId { get; init; }
    public required string ApplicationId { get; init; }
    public required string UserId { get; init; }
    public required string UserName { get; init; }
    public required string GrantType { get; init; }
    public required string Scope { get; init; }
    public required long CreatedTime { get; init; }
    public required long ExpiresTime { get; init; }
    public long? RevokedTime { get; init; }

    /// <summary>What it opens of our own API; judged when it was issued.</summary>
    public required Opens Opens { get; init; }

    /// <summary>The claims that userinfo tells its holder because the request asked for them by name; judged when it was issued.</summary>
    public string Claims { get; init; } = "";
}

public static class Tokens
{
    private const string Columns =
        "id, grant_id, organization_id, application_id, user_id, user_name, grant_type, scope, created_time, expires_time, revoked_time, opens, claims";

    public static Statement Adding(Token token) => new(
        $"""
        insert into tokens ({Columns})
        values (@Id, @GrantId, @OrganizationId, @ApplicationId, @UserId, @UserName, @GrantType, @Scope, @CreatedTime, @ExpiresTime, @RevokedTime, @Opens, @Claims)
        """,
        ("@Id", token.Id), ("@GrantId", token.GrantId), ("@OrganizationId", token.OrganizationId),
        ("@ApplicationId", token.ApplicationId), ("@UserId", token.UserId), ("@UserName", token.UserName),
        ("@GrantType", token.GrantType), ("@Scope", token.Scope), ("@CreatedTime", token.CreatedTime),
        ("@ExpiresTime", token.ExpiresTime), ("@RevokedTime", token.RevokedTime), ("@Opens", (int)token.Opens), ("@Claims", token.Claims));

    /// <summary>The token if it is valid now: neither it nor its grant has ended. The caller must check whether its user may still sign in.</summary>
    public static Task<Token?> FindGoodAsync(DbConnection connection, string id, long now) => connection.QuerySingleOrDefaultAsync<Token?>(
        """
        select t.id, t.grant_id, t.organization_id, t.application_id, t.user_id, t.user_name, t.grant_type, t.scope, t.created_time, t.expires_time, t.revoked_time, t.opens, t.claims
        from tokens t left join grants g on g.id = t.grant_id
        where t.id = @id and t.revoked_time is null and t.expires_time > @now and (t.grant_id = '' or (g.id is not null and g.ended_time is null))
        """, new { id, now });

    public static Task<int> RevokeAsync(DbConnection connection, string id, long now, DbTransaction transaction) =>
        connection.ExecuteAsync("update tokens set revoked_time = @now where id = @id and revoked_time is null", new { id, now }, transaction);
}
