using System.Net.Http.Headers;
using System.Text.Json;
using CsvHelper;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.AuditTrail;

public sealed class ExportTests(Servers servers)
{
    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_whole_trail_of_an_organization_comes_as_lines_of_JSON(DatabaseDriver driver)
    {
        var (trail, other) = (await Trail.OfAsync(await servers.OnAsync(driver)), await Trail.OfAsync(await servers.OnAsync(driver)));
        await trail.FillAsync("step", 1203);
        await other.FillAsync("theirs", 2);
        var export = await TextAsync(trail, "jsonl");
        var lines = export.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        Assert.Equal("export-records jsonl", $"{Trail.Text(lines[0], "action")} {Trail.Text(lines[0], "detail")}");
        Assert.Equal(Enumerable.Range(0, 1203).Reverse().Select(i => $"step {i}"), Trail.Details(lines.Skip(1)));
        Assert.All(lines, l => Assert.Equal(trail.Organization, Trail.Text(l, "organization")));
        Assert.Equal("format must be csv or jsonl", (await trail.Server.GetAsync("/api/export-records?format=xlsx", trail.Application))["msg"]);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_table_has_no_cell_that_a_spreadsheet_would_run(DatabaseDriver driver)
    {
        var trail = await Trail.OfAsync(await servers.OnAsync(driver));
        foreach (var user in new[] { "=1+1", "+1", "-1", "@sum", "\tx", "plain, \"quoted\"\r\n李雷" })
        {
            await trail.FillAsync("cell", 1, user);
        }

        var export = await TextAsync(trail, "csv");
        using var csv = CsvReader.Create(new StringReader(export));
        Assert.True(csv.Read());
        Assert.StartsWith("id,owner,name,createdTime,organization,clientIp,user,", export, StringComparison.Ordinal);
        var users = new List<string>();
        do
        {
            users.Add(csv.GetString("user"));
        }
        while (csv.Read());
        Assert.Equal(["app/" + trail.Tenant.Application, "plain, \"quoted\"\r\n李雷", "'\tx", "'@sum", "'-1", "'+1", "'=1+1"], users);
    }

    private static async Task<string> TextAsync(Trail trail, string format)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/api/export-records?format=" + format, UriKind.Relative));
        request.Headers.Authorization = AuthenticationHeaderValue.Parse(trail.Application);
        using var response = await trail.Server.Http.SendAsync(request);
        Assert.Equal($"attachment; filename=\"records.{format}\"", response.Content.Headers.ContentDisposition!.ToString());
        return await response.Content.ReadAsStringAsync();
    }
}
