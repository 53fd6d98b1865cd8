using Postern.Storage.Databases;
using Postern.Storage.Tables;
using Postern.Storage.WriteBehind;

namespace Postern.Directory.Statistics;

/// <summary>
/// Counts in memory what happens and writes it every few seconds: a count costs a sign-in no statement, and the page that
/// shows it no scan. A server that falls over loses a few seconds of counts and nothing else (decision 0015).
/// </summary>
public sealed partial class StatisticsCounter(Database database, TimeProvider clock, ILogger<StatisticsCounter> logger) : WriteBehindService(TimeSpan.FromSeconds(15), clock)
{
    public const long Hour = 3_600_000;
    private const long Minute = 60_000;

    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);

    private readonly Accumulator<StatisticsKey, long> counts = new((known, more) => known + more);
    private readonly Accumulator<long, SlowMinute> slowMinutes = new((known, more) =>
        new SlowMinute(known.Minute, known.Slow + more.Slow, known.Failed + more.Failed, Math.Max(known.WorstMilliseconds, more.WorstMilliseconds)));

    /// <summary>One more, of the organization and of all together.</summary>
    /// <param name="measure">One of <see cref="Measures"/>.</param>
    /// <param name="organizationId">Of one that exists, or "" for none: like the labels it must not be a caller's text, which could make any number of rows.</param>
    /// <param name="label">Of a closed set: never what a caller sent.</param>
    public void Count(string measure, string organizationId, string label)
    {
        var hour = Clock.GetUtcNow().ToUnixTimeMilliseconds() / Hour * Hour;
        counts.Add(new StatisticsKey("", hour, measure, label), 1);
        if (organizationId.Length > 0)
        {
            counts.Add(new StatisticsKey(organizationId, hour, measure, label), 1);
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

        var minute = Clock.GetUtcNow().ToUnixTimeMilliseconds() / Minute * Minute;
        slowMinutes.Add(minute, new SlowMinute(minute, isSlow, isFailed, (long)took.TotalMilliseconds));
    }

    /// <summary>What this node has not written yet, so that a page shows what just happened.</summary>
    public IReadOnlyList<KeyValuePair<StatisticsKey, long>> Unwritten(string organizationId, long from) =>
        counts.Of(c => c.OrganizationId == organizationId && c.Hour >= from);

    /// <inheritdoc cref="Unwritten"/>
    public IEnumerable<SlowMinute> UnwrittenMinutes(long from) => slowMinutes.Of(m => m >= from).Select(m => m.Value);

    protected override async Task WriteAsync()
    {
        var (gathered, minutes) = (counts.Take(), slowMinutes.Take());
        if (gathered.Count + minutes.Count == 0)
        {
            return;
        }

        try
        {
            await database.WriteAsync(async (connection, transaction) =>
            {
                // In one order on every node, so that two of them never wait for each other.
                foreach (var (key, total) in gathered.OrderBy(g => g.Key.OrganizationId, StringComparer.Ordinal).ThenBy(g => g.Key.Hour)
                    .ThenBy(g => g.Key.Measure, StringComparer.Ordinal).ThenBy(g => g.Key.Label, StringComparer.Ordinal))
                {
                    await HourlyStatistics.AddAsync(connection, key, total, transaction);
                }

                foreach (var minute in minutes.Values.OrderBy(m => m.Minute))
                {
                    await HourlyStatistics.AddAsync(connection, minute, transaction);
                }

                return Written.Commit(true);
            });
        }
        catch (StorageUnavailableException e)
        {
            LogKept(e.Message);
            counts.PutBack(gathered);
            slowMinutes.PutBack(minutes);
        }
    }

    [LoggerMessage(EventId = 1003, Level = LogLevel.Warning, Message = "Statistics are kept in memory for now: {Reason}")]
    private partial void LogKept(string reason);
}
