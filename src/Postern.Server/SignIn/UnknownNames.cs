using System.Collections.Concurrent;
using Postern.Server.Hosting;

namespace Postern.Server.SignIn;

/// <summary>
/// Wrong passwords of names that nobody has, counted like those of users: the sentences and the lock-out must not tell
/// which names exist. In memory and bounded, because anybody can invent names.
/// </summary>
public sealed class UnknownNames
{
    private const int Most = 20_000;
    private readonly ConcurrentDictionary<(string Organization, string Name), (long Times, long Last)> counts = new();

    /// <summary>The sentence of a name that is frozen; null where it may be tried. Asked before the password is compared, as for users: the time must not tell either.</summary>
    public Sentence? Frozen(string organization, string name, LockOutRule rule, long now) =>
        counts.TryGetValue((organization, name), out var known) && rule.IsFrozen(known.Times, known.Last, now) ? rule.Wait(known.Last, now) : null;

    /// <summary>The sentence for one more try.</summary>
    public Sentence Count(string organization, string name, LockOutRule rule, long now)
    {
        if (counts.Count >= Most)
        {
            counts.Clear();
        }

        var isFrozen = false;
        var (times, last) = counts.AddOrUpdate((organization, name), (1, now), (_, known) =>
        {
            isFrozen = rule.IsFrozen(known.Times, known.Last, now);
            return isFrozen ? known : (known.Times >= rule.Limit ? 1 : known.Times + 1, now);
        });
        return isFrozen ? rule.Wait(last, now) : rule.Remaining(times);
    }
}
