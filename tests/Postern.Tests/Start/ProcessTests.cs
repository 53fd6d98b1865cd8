using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Postern.Server.Hosting;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Start;

/// <summary>The program itself, as an operator runs it.</summary>
public sealed partial class ProcessTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("postern-process-").FullName;

    [Fact]
    public async Task It_serves_and_ends_well_when_it_is_told_to()
    {
        using var process = Start(("origin", "http://postern.test"), ("httpport", "0"));
        var port = await PortAsync(process);
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/api/health"), TestContext.Current.CancellationToken);
        var rest = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await TerminateAsync(process);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Server"));
        Assert.Equal(0, process.ExitCode);
        Assert.True(File.Exists(Path.Combine(folder, "data", "admin-password")));
        Assert.DoesNotContain((await File.ReadAllTextAsync(Path.Combine(folder, "data", "admin-password"), TestContext.Current.CancellationToken)).Trim(), await rest, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task It_shows_each_statement_where_it_is_told_to_and_no_value(DatabaseDriver driver)
    {
        var source = driver == DatabaseDriver.Sqlite ? "postern.db" : await PostgresServer.CreateDatabaseAsync();
        using var process = Start(
            ("origin", "http://postern.test"), ("httpport", "0"), ("showSql", "true"), ("driverName", driver.ToString().ToLowerInvariant()), ("dataSourceName", source));
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{await PortAsync(process)}") };

        using (await http.PostAsJsonAsync(
            "/api/login", new { type = "login", application = "app-built-in", organization = "built-in", username = "canary-name", password = "canary-password" }, TestContext.Current.CancellationToken))
        {
            await TerminateAsync(process);
        }

        var log = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Contains("from users u where u.owner = ", log, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", log, StringComparison.Ordinal);
        if (driver == DatabaseDriver.Postgres)
        {
            await PostgresServer.DropDatabaseAsync(source);
        }
    }

    [Fact]
    public async Task Without_an_origin_it_refuses_in_one_sentence_and_makes_nothing()
    {
        var (code, error) = await RefusedAsync(("httpport", "0"));

        Assert.Equal(2, code);
        Assert.Contains("origin", error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder));
    }

    [Fact]
    public async Task A_taken_port_is_one_sentence()
    {
        using var taken = new TcpListener(IPAddress.IPv6Any, 0);
        taken.Server.DualMode = true;
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var (code, error) = await RefusedAsync(("origin", "http://postern.test"), ("httpport", $"{port}"));

        Assert.Equal(2, code);
        Assert.Contains($"Port {port} ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_cannot_be_made_is_one_sentence()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "file"), "", TestContext.Current.CancellationToken);

        var (code, error) = await RefusedAsync(("origin", "http://postern.test"), ("httpport", "0"), ("dataSourceName", "file/postern.db"));

        Assert.Equal(2, code);
        Assert.NotEmpty(error);
    }

    [Fact]
    public async Task Arguments_that_are_not_understood_are_one_sentence()
    {
        var (code, _) = await RefusedAsync("migrate");

        Assert.Equal(2, code);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static async Task TerminateAsync(Process process)
    {
        using (Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    private static async Task<int> PortAsync(Process process)
    {
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (Listens().Match(line) is { Success: true } match)
            {
                return int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
            }
        }

        throw new InvalidOperationException(await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    private Task<(int Code, string Error)> RefusedAsync(params (string, string)[] variables) => RefusedAsync(Start(variables));

    private Task<(int Code, string Error)> RefusedAsync(string argument) => RefusedAsync(Start([], argument));

    /// <summary>One sentence is one line, with no stack trace behind it.</summary>
    private static async Task<(int Code, string Error)> RefusedAsync(Process process)
    {
        using (process)
        {
            var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var error = (await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)).Trim();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.DoesNotContain('\n', error);
            Assert.DoesNotContain("listens", await output, StringComparison.Ordinal);
            return (process.ExitCode, error);
        }
    }

    private Process Start(params (string Name, string Value)[] variables) => Start(variables, []);

    private Process Start((string Name, string Value)[] variables, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "postern.dll"), .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove("ASPNETCORE_ENVIRONMENT");
        start.Environment.Remove("DOTNET_ENVIRONMENT");
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    [GeneratedRegex("listens on http://localhost:([0-9]+) ")]
    private static partial Regex Listens();
}
