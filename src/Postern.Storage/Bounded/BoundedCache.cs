using System.Diagnostics.CodeAnalysis;

namespace Postern.Storage.Bounded;

/// <summary>
/// What is remembered in memory, bounded in bytes. Keys are hashes (<see cref="CacheKey"/>), values say how much they hold. What
/// was not asked for the longest goes first: there are two generations, and what is asked for in the old one moves to the young one.
/// </summary>
/// <param name="bytes">What both generations hold together, at most.</param>
/// <param name="sizeOf">What a value holds beside its entry; null = nothing.</param>
public sealed class BoundedCache<TValue>(long bytes, Func<TValue, long>? sizeOf = null)
{
    /// <summary>What one entry costs beside its value: the key, the table's own fields and its free places.</summary>
    public const int EntryBytes = 128;

    private readonly Lock gate = new();
    private Dictionary<UInt128, Entry> young = [];
    private Dictionary<UInt128, Entry> old = [];
    private long youngBytes;
    private long oldBytes;

    public long Bytes
    {
        get
        {
            lock (gate)
            {
                return youngBytes + oldBytes;
            }
        }
    }

    public bool TryGet(UInt128 key, [MaybeNullWhen(false)] out TValue value)
    {
        lock (gate)
        {
            return TryFind(key, out value);
        }
    }

    /// <summary>Remembers it. A value that would push out half of the others is not kept.</summary>
    public void Set(UInt128 key, TValue value)
    {
        lock (gate)
        {
            Drop(key);
            Add(key, new Entry(value, EntryBytes + (sizeOf?.Invoke(value) ?? 0)));
        }
    }

    /// <summary>Replaces a value by what follows from it, in one step.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="next">Is given whether there is one, and the value.</param>
    public TValue Update(UInt128 key, Func<bool, TValue?, TValue> next)
    {
        lock (gate)
        {
            var value = next(TryFind(key, out var known), known);
            Drop(key);
            Add(key, new Entry(value, EntryBytes + (sizeOf?.Invoke(value) ?? 0)));
            return value;
        }
    }

    public void Remove(UInt128 key)
    {
        lock (gate)
        {
            Drop(key);
        }
    }

    private bool TryFind(UInt128 key, [MaybeNullWhen(false)] out TValue value)
    {
        if (young.TryGetValue(key, out var entry))
        {
            value = entry.Value;
            return true;
        }

        if (old.Remove(key, out entry))
        {
            oldBytes -= entry.Bytes;
            Add(key, entry);
            value = entry.Value;
            return true;
        }

        value = default;
        return false;
    }

    private void Drop(UInt128 key)
    {
        if (young.Remove(key, out var entry))
        {
            youngBytes -= entry.Bytes;
        }
        else if (old.Remove(key, out entry))
        {
            oldBytes -= entry.Bytes;
        }
    }

    private void Add(UInt128 key, Entry entry)
    {
        if (entry.Bytes > bytes / 2)
        {
            return;
        }

        if (youngBytes + entry.Bytes > bytes / 2)
        {
            (old, oldBytes) = (young, youngBytes);
            (young, youngBytes) = ([], 0);
        }

        young[key] = entry;
        youngBytes += entry.Bytes;
    }

    private readonly record struct Entry(TValue Value, long Bytes);
}
