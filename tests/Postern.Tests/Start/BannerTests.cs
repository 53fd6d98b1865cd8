using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Postern.Server.Configuration;
using Postern.Server.FirstStart;
using Postern.Server.Hosting;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Postern.WeChat.Sandbox;
using Xunit;

namespace Postern.Tests.Start;

public sealed class BannerTests
{
    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_printed_lines_work_when_pasted_as_often_as_one_likes(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var folder = System.IO.Directory.CreateTempSubdirectory("postern-banner-").FullName;
        var banner = new StringWriter();
        Banner.Write(banner, server.Services.GetRequiredService<PosternOptions>(), new StartReport { DemoClientId = "demo-client" }, server.Http.BaseAddress!.Port, hasSandbox: true);
        var lines = banner.ToString().Split('\n').Where(l => l.StartsWith("curl ", StringComparison.Ordinal)).ToList();

        for (var i = 0; i < 2; i++)
        {
            Assert.Contains("\"access_token\":\"", await PasteAsync(lines[0], folder), StringComparison.Ordinal);
            var account = await PasteAsync(lines[1], folder);
            Assert.Contains("\"status\":\"ok\"", account, StringComparison.Ordinal);
            Assert.Contains("\"owner\":\"demo\",\"name\":\"Mei\"", account, StringComparison.Ordinal);
        }

        Assert.Equal(2, lines.Count);
        System.IO.Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_later_start_shows_no_password_and_a_password_in_a_file_is_not_shown_at_all()
    {
        var (later, first) = (new StringWriter(), new StringWriter());

        Banner.Write(later, new PosternOptions(), new StartReport(), 8000, hasSandbox: true);
        Banner.Write(first, new PosternOptions(), new StartReport { MadeAdministrator = new AdminPassword("canary", false, "data/admin-password") }, 8000, hasSandbox: true);

        Assert.DoesNotContain("built-in/admin", later.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("curl", later.ToString(), StringComparison.Ordinal);
        Assert.Contains("data/admin-password", first.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("canary", first.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_lines_are_printed_where_a_sandbox_of_ours_answers_and_nowhere_else()
    {
        await using var sandbox = await SandboxHost.StartAsync(new SandboxOptions { Port = 0 });
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite);
        var (ours, another, nobody) = (await PrintAsync(sandbox.BaseUri), await PrintAsync(server.Http.BaseAddress!), await PrintAsync(new Uri("http://127.0.0.1:9")));

        Assert.Contains("curl", ours, StringComparison.Ordinal);
        Assert.DoesNotContain("curl", another, StringComparison.Ordinal);
        Assert.DoesNotContain("curl", nobody, StringComparison.Ordinal);
    }

    /// <summary>What the program prints in Development with this WeChat.</summary>
    private static async Task<string> PrintAsync(Uri wechat)
    {
        var folder = System.IO.Directory.CreateTempSubdirectory("postern-banner-").FullName;
        var cancel = TestContext.Current.CancellationToken;
        using var process = ServerProcess.Start(folder, [("ASPNETCORE_ENVIRONMENT", "Development"), ("httpport", "0"), ("wechatEndpoint", wechat.ToString())]);
        using var http = await process.ConnectAsync(cancel);
        await process.TerminateAsync(cancel);
        Assert.Equal(0, await process.WaitAsync(cancel));
        System.IO.Directory.Delete(folder, recursive: true);
        return process.Output;
    }

    private static async Task<string> PasteAsync(string line, string folder)
    {
        var bash = new ProcessStartInfo("bash", ["-c", line]) { RedirectStandardOutput = true };
        bash.Environment["TMPDIR"] = folder;
        using var process = Process.Start(bash)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return output;
    }
}
