using Postern.Storage.Bounded;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.Refusals;

/// <summary>
/// Refusals of a known user that the user can repeat at no cost: one record per user, action, reason and minute is written, the others
/// are only counted, so that they cannot fill the disk. All beyond <see cref="MostRecords"/> in one minute are only counted too.
/// </summary>
public sealed class AuditedRefusals(Database database, RefusalCounts counts, TimeProvider clock)
{
    private const int MostRecords = 10_000;
    private const string All = "all";
    private readonly FixedWindowCounter seen = new(cells: 65_536, clock);

    /// <summary>Records a refusal in a write of its own, or counts it.</summary>
    /// <param name="record">The refused action and its user.</param>
    /// <param name="client">A known client id or <see cref="RefusalCounts.UnknownClient"/>, for the count.</param>
    /// <param name="reason">One of a fixed few: each has its own record, and its count.</param>
    public async Task AddAsync(AuditRecord record, string client, string reason)
    {
        if (!IsFirst(record.Organization, record.User, record.Action, reason))
        {
            counts.Add(client, reason);
            return;
        }

        await database.WriteAsync(async (connection, transaction) =>
        {
            await Records.AddAsync(connection, record, transaction);
            return Written.Commit(true);
        });
    }

    /// <summary>The same for a name that no user has. It writes when a user's refusal writes, so that the time does not reveal which users exist.</summary>
    /// <param name="organization">Where the name was looked for.</param>
    /// <param name="name">A name that no user has.</param>
    /// <param name="action">What a user's record would say.</param>
    /// <param name="client">A known client id, for the count.</param>
    /// <param name="reason">For the count.</param>
    /// <param name="now">Unix milliseconds.</param>
    public async Task CountAsync(string organization, string name, string action, string client, string reason, long now)
    {
        if (!IsFirst(organization, name, action, reason))
        {
            counts.Add(client, reason);
            return;
        }

        await database.WriteAsync(async (connection, transaction) =>
        {
            await Records.CountRefusalsAsync(connection, client, reason, now / 60_000, 1, transaction);
            return Written.Commit(true);
        });
    }

    private bool IsFirst(string organization, string user, string action, string reason) =>
        seen.Add(organization, user, action, reason) == 1 && seen.Add(All) <= MostRecords;
}
