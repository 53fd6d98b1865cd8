using System.Data.Common;
using Dapper;
using Postern.Storage.Databases;

namespace Postern.Storage.Tables;

/// <summary>Deletes what has expired, a little at a time, so that no sign-in waits for it.</summary>
public sealed partial class Sweep(Database database, StorageOptions options, TimeProvider clock, ILogger<Sweep> logger) : BackgroundService
{
    private const int RowsAtATime = 500;
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private const int RoundsOfAll = 60;
    private const long MillisecondsADay = 86_400_000;

    // Where an organization does not say how long its expired tokens stay.
    private const long TokenDays = 30;
    private static readonly TimeSpan GrantsAreKept = TimeSpan.FromDays(TokenDays);
    private static readonly TimeSpan RefusalsAreKept = TimeSpan.FromDays(90);

    private static readonly TimeSpan WebhookEventsAreKept = TimeSpan.FromDays(30);

    // The longest range that can be requested is 90 days.
    private static readonly TimeSpan StatisticsAreKept = TimeSpan.FromDays(100);

    // A code that is presented long after it expired still shows that it was stolen.
    private static readonly TimeSpan ReplaysAreKnown = TimeSpan.FromHours(1);

    // A device whose code expired without an answer polls once more, and must be told that it expired.
    private static readonly TimeSpan DeviceMayAsk = TimeSpan.FromMinutes(10);

    private static readonly string[] Spent = ["authorization_codes", "device_codes"];

    // Rows that callers without a secret can create, and rows that have no use after they expire.
    private static readonly string[] Short = ["pushed_requests", "used_jtis", "binding_tickets"];

    /// <summary>One round over everything that expires.</summary>
    public async Task RunOnceAsync()
    {
        var now = clock.GetUtcNow();
        var grants = (now - GrantsAreKept).ToUnixTimeMilliseconds();
        await DeleteAsync("delete from sessions where hash in (select hash from sessions where expires_time < @limit limit @rows)", now.ToUnixTimeMilliseconds());
        await RunShortAsync();
        await DeleteTokensAsync(now.ToUnixTimeMilliseconds());
        await DeleteAsync(
            """
            delete from refresh_tokens where id in
              (select r.id from refresh_tokens r join grants g on g.id = r.grant_id where g.expires_time < @limit limit @rows)
            """, grants);
        await DeleteAsync(
            """
            delete from grants where id in (select id from grants where expires_time < @limit
              and not exists (select 1 from refresh_tokens r where r.grant_id = grants.id) limit @rows)
            """, grants);
        await DeleteApplicationsAsync(grants, now.ToUnixTimeMilliseconds());
        await DeleteRecordsAsync(now.ToUnixTimeMilliseconds());
        await DeleteAsync(
            """
            delete from refusal_counts where (client, reason, minute) in
              (select client, reason, minute from refusal_counts where minute < @limit limit @rows)
            """, (now - RefusalsAreKept).ToUnixTimeSeconds() / 60);
        var statistics = (now - StatisticsAreKept).ToUnixTimeMilliseconds();
        await DeleteAsync(
            """
            delete from statistics where (organization_id, hour, measure, label) in
              (select organization_id, hour, measure, label from statistics where hour < @limit limit @rows)
            """, statistics);
        await DeleteAsync(
            "delete from webhook_events where id in (select id from webhook_events where created_time < @limit limit @rows)", (now - WebhookEventsAreKept).ToUnixTimeMilliseconds());
        await DeleteAsync("delete from slow_minutes where minute in (select minute from slow_minutes where minute < @limit limit @rows)", statistics);
    }

    /// <summary>One round over what lives for minutes.</summary>
    public async Task RunShortAsync()
    {
        var now = clock.GetUtcNow();
        foreach (var table in Short)
        {
            await DeleteAsync($"delete from {table} where hash in (select hash from {table} where expires_time < @limit limit @rows)", now.ToUnixTimeMilliseconds());
        }

        await DeleteAsync(
            "delete from device_codes where hash in (select hash from device_codes where expires_time < @limit and user_id = '' limit @rows)", (now - DeviceMayAsk).ToUnixTimeMilliseconds());
        foreach (var table in Spent)
        {
            await DeleteAsync($"delete from {table} where hash in (select hash from {table} where expires_time < @limit limit @rows)", (now - ReplaysAreKnown).ToUnixTimeMilliseconds());
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            for (var round = 1; await timer.WaitForNextTickAsync(stoppingToken); round++)
            {
                try
                {
                    await (round % RoundsOfAll == 0 ? RunOnceAsync() : RunShortAsync());
                }
                catch (StorageUnavailableException e)
                {
                    LogPutOff(e.Message);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops; the next one sweeps.
        }
    }

    /// <summary>Expired tokens, each organization's as long after as its <c>tokenRetentionDays</c>.</summary>
    private async Task DeleteTokensAsync(long now)
    {
        foreach (var (organization, days) in await database.ReadAsync(c => RetentionAsync(c, "tokens", "token_retention_days")))
        {
            await DeleteAsync(
                "delete from tokens where id in (select id from tokens where organization_id = @organization and expires_time < @limit limit @rows)",
                Limit(now, days > 0 ? days : TokenDays), organization);
        }
    }

    /// <summary>Each organization's records as long as its <c>recordRetentionDays</c>, and no shorter than the installation says; for ever where it does not say.</summary>
    private async Task DeleteRecordsAsync(long now)
    {
        foreach (var (organization, days) in await database.ReadAsync(c => RetentionAsync(c, "records", "record_retention_days")))
        {
            if (days > 0)
            {
                // By id, which grows with time: the index that lists them finds the oldest too.
                await DeleteAsync(
                    """
                    delete from records where id in (select id from (select id, created_time from records where organization_id = @organization order by id limit @rows) oldest
                      where created_time < @limit)
                    """, Limit(now, Math.Max(days, options.MinimumRecordRetentionDays)), organization);
            }
        }
    }

    /// <summary>
    /// The organizations that a table has rows of, found by skipping through its index, and the days that each of them configures. Rows of
    /// no organization, or of a deleted one, are kept as long as <c>built-in</c> keeps its own.
    /// </summary>
    private static async Task<IReadOnlyList<(string Organization, long Days)>> RetentionAsync(DbConnection connection, string table, string column) =>
        [.. await connection.QueryAsync<(string, long)>(
            $"""
            with recursive present (id) as (
              select min(organization_id) from {table}
              union all
              select (select min(t.organization_id) from {table} t where t.organization_id > present.id) from present where present.id is not null)
            select present.id, coalesce(o.{column}, (select {column} from organizations where name = @BuiltIn), 0)
            from present left join organizations o on o.id = present.id where present.id is not null
            """, new { Organizations.BuiltIn })];

    /// <summary>Deletes unused applications that registered themselves.</summary>
    private async Task DeleteApplicationsAsync(long limit, long now)
    {
        int deleted;
        do
        {
            deleted = await database.WriteAsync(async (connection, transaction) =>
            {
                var unused = await connection.QueryAsync<string>(
                    """
                    select a.id from applications a where a.is_self_registered and a.created_time < @limit
                      and not exists (select 1 from grants g where g.application_id = a.id) limit @rows
                    """, new { limit, rows = RowsAtATime }, transaction);
                return Written.Commit(await Applications.DeleteAsync(connection, [.. unused], now, transaction));
            });
        }
        while (deleted == RowsAtATime);
    }

    // At most a century, so that no number of days overflows.
    private static long Limit(long now, long days) => now - (Math.Min(days, 36_500) * MillisecondsADay);

    private async Task DeleteAsync(string sql, long limit, string organization = "")
    {
        int deleted;
        do
        {
            deleted = await database.WriteAsync(async (connection, transaction) =>
                Written.Commit(await connection.ExecuteAsync(sql, new { limit, rows = RowsAtATime, organization }, transaction)));
        }
        while (deleted == RowsAtATime);
    }

    [LoggerMessage(EventId = 1201, Level = LogLevel.Warning, Message = "The sweep of expired rows is put off: {Reason}")]
    private partial void LogPutOff(string reason);
}
