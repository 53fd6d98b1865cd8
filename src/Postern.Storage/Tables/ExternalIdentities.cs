using System.Data.Common;
using Dapper;

namespace Postern.Storage.Tables;

/// <summary>One identifier of a user at one issuer: an openid of an appid, a unionid of an Open Platform account.</summary>
public sealed record ExternalIdentity(string OrganizationId, string Kind, string Issuer, string Subject);

public static class ExternalIdentities
{
    public const string OpenId = "openid";
    public const string UnionId = "unionid";

    /// <summary>Adds an identity that its holder proved now, or that an import brings.</summary>
    /// <param name="connection">Of the write.</param>
    /// <param name="identity">The identity.</param>
    /// <param name="userId">Its user.</param>
    /// <param name="now">Unix milliseconds.</param>
    /// <param name="transaction">Of the write.</param>
    /// <param name="isUsed">Whether its holder proved it.</param>
    /// <returns>False where a user already has this identity.</returns>
    public static async Task<bool> AddAsync(
        DbConnection connection, ExternalIdentity identity, string userId, long now, DbTransaction transaction, bool isUsed = false) =>
        await connection.ExecuteAsync(
            """
            insert into external_identities (organization_id, kind, issuer, subject, user_id, created_time, last_used_time)
            values (@OrganizationId, @Kind, @Issuer, @Subject, @userId, @now, @used) on conflict do nothing
            """, new
            {
                identity.OrganizationId, identity.Kind, identity.Issuer, identity.Subject, userId, now, used = isUsed ? now : (long?)null,
            }, transaction) == 1;

    /// <summary>The user whose first sign-in with an openid of this appid is the most recent, or null.</summary>
    /// <param name="connection">To read with.</param>
    /// <param name="appId">The issuer of the openid.</param>
    /// <param name="organization">The organization of the users; null = any.</param>
    public static Task<(string UserId, string Organization, string Name)?> NewestAsync(DbConnection connection, string appId, string? organization) =>
        connection.QueryFirstOrDefaultAsync<(string, string, string)?>(
            $"""
            select u.id, u.owner, u.name from external_identities i join users u on u.id = i.user_id
            where i.kind = '{OpenId}' and i.issuer = @appId and not u.is_deleted {(organization is null ? "" : "and i.organization_id = (select o.id from organizations o where o.name = @organization)")}
            order by i.created_time desc limit 1
            """, new { appId, organization });

    public static Task<int> RemoveAsync(DbConnection connection, ExternalIdentity identity, string userId, DbTransaction transaction) => connection.ExecuteAsync(
        """
        delete from external_identities
        where organization_id = @OrganizationId and kind = @Kind and issuer = @Issuer and subject = @Subject and user_id = @userId
        """, new { identity.OrganizationId, identity.Kind, identity.Issuer, identity.Subject, userId }, transaction);

    /// <summary>Notes that a sign-in came by this identity.</summary>
    public static Task UseAsync(DbConnection connection, ExternalIdentity identity, long now, DbTransaction transaction) => connection.ExecuteAsync(
        """
        update external_identities set last_used_time = @now
        where organization_id = @OrganizationId and kind = @Kind and issuer = @Issuer and subject = @Subject
        """, new { identity.OrganizationId, identity.Kind, identity.Issuer, identity.Subject, now }, transaction);

    public static async Task<bool> HasAsync(DbConnection connection, string userId, string kind, string issuer) =>
        await connection.ExecuteScalarAsync<long>("select count(*) from external_identities where user_id = @userId and kind = @kind and issuer = @issuer", new { userId, kind, issuer }) > 0;

    public static Task<IEnumerable<(string Kind, string Issuer, string Subject)>> OfUserAsync(
        DbConnection connection, string userId, DbTransaction? transaction = null) =>
        connection.QueryAsync<(string, string, string)>(
            "select kind, issuer, subject from external_identities where user_id = @userId order by created_time, kind", new { userId }, transaction);
}
