using Postern.Server.Data;

namespace Postern.Server.OAuth;

/// <summary>
/// Looks every second whether clients are to be told of a sign-out. What tells them is made when the first notice is due: it
/// brings libraries that a start need not wait for.
/// </summary>
public sealed class LogoutNoticeTimer(Database database, IServiceProvider services, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    if (await database.ReadAsync(c => LogoutNotices.AreDueAsync(c, clock.GetUtcNow().ToUnixTimeMilliseconds()), stoppingToken))
                    {
                        await services.GetRequiredService<BackchannelLogout>().SendDueAsync(stoppingToken);
                    }
                }
                catch (StorageUnavailableException)
                {
                    // What is due stays due.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops; another node or the next start sends.
        }
    }
}
