using Xunit;

namespace Postern.Tests.Fixtures;

public sealed class StoppedClockTests
{
    private readonly StoppedClock clock = new();

    [Fact]
    public async Task A_delay_ends_when_the_clock_is_moved_past_it_and_not_before()
    {
        var delay = Task.Delay(TimeSpan.FromSeconds(30), clock, TestContext.Current.CancellationToken);

        clock.Advance(TimeSpan.FromSeconds(29));
        Assert.False(delay.IsCompleted);

        clock.Advance(TimeSpan.FromSeconds(1));
        await delay;
        Assert.Equal(0, clock.PendingTimers);
    }

    [Fact]
    public void One_long_move_fires_timers_in_order_each_at_the_moment_it_was_due()
    {
        var start = clock.UtcNow;
        var fired = new List<(string Name, double Second)>();
        void Note(object? name) => fired.Add(((string)name!, (clock.UtcNow - start).TotalSeconds));

        using var once = clock.CreateTimer(Note, "once", TimeSpan.FromSeconds(25), Timeout.InfiniteTimeSpan);
        using var repeating = clock.CreateTimer(Note, "repeating", TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10));
        using var never = clock.CreateTimer(Note, "never", TimeSpan.FromSeconds(5), Timeout.InfiniteTimeSpan);
        never.Dispose();
        clock.UtcNow = start.AddSeconds(30);

        Assert.Equal([("repeating", 10), ("repeating", 20), ("once", 25), ("repeating", 30)], fired);
        Assert.Equal(start.AddSeconds(30), clock.UtcNow);
    }
}
