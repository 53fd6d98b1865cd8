using System.Globalization;
using System.Runtime.InteropServices;
using Postern.Bench.Load;
using Postern.Bench.Storage;

namespace Postern.Bench.Reporting;

/// <summary>What was measured, shown as it comes and once more as the tables of <c>docs/performance.md</c>.</summary>
public sealed class Report
{
    private readonly List<Figure> figures = [];
    private string machine = "";

    public async Task DescribeMachineAsync(BenchOptions options)
    {
        var model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(": ")[^1] ?? "unknown processor";
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30;
        var postgres = options.Postgres is { } server ? await BenchDatabase.DescribeServerAsync(server) : "no PostgreSQL (POSTERN_BENCH_POSTGRES)";
        machine = $"{TimeProvider.System.GetLocalNow():yyyy-MM-dd}, {Environment.ProcessorCount} cores ({model}), {memory} GB, {RuntimeInformation.FrameworkDescription}, {postgres}"
            + (options.Quick ? ", --quick: too short for figures" : "");
        Console.WriteLine(machine);
        Console.WriteLine($"{"",-74}{"rate/s",9}{"p50 ms",9}{"p99 ms",9}");
    }

    public void Add(Engine engine, string what, LoadResult load, string note = "") =>
        Add(new Figure($"{Name(engine)}: {what}", load.Rate, load.P50, load.P99, Failures(load, note)));

    public void Add(Engine engine, string what, string value) => Add(new Figure($"{Name(engine)}: {what}", null, null, null, value));

    /// <param name="engine">Which engine.</param>
    /// <param name="what">What was measured.</param>
    /// <param name="value">As the budget counts it.</param>
    /// <param name="show">How it is written.</param>
    /// <param name="budget">The ratio that the project holds itself to.</param>
    /// <param name="atMost">The budget is a ceiling; otherwise a floor.</param>
    public void Judge(Engine engine, string what, double value, Func<double, string> show, double budget, bool atMost)
    {
        var met = atMost ? value <= budget : value >= budget;
        Add(new Figure($"{Name(engine)}: {what}", null, null, null, $"{show(value)} (budget {(atMost ? "≤" : "≥")} {show(budget)}: {(met ? "met" : "missed")})"));
    }

    public void PrintMarkdown()
    {
        Console.WriteLine();
        Console.WriteLine(machine + ".");
        Console.WriteLine();
        Console.WriteLine("| What | rate/s | p50 ms | p99 ms | |");
        Console.WriteLine("|---|---:|---:|---:|---|");
        foreach (var figure in figures)
        {
            Console.WriteLine($"| {figure.What} | {Show(figure.Rate, "N0")} | {Show(figure.P50, "N1")} | {Show(figure.P99, "N1")} | {figure.Note} |");
        }
    }

    private static string Name(Engine engine) => engine == Engine.Sqlite ? "SQLite" : "PostgreSQL";

    private static string Failures(LoadResult load, string note) => load.Failed == 0 ? note : $"**{load.Failed} FAILED** {note}";

    private static string Show(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "";

    private void Add(Figure figure)
    {
        figures.Add(figure);
        Console.WriteLine($"{figure.What,-74}{Show(figure.Rate, "N0"),9}{Show(figure.P50, "N2"),9}{Show(figure.P99, "N2"),9}  {figure.Note}");
    }

    private sealed record Figure(string What, double? Rate, double? P50, double? P99, string Note);
}
