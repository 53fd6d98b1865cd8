using Postern.CasdoorApi.Calls;
using Xunit;

namespace Postern.UnitTests.Documentation;

/// <summary>The error codes in <c>docs/api.md</c> and its translation are generated from their declarations.</summary>
public sealed class ApiPageTests
{
    private const string Start = $"<!-- Error codes: generated. {GeneratedText.Command} writes them again. -->\n";
    private const string End = "<!-- End of the error codes. -->";

    [Fact]
    public void The_English_page_has_every_error_code() =>
        GeneratedText.Compare("docs/api.md", Start, End, Table("| `code` | Meaning |", code => code.Meaning));

    [Fact]
    public void The_Chinese_page_has_every_error_code() =>
        GeneratedText.Compare("docs/zh-CN/api.md", Start, End, Table("| `code` | 含义 |", code => code.ChineseMeaning));

    private static string Table(string head, Func<ErrorCode, string> meaning) =>
        $"\n{head}\n|---|---|\n" + string.Concat(ErrorCode.All.Select(code => $"| `{code.Name}` | {meaning(code)} |\n")) + "\n";
}
