using Dapper;

namespace Postern.Server.Data;

/// <summary>Deletes what has expired, a little at a time, so that no sign-in waits for it.</summary>
public sealed partial class Sweep(Database database, TimeProvider clock, ILogger<Sweep> logger) : BackgroundService
{
    private const int RowsAtATime = 500;
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);
    private static readonly TimeSpan TokensAreKept = TimeSpan.FromDays(30);
    private static readonly TimeSpan RefusalsAreKept = TimeSpan.FromDays(90);


    // A code that is presented long after its time still tells that somebody has it.
    private static readonly TimeSpan ReplaysAreKnown = TimeSpan.FromHours(1);

    private static readonly (string Table, string Key)[] Short =
        [("authorization_codes", "hash"), ("pushed_requests", "hash"), ("device_codes", "hash"), ("used_jtis", "hash")];

    /// <summary>One round over everything that expires.</summary>
    public async Task RunOnceAsync()
    {
        var now = clock.GetUtcNow();
        var tokens = (now - TokensAreKept).ToUnixTimeMilliseconds();
        await DeleteAsync("delete from sessions where hash in (select hash from sessions where expires_time < @limit limit @rows)", now.ToUnixTimeMilliseconds());
        foreach (var (table, key) in Short)
        {
            await DeleteAsync($"delete from {table} where {key} in (select {key} from {table} where expires_time < @limit limit @rows)", (now - ReplaysAreKnown).ToUnixTimeMilliseconds());
        }

        await DeleteAsync("delete from tokens where id in (select id from tokens where expires_time < @limit limit @rows)", tokens);
        await DeleteAsync(
            """
            delete from refresh_tokens where id in
              (select r.id from refresh_tokens r join grants g on g.id = r.grant_id where g.expires_time < @limit limit @rows)
            """, tokens);
        await DeleteAsync(
            """
            delete from grants where id in (select id from grants where expires_time < @limit
              and not exists (select 1 from refresh_tokens r where r.grant_id = grants.id) limit @rows)
            """, tokens);
        await DeleteAsync(
            """
            delete from applications where id in (select a.id from applications a where a.is_self_registered and a.created_time < @limit
              and not exists (select 1 from grants g where g.client_id = a.client_id) limit @rows)
            """, tokens);
        await DeleteAsync(
            """
            delete from records where id in (select r.id from records r join organizations o on o.name = r.organization
              where o.record_retention_days > 0 and r.created_time < @limit - o.record_retention_days * 86400000 limit @rows)
            """, now.ToUnixTimeMilliseconds());
        await DeleteAsync(
            """
            delete from refusal_counts where (client, reason, minute) in
              (select client, reason, minute from refusal_counts where minute < @limit limit @rows)
            """, (now - RefusalsAreKept).ToUnixTimeSeconds() / 60);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await RunOnceAsync();
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

    private async Task DeleteAsync(string sql, long limit)
    {
        int deleted;
        do
        {
            deleted = await database.WriteAsync(async (connection, transaction) =>
                Written.Keep(await connection.ExecuteAsync(sql, new { limit, rows = RowsAtATime }, transaction)));
        }
        while (deleted == RowsAtATime);
    }

    [LoggerMessage(EventId = 1201, Level = LogLevel.Warning, Message = "The sweep of expired rows is put off: {Reason}")]
    private partial void LogPutOff(string reason);
}
