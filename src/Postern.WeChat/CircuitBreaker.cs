using System.Collections.Concurrent;

namespace Postern.WeChat;

/// <summary>
/// After several calls of one appid without a usable answer, refuses at once for a while, then lets one call try.
/// Only troubled appids have an entry, so a healthy call costs one look-up that finds nothing.
/// </summary>
internal sealed class CircuitBreaker(TimeProvider clock, int failuresToOpen, TimeSpan openFor)
{
    internal const int MostApps = 1024;

    private readonly ConcurrentDictionary<string, Circuit> _circuits = new(StringComparer.Ordinal);

    internal int Count => _circuits.Count;

    /// <summary>Null when the call may go; otherwise how long to wait.</summary>
    public TimeSpan? Enter(string appId)
    {
        if (!_circuits.TryGetValue(appId, out var circuit))
        {
            return null;
        }

        lock (circuit)
        {
            if (circuit.OpenUntil is not { } until)
            {
                return null;
            }

            var now = clock.GetUtcNow();
            if (now < until)
            {
                return until - now;
            }
            // The next caller waits until this one's verdict, and no longer than a pause should the verdict never come.
            circuit.OpenUntil = now + openFor;
            return null;
        }
    }

    public void Succeeded(string appId)
    {
        if (!_circuits.IsEmpty)
        {
            _circuits.TryRemove(appId, out _);
        }
    }

    /// <summary>True when this failure opened the circuit.</summary>
    public bool Failed(string appId)
    {
        if (!_circuits.TryGetValue(appId, out var circuit))
        {
            if (_circuits.Count >= MostApps && !MakeRoom())
            {
                return false;
            }

            circuit = _circuits.GetOrAdd(appId, static _ => new Circuit());
        }

        lock (circuit)
        {
            if (++circuit.Failures < failuresToOpen)
            {
                return false;
            }

            var wasClosed = circuit.OpenUntil is null;
            circuit.OpenUntil = clock.GetUtcNow() + openFor;
            return wasClosed;
        }
    }

    private bool MakeRoom()
    {
        var now = clock.GetUtcNow();
        foreach (var (appId, circuit) in _circuits)
        {
            lock (circuit)
            {
                if (circuit.OpenUntil is { } until && until > now)
                {
                    continue;
                }
            }

            _circuits.TryRemove(appId, out _);
        }

        return _circuits.Count < MostApps;
    }

    private sealed class Circuit
    {
        public int Failures;
        public DateTimeOffset? OpenUntil;
    }
}
