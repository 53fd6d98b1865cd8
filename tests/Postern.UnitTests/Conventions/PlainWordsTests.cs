using System.Text.RegularExpressions;
using Postern.Tests.Documentation;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.UnitTests.Conventions;

/// <summary>Plain technical English: "it" for programs, "the user" and "they" for people (CONTRIBUTING.md).</summary>
public sealed partial class PlainWordsTests
{
    private static readonly string[] Folders = ["src/", "tests/", "bench/", "samples/", "console/src/", "docs/"];

    [Theory]
    [InlineData("the client gets his token", true)]
    [InlineData("Whoever asks", true)]
    [InlineData("to whom it was issued", true)]
    [InlineData("this, the history, \"himself\"", false)]
    public void A_pronoun_of_a_person_is_found(string text, bool isFound) => Assert.Equal(isFound, Pronoun().IsMatch(text));

    [Fact]
    public void Code_and_documents_use_no_pronoun_of_a_person()
    {
        // The wire has said "himself" from its first version on; a decision record is history.
        var files = new[] { "*.cs", "*.ts", "*.tsx", "*.md" }.SelectMany(MarkdownPage.Files)
            .Where(f => Folders.Any(folder => f.StartsWith(folder, StringComparison.Ordinal)) && !f.StartsWith("docs/decisions/", StringComparison.Ordinal)
                && !f.EndsWith(nameof(PlainWordsTests) + ".cs", StringComparison.Ordinal)).ToList();
        var found = files
            .SelectMany(f => File.ReadAllLines(Path.Combine(RepositoryFolder.Path, f))
                .Select((line, i) => (Line: line, At: $"{f}:{i + 1}"))).Where(l => Pronoun().IsMatch(l.Line)).Select(l => $"{l.At} {l.Line.Trim()}").ToList();

        Assert.True(files.Count > 700);
        Assert.True(found.Count == 0, string.Join('\n', found.Take(50)));
    }

    [GeneratedRegex(@"\b(he|his|him|whom|whoever)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Pronoun();
}
