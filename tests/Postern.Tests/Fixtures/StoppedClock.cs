namespace Postern.Tests.Fixtures;

/// <summary>A clock that stands still until a test moves it; its timers fire inside that move, in the order they are due.</summary>
public sealed class StoppedClock(DateTimeOffset start) : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<Timer> timers = [];
    private DateTimeOffset now = start;

    public StoppedClock()
        : this(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    /// <summary>Set it to jump there. Backwards fires nothing.</summary>
    public DateTimeOffset UtcNow
    {
        get
        {
            lock (gate)
            {
                return now;
            }
        }
        set => MoveTo(value);
    }

    /// <summary>Timers set and not yet fired: a test waits for this before it moves the clock.</summary>
    public int PendingTimers
    {
        get
        {
            lock (gate)
            {
                return timers.Count;
            }
        }
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => UtcNow;

    public override long GetTimestamp() => UtcNow.UtcTicks;

    public void Advance(TimeSpan by) => MoveTo(UtcNow + by);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private void MoveTo(DateTimeOffset target)
    {
        while (true)
        {
            Timer? due;
            lock (gate)
            {
                due = timers.Where(t => t.Due <= target).MinBy(t => t.Due);
                // A callback reads the moment it was due at, not the end of the jump.
                now = due is null ? target : due.Due > now ? due.Due : now;
                due?.Rearm();
            }

            if (due is null)
                return;

            // Outside the lock: a callback may set timers and read this clock.
            due.Fire();
        }
    }

    private sealed class Timer(StoppedClock clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan period;
        private bool disposed;

        public DateTimeOffset Due { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock.gate)
            {
                if (disposed)
                    return false;

                clock.timers.Remove(this);
                this.period = period;
                if (dueTime == Timeout.InfiniteTimeSpan)
                    return true;

                Due = clock.now + dueTime;
                if (dueTime > TimeSpan.Zero)
                {
                    clock.timers.Add(this);
                    return true;
                }

                Rearm();
            }

            Fire();
            return true;
        }

        /// <summary>Under the clock's lock: sets the next time of a repeating timer, forgets any other.</summary>
        public void Rearm()
        {
            clock.timers.Remove(this);
            if (period <= TimeSpan.Zero)
                return;

            Due += period;
            clock.timers.Add(this);
        }

        public void Fire() => callback(state);

        public void Dispose()
        {
            lock (clock.gate)
            {
                disposed = true;
                clock.timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
