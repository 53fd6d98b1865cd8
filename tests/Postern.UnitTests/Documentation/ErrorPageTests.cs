using System.Globalization;
using Postern.AuthorizationServer.OAuth.Token;
using Postern.Tests.Fixtures;
using Postern.WeChat;
using Xunit;

namespace Postern.UnitTests.Documentation;

/// <summary>The table of WeChat's error codes in docs/design/errors.md. <c>POSTERN_WRITE_DOCS=1</c> makes this test write it instead of comparing it.</summary>
public sealed class ErrorPageTests
{
    private const string Start = "<!-- WeChat's error codes: generated. -->\n";
    private const string End = "<!-- End of the error codes. -->";

    [Fact]
    public void The_page_has_every_error_code_of_WeChat_with_its_answer()
    {
        var path = Path.Combine(RepositoryFolder.Path, "docs/design/errors.md");
        var text = File.ReadAllText(path);
        var from = text.IndexOf(Start, StringComparison.Ordinal) + Start.Length;
        var to = text.IndexOf(End, from, StringComparison.Ordinal);
        var table = "\n| WeChat | errmsg | Kind | Answer | Meaning |\n|---|---|---|---|---|\n" + string.Concat(WeChatErrors.All.Select(Row)) + "\n";
        if (Environment.GetEnvironmentVariable("POSTERN_WRITE_DOCS") == "1")
        {
            File.WriteAllText(path, text[..from] + table + text[to..]);
            return;
        }

        Assert.True(text[from..to] == table, "docs/design/errors.md is stale: run this test with POSTERN_WRITE_DOCS=1");
    }

    private static string Row(WeChatError error)
    {
        var answer = WeChatRefusals.AnswerTo(new WeChatFailure(error.Kind, error.Number, "", null));
        var number = error.Number == WeChatErrors.NoAnswer ? "no answer" : error.Number.ToString(CultureInfo.InvariantCulture);
        return $"| {number} | {error.Name} | {error.Kind} | {answer.Status.ToString(CultureInfo.InvariantCulture)} `{answer.Code}` | {error.Meaning.English} |\n";
    }
}
