using System.Data.Common;

namespace Postern.Storage.Tables;

/// <summary>Ends sessions with the codes and grants that were given in them, within a write.</summary>
public static class EndedSignIns
{
    /// <summary>Everywhere: every session and every grant of a user. Gives how many ended.</summary>
    public static async Task<int> EndEverywhereAsync(DbConnection connection, string userId, long now, DbTransaction transaction) =>
        await Grants.EndOfUserAsync(connection, userId, now, transaction) + await BrowserSessions.EndOfUserAsync(connection, userId, transaction);

    /// <summary>A browser's session with the grants that it began.</summary>
    public static async Task<int> EndSessionAsync(DbConnection connection, string sessionHash, bool withOffline, long now, DbTransaction transaction)
    {
        var ended = await BrowserSessions.EndAsync(connection, sessionHash, transaction);
        // Before the grants: this waits for a code that is redeemed at the same time, so that its grant is then seen.
        await AuthorizationCodes.DropOfSessionAsync(connection, sessionHash, now, transaction);
        return ended + await Grants.EndOfSessionAsync(connection, sessionHash, withOffline, now, transaction);
    }
}
