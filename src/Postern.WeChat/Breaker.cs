using System.Collections.Concurrent;

namespace Postern.WeChat;

/// <summary>
/// Stops calling for an appid whose calls keep failing to arrive: every waiting phone costs a connection for the whole
/// deadline. WeChat's own refusals are answers and don't count.
/// </summary>
internal sealed class Breaker(TimeProvider clock)
{
    private const int FailuresToOpen = 8;
    private const int MostApps = 1024;
    private static readonly TimeSpan OpenFor = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, State> states = new(StringComparer.Ordinal);

    /// <summary>How long to stay away; null = call. One call is let through when the time is over.</summary>
    public TimeSpan? Ask(string appid)
    {
        if (!states.TryGetValue(appid, out var state))
        {
            return null;
        }

        lock (state)
        {
            var now = clock.GetUtcNow();
            if (state.Failures < FailuresToOpen)
            {
                return null;
            }

            if (now < state.OpenUntil)
            {
                return state.OpenUntil - now;
            }

            state.OpenUntil = now + OpenFor;
            return null;
        }
    }

    public void Arrived(string appid)
    {
        if (!states.IsEmpty)
        {
            states.TryRemove(appid, out _);
        }
    }

    public void Failed(string appid)
    {
        if (states.Count >= MostApps)
        {
            states.Clear();
        }

        var state = states.GetOrAdd(appid, _ => new State());
        lock (state)
        {
            if (++state.Failures >= FailuresToOpen)
            {
                state.OpenUntil = clock.GetUtcNow() + OpenFor;
            }
        }
    }

    private sealed class State
    {
        public int Failures;
        public DateTimeOffset OpenUntil;
    }
}
