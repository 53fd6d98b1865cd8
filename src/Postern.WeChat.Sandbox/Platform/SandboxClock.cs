namespace Postern.WeChat.Sandbox.Platform;

/// <summary>The given clock, which a tester can put forward.</summary>
internal sealed class SandboxClock(TimeProvider inner)
{
    private long _ahead;

    public TimeProvider Inner => inner;

    public DateTimeOffset Now => inner.GetUtcNow().AddTicks(Interlocked.Read(ref _ahead));

    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        Interlocked.Add(ref _ahead, by.Ticks);
    }
}
