using System.Globalization;
using Postern.Bench.Baselines;
using Postern.Bench.Load;
using Postern.Bench.Processes;
using Postern.Bench.Reporting;
using Postern.Bench.Storage;

namespace Postern.Bench.Sections;

/// <summary>Mini Program sign-ins of returning users, against what the same cores do without a database.</summary>
public static class SignIns
{
    private const double OfSigning = 0.65;
    private const double OfInserting = 0.50;
    private const double LoadedMegabytes = 200;
    private const double AddedMilliseconds = 5;

    public static async Task MeasureAsync(TestStand stand, Filled few, Report report)
    {
        var engine = few.Database.Engine;
        var best = 0.0;
        await using (var server = await stand.StartServerAsync(few.Database))
        {
            await using var baselineDatabase = await BenchDatabase.CreateAsync(engine, stand.Options.Postgres);
            await using var baseline = await BaselineProcess.StartAsync(baselineDatabase, server.FirstAnswer);
            Task<LoadResult> BaselineAsync(string path) => stand.SaturateAsync(baseline.Port, path, BenchObjects.ClientRs256, few.UserCount, baseline.Id);

            // A server runs for days: what its compiler still does in its first half minute is not in the figures.
            await stand.SaturateAsync(server.Port, BenchObjects.TokenPath, BenchObjects.ClientRs256, few.UserCount, server.Id);
            await stand.SaturateAsync(server.Port, BenchObjects.TokenPath, BenchObjects.ClientEs256, few.UserCount, server.Id);
            report.Add(engine, "plain HTTP", await BaselineAsync(BaselineServer.Plain));
            foreach (var (client, algorithm, path, budget, denominator) in new[]
            {
                (BenchObjects.ClientRs256, "RS256-2048", BaselineServer.SignRs256, OfSigning, "two signatures and an answer"),
                (BenchObjects.ClientEs256, "ES256", BaselineServer.SignEs256AndInsert, OfInserting, "two signatures, one durable insert and an answer"),
            })
            {
                if (path == BaselineServer.SignEs256AndInsert)
                {
                    report.Add(engine, "ES256: two signatures and an answer", await BaselineAsync(BaselineServer.SignEs256));
                }

                var against = await BaselineAsync(path);
                report.Add(engine, $"{algorithm}: {denominator}", against);
                var signIn = await stand.SaturateAsync(server.Port, BenchObjects.TokenPath, client, few.UserCount, server.Id, stand.WeChat.Id);
                var (withoutStub, share) = TakeOut(signIn);
                best = algorithm == "RS256-2048" ? signIn.Rate : best;
                report.Add(engine, $"{algorithm}: sign-in", signIn, string.Create(CultureInfo.InvariantCulture, $"of its CPU time WeChat's stand-in took {share:P0}; server {signIn.Cpu[0] * 1000 / signIn.Answers:N2} ms each"));
                report.Judge(engine, $"{algorithm}: sign-in without the stand-in ({withoutStub:N0}/s), of that rate", withoutStub / against.Rate, Percent, budget, atMost: false);
            }

            report.Judge(engine, "resident memory, the most under load", server.MostResident, mb => mb.ToString("N0", CultureInfo.InvariantCulture) + " MB", LoadedMegabytes, atMost: true);
        }

        await using var slow = await stand.StartServerWithSlowWeChatAsync(few.Database);
        await stand.PaceAsync(slow.Port, BenchObjects.ClientRs256, few.UserCount, best / 2);
        var half = await stand.PaceAsync(slow.Port, BenchObjects.ClientRs256, few.UserCount, best / 2);
        report.Add(engine, string.Create(CultureInfo.InvariantCulture, $"RS256-2048: at half that rate, WeChat's {Roles.WeChatDelay.TotalMilliseconds} ms left out"), half);
        report.Judge(engine, "RS256-2048: added latency, p99 at half load", half.P99, ms => ms.ToString("N1", CultureInfo.InvariantCulture) + " ms", AddedMilliseconds, atMost: true);
    }

    /// <summary>The rate that the same CPU time would give if WeChat's stand-in had cost none, and that cost's share.</summary>
    private static (double Rate, double Share) TakeOut(LoadResult signIn)
    {
        var all = signIn.OwnCpu + signIn.Cpu.Sum();
        var share = signIn.Cpu[1] / all;
        return (signIn.Rate / (1 - share), share);
    }

    private static string Percent(double ratio) => ratio.ToString("P0", CultureInfo.InvariantCulture);
}
