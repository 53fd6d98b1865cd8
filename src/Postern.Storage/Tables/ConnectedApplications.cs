using System.Data.Common;
using Dapper;

namespace Postern.Storage.Tables;

/// <summary>A client that has access to a user's account, or may take it without asking: by grants, by a remembered consent, or by both.</summary>
public sealed record ConnectedApplication(string ClientId, string Title, bool IsSelfRegistered, string CustomScopes)
{
    /// <summary>The user is signed in there.</summary>
    public bool IsSignedIn { get; init; }

    /// <summary>The origins that the user allowed it at.</summary>
    public required IReadOnlyList<string> Origins { get; init; }

    /// <summary>What it was given or allowed: scopes, each with the API that the tokens are for.</summary>
    public required IReadOnlyList<(string Scope, string Resource)> Allowed { get; init; }

    public required long Since { get; init; }
}

public static class ConnectedApplications
{
    public static async Task<IReadOnlyList<ConnectedApplication>> OfUserAsync(DbConnection connection, string userId, long now)
    {
        var rows = await connection.QueryAsync<Row>(
            """
            select a.id, a.client_id, a.name, a.display_name, a.redirect_uris, a.custom_scopes, a.is_self_registered,
                   given.is_grant, given.scope, given.resource, given.origin, given.client_hash, given.since, given.latest
            from (
              select application_id, true as is_grant, scope, resource, '' as origin, '' as client_hash, min(created_time) as since, max(auth_time) as latest
              from grants where user_id = @userId and ended_time is null and expires_time > @now group by application_id, scope, resource
              union all
              select application_id, false, scope, '', origin, client_hash, created_time, 0 from consents where user_id = @userId) given
            join applications a on a.id = given.application_id
            order by given.latest desc, a.client_id
            """, new { userId, now });
        return
        [
            .. rows.GroupBy(row => row.Id).Select(application =>
            {
                var first = application.First();
                var hash = Consents.HashOf(first.Name, first.DisplayName, Application.Texts(first.RedirectUris));
                return (First: first, Rows: application.Where(row => row.IsGrant || Consents.IsFor(row.ClientHash, row.Origin, hash)).ToList());
            })
            .Where(application => application.Rows.Count > 0)
            .Select(application => new ConnectedApplication(
                application.First.ClientId,
                application.First.DisplayName.Length > 0 ? application.First.DisplayName : application.First.Name,
                application.First.IsSelfRegistered,
                application.First.CustomScopes)
            {
                IsSignedIn = application.Rows.Exists(row => row.IsGrant),
                Origins = [.. application.Rows.Select(row => row.Origin).Where(origin => origin.Length > 0).Distinct()],
                Allowed = [.. application.Rows.Select(row => (row.Scope, row.Resource)).Distinct()],
                Since = application.Rows.Min(row => row.Since),
            }),
        ];
    }

    private sealed class Row
    {
        public required string Id { get; init; }
        public required string ClientId { get; init; }
        public required string Name { get; init; }
        public required string DisplayName { get; init; }
        public required string RedirectUris { get; init; }
        public required string CustomScopes { get; init; }
        public required bool IsSelfRegistered { get; init; }
        public required bool IsGrant { get; init; }
        public required string Scope { get; init; }
        public required string Resource { get; init; }
        public required string Origin { get; init; }
        public required string ClientHash { get; init; }
        public required long Since { get; init; }
        public required long Latest { get; init; }
    }
}
