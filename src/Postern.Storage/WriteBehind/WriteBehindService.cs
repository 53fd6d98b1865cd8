namespace Postern.Storage.WriteBehind;

/// <summary>Writes what has gathered in memory, every so often and at the server's end.</summary>
public abstract class WriteBehindService(TimeSpan interval, TimeProvider clock) : BackgroundService
{
    private readonly Lock gate = new();
    private Task last = Task.CompletedTask;

    protected TimeProvider Clock => clock;

    /// <summary>Writes what has gathered; what cannot be written is kept for the next time. At its end, what another flush took is written too.</summary>
    public Task FlushAsync()
    {
        // One flush after another: a second one that ended while the first still writes would say that all is on disk.
        lock (gate)
        {
            return last = WriteAfterAsync(last);
        }
    }

    /// <summary>Takes what has gathered and writes it. It is never called twice at once.</summary>
    protected abstract Task WriteAsync();

    private async Task WriteAfterAsync(Task before)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await WriteAsync();
    }

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
