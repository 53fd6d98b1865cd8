namespace Postern.Tests.Fixtures;

/// <summary>A clock that tests step. Timers run on real time: nothing here waits for one.</summary>
public sealed class ManualClock : TimeProvider
{
    private long skew;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Interlocked.Read(ref skew));

    public void Advance(TimeSpan by) => Interlocked.Add(ref skew, by.Ticks);
}
