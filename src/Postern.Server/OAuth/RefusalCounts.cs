using System.Collections.Concurrent;
using Postern.Server.Data;

namespace Postern.Server.OAuth;

/// <summary>
/// Refusals of the unauthenticated, gathered in memory and written as one row per client, reason and minute: a row each
/// would let anybody fill the disk.
/// </summary>
public sealed partial class RefusalCounts(Database database, TimeProvider clock, ILogger<RefusalCounts> logger) : BackgroundService
{
    /// <summary>The one name of all client ids that we don't know.</summary>
    public const string UnknownClient = "unknown";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private ConcurrentDictionary<(string Client, string Reason, long Minute), long> counts = new();

    public void Add(string client, string reason) =>
        counts.AddOrUpdate((client, reason, clock.GetUtcNow().ToUnixTimeSeconds() / 60), 1, (_, count) => count + 1);

    /// <summary>Writes what has gathered; what cannot be written is kept for the next time.</summary>
    public async Task FlushAsync()
    {
        var gathered = Interlocked.Exchange(ref counts, new());
        if (gathered.IsEmpty)
        {
            return;
        }

        try
        {
            await database.WriteAsync(async (connection, transaction) =>
            {
                foreach (var ((client, reason, minute), total) in gathered)
                {
                    await Records.CountRefusalsAsync(connection, client, reason, minute, total, transaction);
                }

                return Written.Keep(true);
            });
        }
        catch (StorageUnavailableException e)
        {
            LogKept(e.Message);
            foreach (var (key, total) in gathered)
            {
                counts.AddOrUpdate(key, total, (_, count) => count + total);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await FlushAsync();
            }
        }
        catch (OperationCanceledException)
        {
            await FlushAsync();
        }
    }

    [LoggerMessage(EventId = 1002, Level = LogLevel.Warning, Message = "Counts of refused requests are kept in memory for now: {Reason}")]
    private partial void LogKept(string reason);
}
