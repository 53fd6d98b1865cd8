using System.Globalization;
using Postern.Bench.Load;
using Postern.Bench.Reporting;
using Postern.Bench.Storage;

namespace Postern.Bench.Sections;

/// <summary>The calls of which a running Casdoor was measured: two cores, PostgreSQL, 200,000 users, 4 connections.</summary>
public static class BesideCasdoor
{
    private const int Connections = 4;

    public static async Task MeasureAsync(TestStand stand, Filled filled, Report report)
    {
        await using var server = await stand.StartServerAsync(filled.Database);
        await ObjectRequests.SetUpAsync(server);
        var token = await ObjectRequests.UserTokenAsync(server);
        var bearer = $"Authorization: Bearer {token}";
        foreach (var (what, text, theirs, aim) in new (string, string, double, double)[]
        {
            ("get-user", ObjectRequests.GetUser, 133, 50),
            ("userinfo", ObjectRequests.Get("/api/userinfo", bearer), 121, 50),
            ("get-account", ObjectRequests.Get("/api/get-account", bearer), 69, 50),
            ("page 1 of 20 users", ObjectRequests.FirstPage, 48, 20),
            ("page 1,000 of 20 users", ObjectRequests.PageThousand, 12, 20),
            ("name filter, by the beginning", ObjectRequests.NameBeginning, 22, 20),
            ("name filter, inside", ObjectRequests.NameInside, 22, 20),
        })
        {
            var result = await stand.SaturateAsync(server.Port, text, filled.UserCount, Connections, server.Id);
            report.Add(Engine.Postgres, string.Create(CultureInfo.InvariantCulture, $"{what}, {filled.UserCount:N0} users"), result);
            report.Judge(Engine.Postgres, string.Create(CultureInfo.InvariantCulture, $"{what}: times Casdoor's {theirs:N0}/s"), result.Rate / theirs, times => string.Create(CultureInfo.InvariantCulture, $"{times:N0}×"), aim, atMost: false);
        }
    }
}
