using System.Data.Common;
using Dapper;

namespace Postern.Storage.Tables;

/// <summary>Identities that their users unbound. Automatic linking never gives one back to its former user; a binding by the user does.</summary>
public static class UnboundIdentities
{
    public static Task AddAsync(DbConnection connection, ExternalIdentity identity, string userId, long now, DbTransaction transaction) => connection.ExecuteAsync(
        """
        insert into unbound_identities (organization_id, kind, issuer, subject, user_id, unbound_time)
        values (@OrganizationId, @Kind, @Issuer, @Subject, @userId, @now) on conflict do nothing
        """, new { identity.OrganizationId, identity.Kind, identity.Issuer, identity.Subject, userId, now }, transaction);

    public static async Task<bool> HasAsync(DbConnection connection, ExternalIdentity identity, string userId) =>
        await connection.ExecuteScalarAsync<long>(
            """
            select count(*) from unbound_identities
            where organization_id = @OrganizationId and kind = @Kind and issuer = @Issuer and subject = @Subject and user_id = @userId
            """, new { identity.OrganizationId, identity.Kind, identity.Issuer, identity.Subject, userId }) > 0;

    public static Task<int> RemoveAsync(DbConnection connection, ExternalIdentity identity, string userId, DbTransaction transaction) => connection.ExecuteAsync(
        """
        delete from unbound_identities
        where organization_id = @OrganizationId and kind = @Kind and issuer = @Issuer and subject = @Subject and user_id = @userId
        """, new { identity.OrganizationId, identity.Kind, identity.Issuer, identity.Subject, userId }, transaction);
}
