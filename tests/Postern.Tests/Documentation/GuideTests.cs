using System.Diagnostics;
using Postern.Server.Hosting;
using Postern.Tests.Fixtures;
using Postern.WeChat.Sandbox;
using Xunit;

namespace Postern.Tests.Documentation;

/// <summary>The set-up of a Mini Program by curl, as the guide has it, pasted line by line into a shell.</summary>
public sealed class GuideTests
{
    private const string AppId = "wx000000000000guide";
    private const string AppSecret = "0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("docs/mini-program.md", DatabaseDriver.Sqlite)]
    [InlineData("docs/mini-program.md", DatabaseDriver.Postgres)]
    [InlineData("docs/zh-CN/mini-program.md", DatabaseDriver.Sqlite)]
    public async Task The_steps_of_the_guide_sign_a_user_in_on_a_Production_server(string page, DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver, options => options with { IsDevelopment = false, HasSandbox = false }, new SystemOperator { GivenPassword = "a good $ 'password'" });
        server.WeChat.Register(new SandboxApp { AppId = AppId, AppSecret = AppSecret });
        var lines = Lines(page);
        var folder = Directory.CreateTempSubdirectory("postern-guide-").FullName;
        Task<string> PasteAsync(string command, params (string Word, string Value)[] real) =>
            ShellAsync(real.Aggregate(lines.Single(l => l.Contains(command, StringComparison.Ordinal)), (line, r) => line.Replace(r.Word, r.Value, StringComparison.Ordinal)), folder, server);

        var signedIn = await PasteAsync("/api/login\"");
        var organization = await PasteAsync("/api/add-organization");
        var provider = await PasteAsync("/api/add-provider", ("YOUR_APPID", AppId), ("YOUR_APPSECRET", AppSecret));
        var application = await PasteAsync("/api/add-application");
        var clientId = (await PasteAsync("/api/get-application")).Trim();
        var tokens = await PasteAsync("access_token\"", ("YOUR_CLIENT_ID", clientId), ("THE_CODE", server.WeChat.MintCode(AppId, "mei")));
        var token = tokens.Split("\"access_token\":\"")[1].Split('"')[0];
        var before = await PasteAsync("/api/get-account", ("THE_ACCESS_TOKEN", token));
        var updated = await PasteAsync("/api/update-user", ("THE_ACCESS_TOKEN", token));
        var after = await PasteAsync("/api/get-account", ("THE_ACCESS_TOKEN", token));

        Assert.Equal(8, lines.Count);
        Assert.All([signedIn, organization, provider, application, updated], answer => Assert.StartsWith("{\"status\":\"ok\"", answer, StringComparison.Ordinal));
        Assert.Contains("\"owner\":\"shop\",\"name\":\"Mei\"", before, StringComparison.Ordinal);
        Assert.Contains("\"displayName\":\"Mei\"", before, StringComparison.Ordinal);
        Assert.Contains("\"displayName\":\"小美\"", after, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    private static List<string> Lines(string page)
    {
        var steps = File.ReadAllText(Path.Combine(RepositoryFolder.Path, page)).Split("<!-- GuideTests")[1].Split("<!-- To here")[0];
        return [.. steps.Split('\n').Where(l => l.StartsWith("curl ", StringComparison.Ordinal))];
    }

    private static async Task<string> ShellAsync(string line, string folder, TestServer server)
    {
        var bash = new ProcessStartInfo("bash", ["-c", line]) { RedirectStandardOutput = true, WorkingDirectory = folder };
        bash.Environment["P"] = server.Http.BaseAddress!.ToString().TrimEnd('/');
        bash.Environment["PASSWORD"] = "a good $ 'password'";
        using var process = Process.Start(bash)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return output;
    }
}
