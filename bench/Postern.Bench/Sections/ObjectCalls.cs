using System.Globalization;
using Postern.Bench.Load;
using Postern.Bench.Processes;
using Postern.Bench.Reporting;
using Postern.Bench.Storage;

namespace Postern.Bench.Sections;

/// <summary>Requests of the API at a small and at a large number of users, call by call in turns.</summary>
public static class ObjectCalls
{
    private const int Connections = 4;

    /// <summary>A page and a read cost the same at any size; writes and searches inside a text are stated, not judged.</summary>
    private const double Flat = 1.5;

    public static async Task MeasureAsync(TestStand stand, Filled few, Filled many, IReadOnlyList<(string What, string Text, bool IsJudged)> requests, Report report)
    {
        var engine = few.Database.Engine;
        await using var small = await stand.StartServerAsync(few.Database);
        await using var large = await stand.StartServerAsync(many.Database);
        await ObjectRequests.SetUpAsync(small);
        await ObjectRequests.SetUpAsync(large);
        foreach (var (what, text, isJudged) in requests)
        {
            var ofFew = await stand.SaturateAsync(small.Port, text, few.UserCount, Connections, small.Id);
            var ofMany = await stand.SaturateAsync(large.Port, text, many.UserCount, Connections, large.Id);
            report.Add(engine, Text($"{what}: {few.UserCount:N0} users"), ofFew, PerCore(ofFew));
            report.Add(engine, Text($"{what}: {many.UserCount:N0} users"), ofMany, PerCore(ofMany));
            if (isJudged)
            {
                report.Judge(engine, $"{what}: growth of p50", ofMany.P50 / ofFew.P50, times => Text($"{times:N2}×"), Flat, atMost: true);
            }
        }
    }

    private static string PerCore(LoadResult result) => result.Cpu[0] > 0 ? Text($"{result.Answers / result.Cpu[0]:N0}/s per core of the server") : "";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
