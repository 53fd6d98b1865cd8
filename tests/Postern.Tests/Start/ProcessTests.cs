using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Dapper;
using Microsoft.Data.Sqlite;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Start;

/// <summary>The program itself, as an operator runs it.</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly string folder = System.IO.Directory.CreateTempSubdirectory("postern-process-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_serves_and_ends_well_when_it_is_told_to()
    {
        using var process = Start(("origin", "http://postern.test"), ("httpport", "0"));
        using var http = await process.ConnectAsync(Cancel);
        using var answer = await http.GetAsync(new Uri("/api/health", UriKind.Relative), Cancel);
        await process.TerminateAsync(Cancel);

        Assert.Equal(0, await process.WaitAsync(Cancel));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Server"));
        Assert.True(File.Exists(Path.Combine(folder, "data", "admin-password")));
        Assert.DoesNotContain((await File.ReadAllTextAsync(Path.Combine(folder, "data", "admin-password"), Cancel)).Trim(), process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_prints_the_version_of_the_repository_and_the_commit()
    {
        var version = XDocument.Load(Path.Combine(RepositoryFolder.Path, "Directory.Build.props")).Descendants("Version").Single().Value;
        using var process = ServerProcess.Start(folder, [], "--version");

        Assert.Equal(0, await process.WaitAsync(Cancel));
        Assert.Matches($@"\Apostern {Regex.Escape(version)}(\+[0-9a-f]{{40}})?\n\z", process.Output.ReplaceLineEndings("\n"));
        Assert.Empty(System.IO.Directory.EnumerateFileSystemEntries(folder));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task It_shows_each_statement_where_it_is_told_to_and_no_value(DatabaseDriver driver)
    {
        var source = driver == DatabaseDriver.Sqlite ? "postern.db" : await PostgresServer.CreateDatabaseAsync();
        using var process = Start(
            ("origin", "http://postern.test"), ("httpport", "0"), ("showSql", "true"), ("driverName", driver.ToString().ToLowerInvariant()), ("dataSourceName", source));
        using var http = await process.ConnectAsync(Cancel);
        using (await http.PostAsJsonAsync(
            "/api/login", new { type = "login", application = "app-built-in", organization = "built-in", username = "canary-name", password = "canary-password" }, Cancel))
        {
            await process.TerminateAsync(Cancel);
        }

        await process.WaitAsync(Cancel);
        Assert.Contains("from users u where u.owner = ", process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", process.Output, StringComparison.Ordinal);
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
        Assert.Empty(System.IO.Directory.GetFileSystemEntries(folder));
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
    public async Task A_taken_port_is_one_sentence_of_the_simulated_WeChat_too()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var (code, error) = await RefusedAsync(ServerProcess.StartSandbox(folder, "--port", $"{port}"));

        Assert.Equal(2, code);
        Assert.Contains($"Port {port} ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_SQLite_that_another_process_holds_is_one_sentence_before_anybody_thinks_that_the_start_hangs()
    {
        await using var holder = new SqliteConnection($"Data Source={Path.Combine(folder, "postern.db")};Pooling=false");
        await holder.OpenAsync(Cancel);
        await holder.ExecuteAsync("begin exclusive");
        var begin = Stopwatch.GetTimestamp();

        var (code, error) = await RefusedAsync(("origin", "http://postern.test"), ("httpport", "0"), ("dataSourceName", "postern.db"));

        Assert.Equal(2, code);
        Assert.Contains("locked by another process", error, StringComparison.Ordinal);
        // Half of it is for a busy machine.
        Assert.True(Stopwatch.GetElapsedTime(begin) < TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_database_that_cannot_be_made_is_one_sentence()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "file"), "", Cancel);

        var (code, error) = await RefusedAsync(("origin", "http://postern.test"), ("httpport", "0"), ("dataSourceName", "file/postern.db"));

        Assert.Equal(2, code);
        Assert.Equal($"dataSourceName = {Path.Combine(folder, "file", "postern.db")} is refused: its folder must exist, or be one that this user may make.", error);
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("not base64")]
    public async Task A_master_key_that_is_none_is_one_sentence_that_says_what_one_is(string key)
    {
        var (code, error) = await RefusedAsync(("origin", "http://postern.test"), ("httpport", "0"), ("POSTERN_MASTER_KEY", key));

        Assert.Equal(2, code);
        Assert.Equal("The master key in POSTERN_MASTER_KEY is refused: it must be 32 random bytes in base64, as openssl rand -base64 32 makes them.", error);
    }

    [Fact]
    public async Task A_master_key_file_that_is_a_folder_is_one_sentence()
    {
        var (code, error) = await RefusedAsync(("origin", "http://postern.test"), ("httpport", "0"), ("masterKeyFile", "."));

        Assert.Equal(2, code);
        Assert.Equal($"masterKeyFile = {folder} is refused: it must name a file, and this is a folder.", error);
    }

    [Fact]
    public async Task A_master_key_file_that_cannot_be_made_is_one_sentence()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "file"), "", Cancel);

        var (code, error) = await RefusedAsync(("origin", "http://postern.test"), ("httpport", "0"), ("masterKeyFile", "file/master.key"));

        Assert.Equal(2, code);
        Assert.Equal($"masterKeyFile = {Path.Combine(folder, "file", "master.key")} is refused: it must name a file that this user may make.", error);
    }

    [Fact]
    public async Task Arguments_that_are_not_understood_are_one_sentence()
    {
        var (code, _) = await RefusedAsync("migrate");

        Assert.Equal(2, code);
    }

    public void Dispose() => System.IO.Directory.Delete(folder, recursive: true);

    private Task<(int Code, string Error)> RefusedAsync(params (string, string)[] variables) => RefusedAsync(Start(variables));

    private Task<(int Code, string Error)> RefusedAsync(string argument) => RefusedAsync(ServerProcess.Start(folder, [], argument));

    /// <summary>One sentence is one line, with no stack trace behind it.</summary>
    private static async Task<(int Code, string Error)> RefusedAsync(ServerProcess process)
    {
        using (process)
        {
            var code = await process.WaitAsync(Cancel);
            Assert.DoesNotContain('\n', process.Error.Trim());
            Assert.DoesNotContain("listens", process.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("Exception", process.Output, StringComparison.Ordinal);
            return (code, process.Error.Trim());
        }
    }

    private ServerProcess Start(params (string, string)[] variables) => ServerProcess.Start(folder, variables);
}
