using System.Collections.Concurrent;

namespace Postern.Server.Hosting;

/// <summary>How often each of many did something in this minute; each minute begins with nothing.</summary>
/// <param name="most">How many are told apart: beyond that, all begin anew, so that nobody fills the memory.</param>
/// <param name="clock">Whose minutes.</param>
internal sealed class MinuteCounts<TKey>(int most, TimeProvider clock)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, int> counts = new();
    private long minute;

    /// <summary>Counts one; how many it is with it.</summary>
    public int Add(TKey key)
    {
        Turn();
        return counts.AddOrUpdate(key, 1, (_, count) => count + 1);
    }

    public int Of(TKey key)
    {
        Turn();
        return counts.GetValueOrDefault(key);
    }

    /// <summary>How long this minute lasts yet.</summary>
    public TimeSpan Rest => TimeSpan.FromSeconds(60 - (clock.GetUtcNow().ToUnixTimeSeconds() % 60));

    private void Turn()
    {
        var current = clock.GetUtcNow().ToUnixTimeSeconds() / 60;
        if (Interlocked.Exchange(ref minute, current) != current || counts.Count >= most)
        {
            counts.Clear();
        }
    }
}
