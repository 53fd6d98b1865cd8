using System.Security.Cryptography;

namespace Postern.Storage.Bounded;

/// <summary>
/// How often each of many did something in this minute; each minute begins with nothing. A count-min sketch: its memory is fixed,
/// however many keys there are, and a count is never too low, so that a flood of other keys erases no count. It may be too high
/// by a little, when there are many times more keys in one minute than cells.
/// </summary>
/// <param name="cells">Of each of the four rows.</param>
/// <param name="clock">The clock that the minutes come from.</param>
public sealed class FixedWindowCounter(int cells, TimeProvider clock)
{
    private const int Rows = 4;

    private readonly Lock gate = new();
    private readonly int[] counts = new int[Rows * cells];

    // Random, so that a caller cannot choose keys that share the cells of another key.
    private readonly ulong seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
    private long minute;

    /// <summary>Counts one; how many it is with it.</summary>
    public int Add(params ReadOnlySpan<string> key)
    {
        var hash = CacheKey.Of(seed, key);
        lock (gate)
        {
            Turn();
            // Only the lowest cells grow: the others are too high already, by other keys.
            var count = Lowest(hash) + 1;
            for (var row = 0; row < Rows; row++)
            {
                ref var cell = ref counts[Cell(hash, row)];
                cell = Math.Max(cell, count);
            }

            return count;
        }
    }

    public int Of(params ReadOnlySpan<string> key)
    {
        var hash = CacheKey.Of(seed, key);
        lock (gate)
        {
            Turn();
            return Lowest(hash);
        }
    }

    /// <summary>How long this minute lasts yet.</summary>
    public TimeSpan Rest => TimeSpan.FromSeconds(60 - (clock.GetUtcNow().ToUnixTimeSeconds() % 60));

    private int Lowest(UInt128 hash)
    {
        var lowest = int.MaxValue - 1;
        for (var row = 0; row < Rows; row++)
        {
            lowest = Math.Min(lowest, counts[Cell(hash, row)]);
        }

        return lowest;
    }

    private int Cell(UInt128 hash, int row) => (row * cells) + (int)((uint)(hash >> (row * 32)) % (uint)cells);

    private void Turn()
    {
        var current = clock.GetUtcNow().ToUnixTimeSeconds() / 60;
        if (minute != current)
        {
            minute = current;
            Array.Clear(counts);
        }
    }
}
