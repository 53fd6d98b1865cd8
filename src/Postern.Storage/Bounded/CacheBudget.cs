using Postern.Storage.Databases;

namespace Postern.Storage.Bounded;

/// <summary>The memory of all caches together (<c>cacheMegabytes</c>), and the share of each in percent.</summary>
public sealed class CacheBudget(StorageOptions options)
{
    public BoundedCache<TValue> Share<TValue>(int percent, Func<TValue, long>? sizeOf = null) =>
        new(options.CacheMegabytes * 1024L * 1024 * percent / 100, sizeOf);
}
