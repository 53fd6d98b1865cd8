using System.Globalization;
using Postern.Bench.Load;
using Postern.Bench.Reporting;
using Postern.Bench.Storage;

namespace Postern.Bench.Sections;

/// <summary>The same pace of sign-ins on a small and on a large database, in turns, so that a noisy minute hits both.</summary>
public static class Growth
{
    private const int Turns = 5;
    private const double Flat = 1.2;
    private const double Rate = 300;

    public static async Task MeasureAsync(TestStand stand, Filled few, Filled many, Report report)
    {
        var engine = few.Database.Engine;
        await using var small = await stand.StartServerWithSlowWeChatAsync(few.Database);
        await using var large = await stand.StartServerWithSlowWeChatAsync(many.Database);
        var (ofSmall, ofLarge) = (new List<LoadResult>(), new List<LoadResult>());
        for (var turn = 0; turn <= Turns; turn++)
        {
            ofSmall.Add(await stand.PaceAsync(small.Port, BenchObjects.ClientRs256, few.UserCount, Rate));
            ofLarge.Add(await stand.PaceAsync(large.Port, BenchObjects.ClientRs256, many.UserCount, Rate));
        }

        // The first turn warms up.
        var (before, after) = (Median(ofSmall.Skip(1)), Median(ofLarge.Skip(1)));
        report.Add(engine, Text($"{few.UserCount:N0} users, median of {Turns} turns"), before);
        report.Add(engine, Text($"{many.UserCount:N0} users, {many.TokenCount:N0} tokens, median of {Turns} turns"), after);
        report.Judge(engine, "growth of p50", after.P50 / before.P50, Times, Flat, atMost: true);
        report.Judge(engine, "growth of p99", after.P99 / before.P99, Times, Flat, atMost: true);
    }

    private static LoadResult Median(IEnumerable<LoadResult> results)
    {
        var all = results.ToList();
        double Middle(Func<LoadResult, double> of) => all.Select(of).Order().ElementAt(all.Count / 2);
        return all[0] with { Rate = Middle(r => r.Rate), P50 = Middle(r => r.P50), P99 = Middle(r => r.P99), Failed = all.Sum(r => r.Failed) };
    }

    private static string Times(double ratio) => Text($"{ratio:N2}×");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
