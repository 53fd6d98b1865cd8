using System.Data.Common;
using Dapper;

namespace Postern.Server.Data;

/// <summary>One identifier of a user at one issuer: an openid of an appid, a unionid of an Open Platform account.</summary>
public sealed record ExternalIdentity(string Organization, string Kind, string Issuer, string Subject);

public static class ExternalIdentities
{
    public const string OpenId = "openid";
    public const string UnionId = "unionid";

    /// <summary>False where somebody already has this identity.</summary>
    public static async Task<bool> AddAsync(DbConnection connection, ExternalIdentity identity, string userId, long now, DbTransaction transaction) =>
        await connection.ExecuteAsync(
            """
            insert into external_identities (organization, kind, issuer, subject, user_id, created_time)
            values (@Organization, @Kind, @Issuer, @Subject, @userId, @now) on conflict do nothing
            """, new { identity.Organization, identity.Kind, identity.Issuer, identity.Subject, userId, now }, transaction) == 1;

    public static Task<IEnumerable<(string Kind, string Issuer, string Subject)>> OfUserAsync(DbConnection connection, string userId) =>
        connection.QueryAsync<(string, string, string)>(
            "select kind, issuer, subject from external_identities where user_id = @userId order by created_time, kind", new { userId });
}
