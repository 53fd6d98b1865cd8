using System.Data.Common;
using Dapper;
using Postern.Storage.Tables;

namespace Postern.Directory.Identities;

/// <summary>How a user can sign in now: by which identities, and whether by a password.</summary>
/// <param name="Identities">Every identity, the oldest first.</param>
/// <param name="HasPassword">The user has a password, and an application of the organization takes it.</param>
public sealed record WaysIn(IReadOnlyList<BoundIdentity> Identities, bool HasPassword)
{
    /// <summary>Whether the user can still sign in without these identities. A unionid alone counts for nothing: it comes with an openid.</summary>
    public bool RemainWithout(IEnumerable<BoundIdentity> leaving) =>
        HasPassword || Identities.Except(leaving).Any(i => i.Identity.Kind == ExternalIdentities.OpenId && i.IsUsable);

    public static async Task<WaysIn> OfAsync(DbConnection connection, User user, bool hasSecondFactor, DbTransaction? transaction = null)
    {
        var rows = await connection.QueryAsync<Row>(
            """
            select i.organization_id, i.kind, i.issuer, i.subject, i.created_time, i.last_used_time,
              coalesce(p.name, '') as provider, coalesce(p.display_name, '') as display_name
            from external_identities i left join providers p on p.id = (
              select min(q.id) from providers q
              where q.client_id = i.issuer and q.type in ('WeChatMiniProgram', 'WeChat')
                and (q.organization_id is null or q.organization_id = i.organization_id))
            where i.user_id = @Id order by i.created_time, i.kind, i.issuer
            """, new { user.Id }, transaction);
        var takesPassword = user.Password.Length > 0 && !hasSecondFactor && await connection.ExecuteScalarAsync<long>(
            """
            select count(*) from applications
            where enable_password and not disable_signin and (organization_id = @OrganizationId or is_shared) and name <> @Console
            """, new { user.OrganizationId, Applications.Console }, transaction) > 0;
        return new([.. rows.Select(row => row.ToIdentity())], takesPassword);
    }

    private sealed class Row
    {
        public required string OrganizationId { get; init; }
        public required string Kind { get; init; }
        public required string Issuer { get; init; }
        public required string Subject { get; init; }
        public required long CreatedTime { get; init; }
        public long? LastUsedTime { get; init; }
        public required string Provider { get; init; }
        public required string DisplayName { get; init; }

        public BoundIdentity ToIdentity() => new(new(OrganizationId, Kind, Issuer, Subject), CreatedTime, LastUsedTime, Provider, DisplayName);
    }
}

/// <summary>An identity of a user.</summary>
/// <param name="Identity">What it is.</param>
/// <param name="CreatedTime">Since when the user has it, Unix milliseconds.</param>
/// <param name="LastUsedTime">When a sign-in last came by it, to the hour; null = not known.</param>
/// <param name="Provider">The name of the Mini Program's provider; empty where there is none now.</param>
/// <param name="DisplayName">Its display name.</param>
public sealed record BoundIdentity(ExternalIdentity Identity, long CreatedTime, long? LastUsedTime, string Provider, string DisplayName)
{
    private const int ShownLength = 4;

    public bool IsUsable => Provider.Length > 0;

    /// <summary>The identity's name in addresses. It does not tell the openid.</summary>
    public string Id { get; } = Credentials.OpaqueToken.HashOf($"{Identity.Kind}\n{Identity.Issuer}\n{Identity.Subject}").Replace('+', '-').Replace('/', '_')[..22];

    /// <summary>The first and last characters, by which the user recognises it.</summary>
    public string Masked { get; } =
        Identity.Subject.Length > 3 * ShownLength ? $"{Identity.Subject[..ShownLength]}…{Identity.Subject[^ShownLength..]}" : "…";
}
