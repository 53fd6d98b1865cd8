using System.Data.Common;
using Microsoft.AspNetCore.WebUtilities;
using Postern.AuthorizationServer.Http;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.SignIn;

/// <summary>Ends sign-ins. Clients that registered for it are notified afterwards (<see cref="Postern.Storage.Tables.LogoutNotices"/>).</summary>
public static class SignOut
{
    /// <param name="context">For the record.</param>
    /// <param name="grantId">A grant to end; null = none.</param>
    /// <param name="sessionHash">A browser's session to end, with what was given in it; null = none.</param>
    /// <param name="user">The user that it belongs to, where known.</param>
    /// <param name="withOffline">Whether grants with offline_access of that session end too.</param>
    public static Task<int> EndAsync(HttpContext context, string? grantId, string? sessionHash, User? user, bool withOffline = false) => WriteAsync(context, user, async (connection, now, transaction) =>
    {
        var ended = grantId is null ? 0 : await Grants.EndAsync(connection, grantId, now, transaction);
        return sessionHash is null ? ended : ended + await EndedSignIns.EndSessionAsync(connection, sessionHash, withOffline, now, transaction);
    });

    /// <summary>Everywhere: every session and every grant of a user.</summary>
    public static Task<int> EndEverywhereAsync(HttpContext context, User user) =>
        WriteAsync(context, user, (connection, now, transaction) => EndedSignIns.EndEverywhereAsync(connection, user.Id, now, transaction));

    /// <summary>Whether a signed-out browser may be sent there (RP-Initiated Logout §3): one of the application's own addresses.</summary>
    public static bool IsListed(Application? application, string address) =>
        application is not null && RedirectUris.IsAcceptable(address) && application.RedirectUriList().Contains(address, StringComparer.Ordinal);

    public static string AddressOf(string target, string state) => state.Length > 0 ? QueryHelpers.AddQueryString(target, "state", state) : target;

    private static Task<int> WriteAsync(
        HttpContext context, User? user, Func<DbConnection, long, DbTransaction, Task<int>> end)
    {
        var record = RequestRecords.Of(context, user?.Owner ?? "", user?.Name ?? "", "logout", user is null ? "" : $"{user.Owner}/{user.Name}") with { UserId = user?.Id ?? "" };
        return context.RequestServices.GetRequiredService<Database>().WriteAsync(async (connection, transaction) =>
        {
            var ended = await end(connection, record.CreatedTime, transaction);
            if (ended > 0)
            {
                await Records.AddAsync(connection, record, transaction);
            }

            return Written.Commit(ended);
        });
    }
}
