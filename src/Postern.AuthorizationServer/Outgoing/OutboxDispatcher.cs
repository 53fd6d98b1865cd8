using System.Data.Common;
using Postern.Storage.Databases;

namespace Postern.AuthorizationServer.Outgoing;

/// <summary>
/// Checks every second whether the outbox holds messages that are due. The sender is created when the first message is due: it loads
/// libraries that the start of the server need not wait for.
/// </summary>
public abstract partial class OutboxDispatcher(Database database, TimeProvider clock, ILogger logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Whether anything is due: answered by an index.</summary>
    protected abstract Task<bool> AreDueAsync(DbConnection connection, long now);

    protected abstract Task SendDueAsync(CancellationToken cancel);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    if (await database.ReadAsync(c => AreDueAsync(c, clock.GetUtcNow().ToUnixTimeMilliseconds()), stoppingToken))
                    {
                        await SendDueAsync(stoppingToken);
                    }
                }
                catch (StorageUnavailableException)
                {
                    // The due messages stay in the outbox and are sent at a later tick.
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    // An exception here would stop the server. A fault in one message must not prevent sign-ins.
                    LogFailed(e);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops; another node or the next start sends.
        }
    }

    [LoggerMessage(EventId = 1404, Level = LogLevel.Error, Message = "Something that is due cannot be sent. 有待发送的消息无法发送")]
    private partial void LogFailed(Exception e);
}
