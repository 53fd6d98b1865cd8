using Postern.Storage.Databases;
using Postern.Storage.Tables;
using Postern.Storage.WriteBehind;

namespace Postern.AuthorizationServer.Refusals;

/// <summary>
/// Refusals of unauthenticated callers, gathered in memory and written as one row per client, reason and minute: with one row each,
/// any caller could fill the disk.
/// </summary>
public sealed partial class RefusalCounts(Database database, TimeProvider clock, ILogger<RefusalCounts> logger) : WriteBehindService(TimeSpan.FromSeconds(10), clock)
{
    /// <summary>The one name of all client ids that we don't know.</summary>
    public const string UnknownClient = "unknown";

    /// <summary>How many pairs of client and reason are counted separately in one minute; there can be many clients that registered themselves.</summary>
    public const int MostAMinute = 100;

    private readonly Lock gate = new();
    private readonly HashSet<(string Client, string Reason)> told = [];
    private long toldMinute;

    private readonly Accumulator<(string Client, string Reason, long Minute), long> counts = new((known, more) => known + more);

    public void Add(string client, string reason)
    {
        var minute = Clock.GetUtcNow().ToUnixTimeSeconds() / 60;
        counts.Add((IsTold(client, reason, minute) ? client : UnknownClient, reason, minute), 1);
    }

    private bool IsTold(string client, string reason, long minute)
    {
        lock (gate)
        {
            if (toldMinute != minute)
            {
                toldMinute = minute;
                told.Clear();
            }

            return told.Contains((client, reason)) || (told.Count < MostAMinute && told.Add((client, reason)));
        }
    }

    protected override async Task WriteAsync()
    {
        var gathered = counts.Take();
        if (gathered.Count == 0)
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

                return Written.Commit(true);
            });
        }
        catch (StorageUnavailableException e)
        {
            LogKept(e.Message);
            counts.PutBack(gathered);
        }
    }

    [LoggerMessage(EventId = 1002, Level = LogLevel.Warning, Message = "Counts of refused requests are kept in memory for now: {Reason}")]
    private partial void LogKept(string reason);
}
