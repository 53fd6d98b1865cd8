using System.Data.Common;
using Dapper;
using Postern.Storage.Databases;
using Postern.Storage.Tables;
using Postern.Storage.WriteBehind;

namespace Postern.AuthorizationServer.Statistics;

/// <summary>Which applications put credentials into addresses, since when and when last: gathered in memory, shown to administrators.</summary>
public sealed partial class QueryCredentialUse(Database database, TimeProvider clock, ILogger<QueryCredentialUse> logger) : WriteBehindService(TimeSpan.FromSeconds(15), clock)
{
    private const int MostShown = 50;

    private readonly Accumulator<string, (long First, long Last)> uses = new((known, more) => (Math.Min(known.First, more.First), Math.Max(known.Last, more.Last)));

    /// <summary>One that was used. Of an application that exists only, so what gathers is bounded by their number.</summary>
    public void Note(Application application)
    {
        var now = Clock.GetUtcNow().ToUnixTimeMilliseconds();
        uses.Add(application.Id, (now, now));
    }

    protected override async Task WriteAsync()
    {
        var gathered = uses.Take();
        if (gathered.Count == 0)
        {
            return;
        }

        try
        {
            await database.WriteAsync(async (connection, transaction) =>
            {
                foreach (var (id, (first, last)) in gathered)
                {
                    await connection.ExecuteAsync(
                        """
                        insert into query_credentials (application_id, first_time, last_time)
                        select id, @first, @last from applications where id = @id
                        on conflict (application_id) do update set last_time = excluded.last_time
                        """, new { id, first, last }, transaction);
                }

                return Written.Commit(true);
            });
        }
        catch (StorageUnavailableException e)
        {
            LogKept(e.Message);
            uses.PutBack(gathered);
        }
    }

    /// <summary>The applications of an organization, or of all for "", that did so since a time, the latest first.</summary>
    public static async Task<IReadOnlyList<QueryCredentialUser>> SinceAsync(DbConnection connection, string organization, long since) =>
        [.. await connection.QueryAsync<QueryCredentialUser>(
            """
            select a.owner, a.name, a.display_name, q.first_time, q.last_time from query_credentials q join applications a on a.id = q.application_id
            where q.last_time >= @since and (@organization = '' or a.organization = @organization) order by q.last_time desc, a.name limit @MostShown
            """, new { organization, since, MostShown })];

    /// <summary>When an application did so last; null = never.</summary>
    public static Task<long?> LastAsync(DbConnection connection, string applicationId) =>
        connection.ExecuteScalarAsync<long?>("select last_time from query_credentials where application_id = @applicationId", new { applicationId });

    [LoggerMessage(EventId = 1015, Level = LogLevel.Warning, Message = "Uses of credentials in addresses are kept in memory for now: {Reason}")]
    private partial void LogKept(string reason);
}

/// <summary>An application that puts credentials into addresses; times are Unix milliseconds.</summary>
public sealed class QueryCredentialUser
{
    public required string Owner { get; init; }

    public required string Name { get; init; }

    public required string DisplayName { get; init; }

    public required long FirstTime { get; init; }

    public required long LastTime { get; init; }
}
