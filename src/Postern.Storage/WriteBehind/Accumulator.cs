namespace Postern.Storage.WriteBehind;

/// <summary>What adds up in memory until it is written. What is added while it is taken is in this taking or in the next, never lost.</summary>
/// <param name="merge">Two values of one key as one.</param>
public sealed class Accumulator<TKey, TValue>(Func<TValue, TValue, TValue> merge)
    where TKey : notnull
{
    // Held only for one dictionary operation.
    private readonly Lock gate = new();
    private Dictionary<TKey, TValue> values = [];

    public void Add(TKey key, TValue value)
    {
        lock (gate)
        {
            values[key] = values.TryGetValue(key, out var known) ? merge(known, value) : value;
        }
    }

    /// <summary>All that has gathered; the next begins with nothing.</summary>
    public IReadOnlyDictionary<TKey, TValue> Take()
    {
        lock (gate)
        {
            var taken = values;
            values = [];
            return taken;
        }
    }

    /// <summary>What could not be written after all.</summary>
    public void PutBack(IReadOnlyDictionary<TKey, TValue> taken)
    {
        foreach (var (key, value) in taken)
        {
            Add(key, value);
        }
    }

    /// <summary>What has gathered of some keys.</summary>
    public IReadOnlyList<KeyValuePair<TKey, TValue>> Of(Func<TKey, bool> isWanted)
    {
        lock (gate)
        {
            return [.. values.Where(v => isWanted(v.Key))];
        }
    }
}
