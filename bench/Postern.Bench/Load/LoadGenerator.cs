using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;

namespace Postern.Bench.Load;

/// <summary>
/// The load generator, a process of its own: takes orders as lines on its input and answers each with a line. Its first line is
/// the port of a WeChat stand-in that lives beside it, so that what WeChat took can be subtracted request by request.
/// </summary>
public sealed class LoadGenerator(WeChatStub wechat)
{
    private readonly string run = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
    private long next;

    /// <summary>Returns when the input ends. It must not be awaited: on a socket's thread, waiting for input would stop all sockets.</summary>
    public void Serve(TextReader orders, TextWriter results)
    {
        results.WriteLine(wechat.Port);
        results.Flush();
        while (orders.ReadLine() is { } line)
        {
            var order = JsonSerializer.Deserialize(line, LoadJson.Default.LoadOrder)!;
            var result = RunAsync(order).GetAwaiter().GetResult();
            results.WriteLine(JsonSerializer.Serialize(result, LoadJson.Default.LoadResult));
            results.Flush();
        }
    }

    private static long Ticks(double seconds) => (long)(seconds * Stopwatch.Frequency);

    private static double Milliseconds(long ticks) => ticks * 1000.0 / Stopwatch.Frequency;

    private async Task<LoadResult> RunAsync(LoadOrder order)
    {
        var begin = Stopwatch.GetTimestamp();
        var window = new Window(begin, begin + Ticks(order.LeadIn), begin + Ticks(order.LeadIn + order.Seconds));
        var tallies = Enumerable.Range(0, order.Connections).Select(_ => new Tally()).ToList();
        var asking = Task.WhenAll(tallies.Select((tally, index) => Task.Run(() => AskAsync(order, window, index, tally))));
        var processes = order.ProcessIds.Select(Process.GetProcessById).ToList();
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(order.LeadIn));
            var (own, cpu) = Cpu(processes);
            await Task.Delay(Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), window.Until));
            var (ownAfter, cpuAfter) = Cpu(processes);
            await asking;
            var latencies = tallies.SelectMany(tally => tally.Latencies).Order().ToList();
            var failed = tallies.Sum(tally => tally.Failed);
            return latencies.Count == 0
                ? new LoadResult(0, 0, 0, failed, 0, 0, [.. cpu.Select(_ => 0.0)])
                : new LoadResult(
                    latencies.Count / order.Seconds,
                    Milliseconds(latencies[latencies.Count / 2]),
                    Milliseconds(latencies[(int)(latencies.Count * 0.99)]),
                    failed,
                    latencies.Count,
                    ownAfter - own,
                    [.. cpuAfter.Zip(cpu, (after, before) => after - before)]);
        }
        finally
        {
            processes.ForEach(process => process.Dispose());
        }
    }

    private static (double Own, List<double> Of) Cpu(List<Process> processes) => (
        Environment.CpuUsage.TotalTime.TotalSeconds,
        processes.ConvertAll(process =>
        {
            process.Refresh();
            return process.TotalProcessorTime.TotalSeconds;
        }));

    private async Task AskAsync(LoadOrder order, Window window, int index, Tally tally)
    {
        var exchange = Exchange.Of(order, index, run);
        var connection = new HttpConnection();
        try
        {
            await connection.ConnectAsync(order.Port);
            for (var turn = 0L; ; turn++)
            {
                var start = Stopwatch.GetTimestamp();
                if (order.Rate > 0)
                {
                    start = await DueAsync(window.Begin + Ticks(((turn * order.Connections) + index) / order.Rate));
                }

                if (start >= window.Until)
                {
                    return;
                }

                var number = Interlocked.Increment(ref next);
                // A prime stride: neighbours in time are no neighbours in the tables.
                var isGood = await exchange.RunAsync(connection, (number * 7919 % order.Users) + 1, number);
                var end = Stopwatch.GetTimestamp();
                if (!isGood)
                {
                    tally.Failed++;
                }
                else if (start >= window.From && end <= window.Until)
                {
                    tally.Latencies.Add(end - start - (order.LeavesWeChatOut ? wechat.TimeOf(number) : 0));
                }
            }
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            tally.Failed++;
        }
        finally
        {
            connection.Dispose();
        }
    }

    /// <summary>Waits for the request's turn. One whose connection was still busy then has been waiting since, and that counts.</summary>
    private static async ValueTask<long> DueAsync(long due)
    {
        var now = Stopwatch.GetTimestamp();
        if (now >= due)
        {
            return due;
        }

        await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(Milliseconds(due - now))));
        return Stopwatch.GetTimestamp();
    }

    /// <summary>In ticks of the stopwatch.</summary>
    private sealed record Window(long Begin, long From, long Until);

    private sealed class Tally
    {
        public List<long> Latencies { get; } = new(16 * 1024);

        public long Failed { get; set; }
    }
}
