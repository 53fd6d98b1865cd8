using Postern.Storage.WriteBehind;
using Xunit;

namespace Postern.UnitTests.Statistics;

public sealed class FlushTests
{
    [Fact]
    public async Task A_flush_ends_after_what_another_flush_took_is_written()
    {
        using var slow = new SlowFlush();
        var first = slow.FlushAsync();
        await slow.Begun.Task.WaitAsync(TestContext.Current.CancellationToken);

        var second = slow.FlushAsync();
        Assert.False(second.IsCompleted);

        slow.Disk.SetResult();
        await Task.WhenAll(first, second);
        Assert.Equal(1, slow.MostAtOnce);
    }

    private sealed class SlowFlush() : WriteBehindService(TimeSpan.FromHours(1), TimeProvider.System)
    {
        private int now;

        public TaskCompletionSource Begun { get; } = new();

        public TaskCompletionSource Disk { get; } = new();

        public int MostAtOnce { get; private set; }

        protected override async Task WriteAsync()
        {
            MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref now));
            Begun.TrySetResult();
            await Disk.Task;
            Interlocked.Decrement(ref now);
        }
    }
}
