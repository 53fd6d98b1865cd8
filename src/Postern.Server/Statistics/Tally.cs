using Postern.Server.Data;

namespace Postern.Server.Statistics;

/// <summary>
/// Counts in memory what happens and writes it every few seconds: a count costs a sign-in no statement, and the page that
/// shows it no scan. A server that falls over loses a few seconds of counts and nothing else (decision 0015).
/// </summary>
public sealed partial class Tally(Database database, TimeProvider clock, ILogger<Tally> logger) : BackgroundService
{
    public const long Hour = 3_600_000;
    private const long Minute = 60_000;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);

    // Held for a dictionary's step alone: without it a count that meets a flush would be lost.
    private readonly Lock gate = new();
    private Dictionary<StatisticsKey, long> counts = [];
    private Dictionary<long, SlowMinute> slowMinutes = [];

    /// <summary>One more, of the organization and of all together.</summary>
    /// <param name="measure">One of <see cref="Measures"/>.</param>
    /// <param name="organization">One that exists, or "" for none: like the labels it must not be a caller's text, which could make any number of rows.</param>
    /// <param name="label">Of a closed set: never what a caller sent.</param>
    public void Count(string measure, string organization, string label)
    {
        var hour = clock.GetUtcNow().ToUnixTimeMilliseconds() / Hour * Hour;
        Add(new StatisticsKey("", hour, measure, label), 1);
        if (organization.Length > 0)
        {
            Add(new StatisticsKey(organization, hour, measure, label), 1);
        }
    }

    /// <summary>One call of WeChat's, how long it took, and whether it had a usable answer.</summary>
    public void CountWeChat(TimeSpan took, bool isAnswered)
    {
        Count(Measures.WeChat, "", "calls");
        var (isSlow, isFailed) = (took > Slow ? 1 : 0, isAnswered ? 0 : 1);
        if (isSlow + isFailed == 0)
        {
            return;
        }

        if (isSlow > 0)
        {
            Count(Measures.WeChat, "", "slow");
        }

        if (isFailed > 0)
        {
            Count(Measures.WeChat, "", "failed");
        }

        var minute = clock.GetUtcNow().ToUnixTimeMilliseconds() / Minute * Minute;
        Add(new SlowMinute(minute, isSlow, isFailed, (long)took.TotalMilliseconds));
    }

    /// <summary>What this node has not written yet, so that a page shows what just happened.</summary>
    public IReadOnlyList<(StatisticsKey Key, long Total)> Unwritten(string organization, long from)
    {
        lock (gate)
        {
            return [.. counts.Where(c => c.Key.Organization == organization && c.Key.Hour >= from).Select(c => (c.Key, c.Value))];
        }
    }

    /// <inheritdoc cref="Unwritten"/>
    public IReadOnlyList<SlowMinute> UnwrittenMinutes(long from)
    {
        lock (gate)
        {
            return [.. slowMinutes.Values.Where(m => m.Minute >= from)];
        }
    }

    /// <summary>Writes what has gathered; what cannot be written is kept for the next time.</summary>
    public async Task FlushAsync()
    {
        Dictionary<StatisticsKey, long> gathered;
        Dictionary<long, SlowMinute> minutes;
        lock (gate)
        {
            (gathered, counts) = (counts, []);
            (minutes, slowMinutes) = (slowMinutes, []);
        }

        if (gathered.Count + minutes.Count == 0)
        {
            return;
        }

        try
        {
            await database.WriteAsync(async (connection, transaction) =>
            {
                // In one order on every node, so that two of them never wait for each other.
                foreach (var (key, total) in gathered.OrderBy(g => g.Key.Organization, StringComparer.Ordinal).ThenBy(g => g.Key.Hour)
                    .ThenBy(g => g.Key.Measure, StringComparer.Ordinal).ThenBy(g => g.Key.Label, StringComparer.Ordinal))
                {
                    await HourlyStatistics.AddAsync(connection, key, total, transaction);
                }

                foreach (var minute in minutes.Values.OrderBy(m => m.Minute))
                {
                    await HourlyStatistics.AddAsync(connection, minute, transaction);
                }

                return Written.Keep(true);
            });
        }
        catch (StorageUnavailableException e)
        {
            LogKept(e.Message);
            foreach (var (key, total) in gathered)
            {
                Add(key, total);
            }

            foreach (var minute in minutes.Values)
            {
                Add(minute);
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

    private void Add(StatisticsKey key, long total)
    {
        lock (gate)
        {
            counts[key] = counts.GetValueOrDefault(key) + total;
        }
    }

    private void Add(SlowMinute more)
    {
        lock (gate)
        {
            var sum = slowMinutes.GetValueOrDefault(more.Minute) ?? new SlowMinute(more.Minute, 0, 0, 0);
            slowMinutes[more.Minute] = new SlowMinute(sum.Minute, sum.Slow + more.Slow, sum.Failed + more.Failed, Math.Max(sum.WorstMilliseconds, more.WorstMilliseconds));
        }
    }

    [LoggerMessage(EventId = 1003, Level = LogLevel.Warning, Message = "Statistics are kept in memory for now: {Reason}")]
    private partial void LogKept(string reason);
}
