using System.Data.Common;
using Postern.AuthorizationServer.Outgoing;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.OAuth;

/// <summary>Has clients told of sign-outs.</summary>
public sealed class LogoutNoticeTimer(Database database, IServiceProvider services, TimeProvider clock, ILogger<LogoutNoticeTimer> logger) : OutboxDispatcher(database, clock, logger)
{
    protected override Task<bool> AreDueAsync(DbConnection connection, long now) => LogoutNotices.AreDueAsync(connection, now);

    protected override Task SendDueAsync(CancellationToken cancel) => services.GetRequiredService<BackchannelLogout>().SendDueAsync(cancel);
}
