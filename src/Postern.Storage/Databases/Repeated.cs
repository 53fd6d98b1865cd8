namespace Postern.Storage.Databases;

/// <summary>
/// Read, compute, write, and again from the read when the data changed in between: signing and hashing run outside the write, so the write
/// repeats what was read as its condition (ARCHITECTURE.md, "Sign, then write").
/// </summary>
public static class Repeated
{
    private const int Tries = 3;

    /// <param name="attempt">One whole attempt, by its number from 0. Null where what was read no longer holds; nothing of it stays then.</param>
    /// <returns>The first result; null where the data changed each time.</returns>
    public static async Task<T?> RunAsync<T>(Func<int, Task<T?>> attempt)
        where T : class
    {
        for (var number = 0; number < Tries; number++)
        {
            if (await attempt(number) is { } result)
            {
                return result;
            }
        }

        return null;
    }

    /// <inheritdoc cref="RunAsync{T}(Func{int, Task{T}})"/>
    public static async Task<T?> RunAsync<T>(Func<int, Task<T?>> attempt)
        where T : struct
    {
        for (var number = 0; number < Tries; number++)
        {
            if (await attempt(number) is { } result)
            {
                return result;
            }
        }

        return null;
    }
}
