using System.Text.RegularExpressions;
using Postern.Tests.Documentation;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.UnitTests.Documentation;

/// <summary>What code and text cite is in the repository or public: a page of <c>docs</c> (<see cref="LinkTests"/>), or a standard.</summary>
public sealed partial class CitationTests
{
    /// <summary>It has such a citation, and the text of a migration never changes: databases keep its checksum.</summary>
    private const string FixedMigration = "0004_objects.sql";

    private static readonly string[] s_patterns = ["*.cs", "*.md", "*.ts", "*.tsx", "*.mjs", "*.css", "*.sql", "*.csproj", "*.targets", "*.props", "*.conf"];

    [Theory]
    [InlineData("design section 4", true)]
    [InlineData("design, section 6", true)]
    [InlineData("(design 4.1)", true)]
    [InlineData("contract 4.8", true)]
    [InlineData("contract section 8", true)]
    [InlineData("API reference, section 1.4", true)]
    [InlineData("until its end (section 3.2)", true)]
    [InlineData("see house.md", true)]
    [InlineData("RFC 9068 section 4", false)]
    [InlineData("OpenID Connect Core section 5.5", false)]
    [InlineData("docs/design/secrets.md", false)]
    public void A_citation_of_a_document_elsewhere_is_recognised(string text, bool isFound) => Assert.Equal(isFound, Elsewhere().IsMatch(text));

    [Fact]
    public void No_comment_cites_a_document_that_is_not_in_the_repository()
    {
        var files = s_patterns.SelectMany(MarkdownPage.Files)
            .Where(file => Path.GetFileName(file) != FixedMigration && Path.GetFileNameWithoutExtension(file) != nameof(CitationTests)).ToList();
        var found = files.SelectMany(file => Elsewhere().Matches(File.ReadAllText(Path.Combine(RepositoryFolder.Path, file))).Select(m => $"{file}: {m.Value}")).ToList();

        Assert.True(files.Count > 500);
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    // A section without a document before it is one of a document that the reader does not have.
    [GeneratedRegex(@"(?i)\bdesign(\.md)?,? (section )?\d|\bcontract,? (section )?\d|\breference, section \d|\(section \d|\b(house|casdoor-contract|wechat-api|casdoor-sdks)\.md\b")]
    private static partial Regex Elsewhere();
}
