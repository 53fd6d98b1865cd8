namespace Postern.Tests.Fixtures;

/// <summary>A clock that tests step. Timers run on real time: nothing here waits for one.</summary>
public sealed class ManualClock : TimeProvider
{
    private long skew;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Interlocked.Read(ref skew));

    /// <summary>The longest step: a server that tests share must not outlive the codes of the others, which are valid for a minute.</summary>
    public TimeSpan LongestStep { get; set; } = TimeSpan.MaxValue;

    public void Advance(TimeSpan by) =>
        Interlocked.Add(ref skew, by <= LongestStep ? by.Ticks : throw new InvalidOperationException($"A shared server's clock advances by {LongestStep} at most: start a server of the test's own."));
}
