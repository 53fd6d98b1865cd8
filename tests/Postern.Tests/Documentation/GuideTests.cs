using System.Diagnostics;
using Postern.Directory.Objects;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Postern.WeChat.Sandbox;
using Xunit;

namespace Postern.Tests.Documentation;

/// <summary>The commands of the guides, pasted line by line into a shell.</summary>
public sealed class GuideTests
{
    private const string AppId = "wx000000000000guide";
    private const string Password = "a good $ 'password'";
    private const string Ok = "{\"status\":\"ok\"";
    private const string AppSecret = "0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("docs/mini-program.md", DatabaseDriver.Sqlite)]
    [InlineData("docs/mini-program.md", DatabaseDriver.Postgres)]
    [InlineData("docs/zh-CN/mini-program.md", DatabaseDriver.Sqlite)]
    public async Task The_steps_of_the_guide_sign_a_user_in_on_a_Production_server(string page, DatabaseDriver driver)
    {
        var person = new SystemOperator { GivenPassword = Password };
        await using var server = await TestServer.StartAsync(driver, options => options with { IsDevelopment = false, HasSandbox = false }, person);
        server.WeChat.Register(new SandboxApp { AppId = AppId, AppSecret = AppSecret });
        var lines = Lines(page);
        var folder = System.IO.Directory.CreateTempSubdirectory("postern-guide-").FullName;
        Task<string> PasteAsync(string command, params (string Word, string Value)[] real)
        {
            var line = lines.Single(l => l.Contains(command, StringComparison.Ordinal));
            return ShellAsync(real.Aggregate(line, (text, r) => text.Replace(r.Word, r.Value, StringComparison.Ordinal)), folder, server);
        }

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
        Assert.All([signedIn, organization, provider, application, updated], answer => Assert.StartsWith(Ok, answer, StringComparison.Ordinal));
        Assert.Contains("\"owner\":\"shop\",\"name\":\"Mei\"", before, StringComparison.Ordinal);
        Assert.Contains("\"displayName\":\"Mei\"", before, StringComparison.Ordinal);
        Assert.Contains("\"displayName\":\"小美\"", after, StringComparison.Ordinal);
        System.IO.Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("docs/api.md")]
    [InlineData("docs/zh-CN/api.md")]
    public async Task The_commands_of_the_API_page_administer_an_organization(string page)
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite);
        var shop = await server.NewTenantAsync();
        await shop.SignInAsync(shop.Code("mei"), username: "mei");
        var folder = System.IO.Directory.CreateTempSubdirectory("postern-guide-").FullName;
        var cancel = TestContext.Current.CancellationToken;
        await File.WriteAllTextAsync(Path.Combine(folder, "users.csv"), $"owner,name\n{shop.Organization},ann\n", cancel);
        var block = MarkdownPage.Read(page).CodeBlocks.Single(b => b.LineBefore.StartsWith("<!-- GuideTests", StringComparison.Ordinal)).Text
            .Replace("CLIENT_ID:CLIENT_SECRET", $"{shop.ClientId}:{shop.ClientSecret}", StringComparison.Ordinal)
            .Replace("shop", shop.Organization, StringComparison.Ordinal);
        var lines = block.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        foreach (var line in lines.Skip(1).SkipLast(1))
        {
            var answer = await ShellAsync($"{lines[0]}; {line}", folder, server);
            Assert.True(answer.StartsWith(Ok, StringComparison.Ordinal) && !answer.Contains("\"Unaffected\"", StringComparison.Ordinal), $"{line}: {answer}");
        }

        await ShellAsync($"{lines[0]}; {lines[^1]}", folder, server);
        Assert.Contains("update-user", await File.ReadAllTextAsync(Path.Combine(folder, "records.csv"), cancel), StringComparison.Ordinal);
        System.IO.Directory.Delete(folder, recursive: true);
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
        bash.Environment["PASSWORD"] = Password;
        using var process = Process.Start(bash)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return output;
    }
}
