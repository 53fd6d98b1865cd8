namespace Postern.Server.Data;

/// <summary>Writes what has gathered in memory, every so often and at the server's end.</summary>
public abstract class FlushTimer(TimeSpan interval, TimeProvider clock) : BackgroundService
{
    protected TimeProvider Clock => clock;

    /// <summary>Writes what has gathered; what cannot be written is kept for the next time.</summary>
    public abstract Task FlushAsync();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await FlushAsync();
            }
        }
        catch (OperationCanceledException)
        {
            await FlushAsync();
        }
    }
}
