using System.Data.Common;
using Dapper;

namespace Postern.Storage.Tables;

/// <summary>How many requests of one client were refused for one reason.</summary>
public sealed class RefusalTotal
{
    /// <summary>The client id; <c>unknown</c> for all client ids that no application has.</summary>
    public required string Client { get; init; }

    /// <summary>The error that was answered, or a short name of the reason.</summary>
    public required string Reason { get; init; }

    public required long Total { get; init; }

    /// <summary>The minute of the last one, Unix milliseconds.</summary>
    public required long LastTime { get; init; }

    /// <summary>The application of the client id; empty where there is none.</summary>
    public required string Application { get; init; }

    public required string DisplayName { get; init; }
}

public static class RefusalTotals
{
    private const int MostShown = 20;
    private const long MillisecondsAMinute = 60_000;

    /// <summary>The most frequent ones since a time: of an organization's applications, or all for "".</summary>
    public static async Task<IReadOnlyList<RefusalTotal>> SinceAsync(DbConnection connection, string organizationId, long since) =>
        [.. await connection.QueryAsync<RefusalTotal>(
            """
            select r.client, r.reason, cast(sum(r.total) as bigint) as total, max(r.minute) * @MillisecondsAMinute as last_time,
              coalesce(max(a.name), '') as application, coalesce(max(a.display_name), '') as display_name
            from refusal_counts r left join applications a on a.client_id = r.client
            where r.minute >= @since / @MillisecondsAMinute and (@organizationId = '' or a.organization_id = @organizationId)
            group by r.client, r.reason order by total desc, r.client, r.reason limit @MostShown
            """, new { organizationId, since, MillisecondsAMinute, MostShown })];
}
