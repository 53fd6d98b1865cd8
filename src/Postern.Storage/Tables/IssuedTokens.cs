using System.Data.Common;
using Dapper;
using Postern.Storage.Databases;

namespace Postern.Storage.Tables;

/// <summary>A token that we issued, as administrators see it: its row and what they need of its grant. Times in Unix milliseconds.</summary>
public sealed class IssuedToken
{
    public required string Id { get; init; }
    public required string GrantId { get; init; }
    public required string OrganizationId { get; init; }

    /// <summary>Its name; empty where it was deleted.</summary>
    public required string Organization { get; init; }
    public required string Application { get; init; }
    public required string UserName { get; init; }
    public required string GrantType { get; init; }
    public required string Scope { get; init; }
    public required long CreatedTime { get; init; }
    public required long ExpiresTime { get; init; }

    /// <summary>Neither it nor its grant was ended before its time.</summary>
    public required bool IsOpen { get; init; }

    /// <summary>The API that it is for (RFC 8707); empty = its client.</summary>
    public required string Resource { get; init; }

    /// <summary>Thumbprint of the key that it is bound to (RFC 9449); empty = a bearer.</summary>
    public required string Jkt { get; init; }
}

/// <summary>Reads and ends of issued tokens by their names.</summary>
public static class IssuedTokens
{
    private const string Selected =
        """
        select t.id, t.grant_id, t.organization_id, coalesce(o.name, '') as organization, coalesce(a.name, '') as application, t.user_name, t.grant_type, t.scope, t.created_time, t.expires_time,
          t.revoked_time is null and (t.grant_id = '' or (g.id is not null and g.ended_time is null)) as is_open,
          coalesce(g.resource, '') as resource, coalesce(g.jkt, '') as jkt
        from tokens t left join applications a on a.id = t.application_id left join organizations o on o.id = t.organization_id left join grants g on g.id = t.grant_id
        """;

    public static Task<IssuedToken?> FindAsync(DbConnection connection, string id, DbTransaction? transaction = null) =>
        connection.QuerySingleOrDefaultAsync<IssuedToken?>(Selected + " where t.id = @id", new { id }, transaction);

    /// <summary>Several at once, in no order.</summary>
    public static async Task<IReadOnlyList<IssuedToken>> FindAsync(DbConnection connection, IEnumerable<string> ids)
    {
        var parameters = new DynamicParameters();
        return [.. await connection.QueryAsync<IssuedToken>($"{Selected} where t.id in {parameters.AddList("id", ids)}", parameters)];
    }

    /// <summary>Ends it and the grant that it belongs to, and with that everything that could renew it.</summary>
    public static async Task EndAsync(DbConnection connection, IssuedToken token, long now, DbTransaction transaction)
    {
        await Tokens.RevokeAsync(connection, token.Id, now, transaction);
        if (token.GrantId.Length > 0)
        {
            await Grants.EndAsync(connection, token.GrantId, now, transaction);
        }
    }

    /// <summary>False where it was already deleted.</summary>
    public static async Task<bool> DeleteAsync(DbConnection connection, IssuedToken token, long now, DbTransaction transaction)
    {
        await EndAsync(connection, token, now, transaction);
        return await connection.ExecuteAsync("delete from tokens where id = @Id", new { token.Id }, transaction) == 1;
    }
}
