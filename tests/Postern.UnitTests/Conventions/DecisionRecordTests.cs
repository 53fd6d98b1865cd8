using System.Text.RegularExpressions;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.UnitTests.Conventions;

/// <summary>The records in <c>docs/decisions</c> have one format and consecutive numbers.</summary>
public sealed partial class DecisionRecordTests
{
    private static readonly string Folder = Path.Combine(RepositoryFolder.Path, "docs", "decisions");

    public static TheoryData<string> Records => [.. System.IO.Directory.EnumerateFiles(Folder, "*.md").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Records))]
    public void A_record_has_a_title_and_the_four_parts_in_their_order(string record)
    {
        var text = File.ReadAllText(Path.Combine(Folder, record));

        Assert.Matches(@"\A# [^\d\n][^\n]*\n\n\*\*Context\.\*\* ", text);
        Assert.Equal(["Context", "Decision", "Consequences", "What would change our mind"], Part().Matches(text).Select(part => part.Groups[1].Value));
    }

    [Fact]
    public void Their_numbers_have_no_gap() =>
        Assert.Equal(Enumerable.Range(1, Records.Count).Select(number => $"{number:0000}"), Records.Select(record => record.Data[..4]));

    [GeneratedRegex(@"^\*\*([^*\n]+)\.\*\* ", RegexOptions.Multiline)]
    private static partial Regex Part();
}
