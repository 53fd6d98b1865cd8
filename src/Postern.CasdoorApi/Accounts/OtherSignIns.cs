using System.Data.Common;
using Postern.Directory.Objects;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.Accounts;

/// <summary>What a new password ends: every sign-in of its user but the one that it is set from.</summary>
internal static class OtherSignIns
{
    public static async Task EndAsync(DbConnection connection, DbTransaction transaction, Caller caller, string userId, long now)
    {
        var (grant, session) = caller.UserId == userId ? (caller.Token?.GrantId ?? "", caller.SessionHash ?? "") : ("", "");
        await Grants.EndOthersOfUserAsync(connection, userId, grant, session, now, transaction);
        await BrowserSessions.EndOthersOfUserAsync(connection, userId, session, transaction);
    }
}
