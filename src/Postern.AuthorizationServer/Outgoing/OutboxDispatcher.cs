using System.Data.Common;
using Postern.Storage.Databases;

namespace Postern.AuthorizationServer.Outgoing;

/// <summary>
/// Looks every second whether something is to be sent that was written down to be sent. What sends it is made when the first is
/// due: it brings libraries that a start need not wait for.
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
                    // What is due stays due.
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    // Whatever is wrong with one message, people must be able to sign in.
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
