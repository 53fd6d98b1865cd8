using System.Globalization;
using Postern.Bench.Reporting;
using Postern.Bench.Storage;

namespace Postern.Bench.Sections;

/// <summary>From the start of the process to the first token, and the memory of a server that nobody asks.</summary>
public static class StartUps
{
    private const double FirstTokenSeconds = 0.4;
    private const double IdleMegabytes = 90;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    public static async Task MeasureAsync(TestStand stand, Filled few, Report report)
    {
        var engine = few.Database.Engine;
        report.Add(engine, "first start of all to first token (makes keys)", string.Create(CultureInfo.InvariantCulture, $"{few.FirstStart.TotalSeconds:N2} s"));
        var times = new List<double>();
        var idle = new List<double>();
        for (var start = 0; start < stand.Options.Starts; start++)
        {
            await using var server = await stand.StartServerAsync(few.Database);
            times.Add(server.FirstToken.TotalSeconds);
            if (start == 0)
            {
                await Task.Delay(Rest);
                idle.Add(server.Resident);
            }
        }

        times.Sort();
        report.Judge(engine, $"cold start to first token, median of {times.Count}", times[times.Count / 2], s => s.ToString("N2", CultureInfo.InvariantCulture) + " s", FirstTokenSeconds, atMost: true);
        report.Judge(engine, "resident memory after the first token, idle", idle[0], mb => mb.ToString("N0", CultureInfo.InvariantCulture) + " MB", IdleMegabytes, atMost: true);
    }
}
