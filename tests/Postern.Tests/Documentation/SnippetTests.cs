using System.Diagnostics;
using System.Text.Json.Nodes;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Postern.WeChat.Sandbox;
using Xunit;

namespace Postern.Tests.Documentation;

/// <summary>The code for Mini Programs in README and the guide, in both languages: each block that is marked so runs as it is written.</summary>
public sealed class SnippetTests
{
    private const string Mark = "<!-- SnippetTests runs this block. -->";

    [Theory]
    [InlineData("README.md")]
    [InlineData("README.zh-CN.md")]
    public async Task The_code_of_the_README_signs_a_user_in(string page)
    {
        var step = Assert.Single(await RunAsync(page));

        Assert.Equal("ok", (string?)step["account"]!["status"]);
        Assert.Equal("demo", (string?)step["account"]!["data"]!["owner"]);
    }

    [Theory]
    [InlineData("docs/mini-program.md")]
    [InlineData("docs/zh-CN/mini-program.md")]
    public async Task The_code_of_the_guide_signs_in_refreshes_changes_the_profile_and_signs_out(string page)
    {
        var steps = await RunAsync(page);

        Assert.Equal(4, steps.Count);
        Assert.All(steps.Take(3), step => Assert.Equal("ok", (string?)step["account"]!["status"]));
        Assert.NotEqual((string?)steps[0]["token"], (string?)steps[1]["token"]);
        Assert.Equal("小美", (string?)steps[2]["account"]!["data"]!["displayName"]);
        Assert.Equal("ok", (string?)steps[3]["last"]!["status"]);
        Assert.Equal("error", (string?)steps[3]["account"]!["status"]);
    }

    private static async Task<IReadOnlyList<JsonNode>> RunAsync(string page)
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite);
        var blocks = MarkdownPage.Read(page).CodeBlocks.Where(block => block.LineBefore == Mark);
        var work = new JsonObject
        {
            ["server"] = server.Http.BaseAddress!.GetLeftPart(UriPartial.Authority),
            ["clientId"] = "demo-client",
            ["codes"] = new JsonArray(server.WeChat.MintCode(SandboxApp.Demo.AppId, "mei")),
            ["blocks"] = new JsonArray([.. blocks.Select(block => JsonValue.Create(block.Text))]),
        };
        var script = Path.Combine(RepositoryFolder.Path, "tests", "Postern.Tests", "Documentation", "wx.mjs");
        using var node = Process.Start(new ProcessStartInfo("node", [script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        await node.StandardInput.WriteAsync(work.ToJsonString());
        node.StandardInput.Close();
        var errors = node.StandardError.ReadToEndAsync(cancel);
        var output = await node.StandardOutput.ReadToEndAsync(cancel);
        await node.WaitForExitAsync(cancel);
        Assert.True(node.ExitCode == 0 && (await errors).Length == 0, await errors);
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];
    }
}
