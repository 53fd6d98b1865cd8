using System.Collections.Concurrent;

namespace Postern.Server.Diagnosis;

/// <summary>Diagnoses per provider and minute: each asks WeChat twice, which counts such calls.</summary>
internal sealed class DiagnosisLimit(TimeProvider clock)
{
    private const int PerMinute = 6;
    private const int MostProviders = 10_000;
    private readonly ConcurrentDictionary<string, int> counts = new(StringComparer.Ordinal);
    private long minute;

    /// <summary>Counts one; false where there were enough in this minute.</summary>
    public bool Admit(string providerId)
    {
        var current = clock.GetUtcNow().ToUnixTimeSeconds() / 60;
        if (Interlocked.Exchange(ref minute, current) != current || counts.Count >= MostProviders)
        {
            counts.Clear();
        }

        return counts.AddOrUpdate(providerId, 1, (_, count) => count + 1) <= PerMinute;
    }
}
