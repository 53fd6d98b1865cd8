using System.Diagnostics;

namespace Postern.Bench;

/// <summary>What a load gave: good answers per second, and how long one took.</summary>
public sealed record Figures(double Rate, double P50, double P99, long Failed);

/// <summary>A closed loop: so many connections, each asking again as soon as it is answered.</summary>
public static class Load
{
    public static async Task<Figures> RunAsync(int connections, TimeSpan warmUp, TimeSpan measured, Func<long, Task<bool>> ask)
    {
        long next = 0, failed = 0;
        var started = Stopwatch.GetTimestamp();
        var from = started + (long)(warmUp.TotalSeconds * Stopwatch.Frequency);
        var until = from + (long)(measured.TotalSeconds * Stopwatch.Frequency);
        var latencies = new List<double>[connections];
        await Task.WhenAll(Enumerable.Range(0, connections).Select(c => Task.Run(async () =>
        {
            var mine = latencies[c] = new List<double>(8192);
            while (true)
            {
                var before = Stopwatch.GetTimestamp();
                if (before >= until)
                {
                    return;
                }

                var good = await ask(Interlocked.Increment(ref next));
                var after = Stopwatch.GetTimestamp();
                if (!good)
                {
                    Interlocked.Increment(ref failed);
                }
                else if (before >= from && after <= until)
                {
                    mine.Add((after - before) * 1000.0 / Stopwatch.Frequency);
                }
            }
        })));
        var all = latencies.SelectMany(l => l).Order().ToList();
        return all.Count == 0
            ? new Figures(0, 0, 0, failed)
            : new Figures(all.Count / measured.TotalSeconds, all[all.Count / 2], all[(int)(all.Count * 0.99)], failed);
    }
}
