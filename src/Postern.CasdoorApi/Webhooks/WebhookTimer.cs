using System.Data.Common;
using Postern.AuthorizationServer.Outgoing;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.Webhooks;

/// <summary>Has webhooks told of what happened.</summary>
public sealed class WebhookTimer(Database database, IServiceProvider services, TimeProvider clock, ILogger<WebhookTimer> logger) : OutboxDispatcher(database, clock, logger)
{
    protected override Task<bool> AreDueAsync(DbConnection connection, long now) => WebhookEvents.AreDueAsync(connection, now);

    protected override Task SendDueAsync(CancellationToken cancel) => services.GetRequiredService<WebhookDelivery>().SendDueAsync(cancel);
}
