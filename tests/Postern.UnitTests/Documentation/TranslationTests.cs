using System.Text.RegularExpressions;
using Postern.Tests.Documentation;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.UnitTests.Documentation;

/// <summary>
/// Every page for users and operators is in English and in Simplified Chinese, and both say the same. Pages for maintainers are in English only:
/// <c>docs/conformance.md</c>, <c>docs/decisions</c>, <c>docs/design</c>, <c>docs/security</c>.
/// </summary>
public sealed partial class TranslationTests
{
    private const string Chinese = "docs/zh-CN";

    private static readonly string[] s_englishOnly = ["docs/conformance.md"];

    public static TheoryData<string> Translated => [.. Pages()];

    [Theory]
    [MemberData(nameof(Translated))]
    public void A_page_has_a_translation_with_the_same_headings_tables_lists_and_code(string page)
    {
        var translation = TranslationOf(page);
        Assert.True(MarkdownPage.Exists(translation), $"{page} has no translation {translation}");
        var (english, chinese) = (MarkdownPage.Read(page), MarkdownPage.Read(translation));

        Assert.Equal(english.Outline, chinese.Outline);
        Assert.Equal(english.CodeBlocks.Select(WithoutComments), chinese.CodeBlocks.Select(WithoutComments));
        Assert.Matches("[\u4e00-\u9fff]{2}", chinese.Text);
    }

    [Fact]
    public void A_translation_has_a_page()
    {
        var translations = MarkdownPage.Files("*.md").Where(file => file.StartsWith(Chinese + "/", StringComparison.Ordinal)
            || file.EndsWith(".zh-CN.md", StringComparison.Ordinal));

        Assert.Empty(translations.Except(Pages().Select(TranslationOf)));
    }

    [Fact]
    public void A_translation_links_to_translations()
    {
        var pages = Pages().Select(TranslationOf).Where(MarkdownPage.Exists).Select(MarkdownPage.Read);
        var wrong = pages.SelectMany(page => page.Links
            .Where(link => !link.Contains(':', StringComparison.Ordinal) && link.Split('#')[0].EndsWith(".md", StringComparison.Ordinal))
            .Select(link => (Link: link, Target: MarkdownPage.PathFrom(page.File, link.Split('#')[0])))
            .Where(link => Pages().Contains(link.Target) && TranslationOf(link.Target) != page.File)
            .Select(link => $"{page.File}: {link.Link}")).ToList();

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void A_Chinese_paragraph_is_one_line_because_a_line_break_shows_as_a_blank()
    {
        var pages = Pages().Select(TranslationOf).Where(MarkdownPage.Exists).Select(MarkdownPage.Read);
        var broken = pages.SelectMany(page => Break().Matches(Code().Replace(page.Text, "")).Select(match => $"{page.File}: {match.Value}")).ToList();

        Assert.True(broken.Count == 0, string.Join('\n', broken));
    }

    private static IEnumerable<string> Pages() =>
        new[] { "docs", "docs/sdks" }
            .SelectMany(folder => System.IO.Directory.GetFiles(Path.Combine(RepositoryFolder.Path, folder), "*.md").Select(file => $"{folder}/{Path.GetFileName(file)}"))
            .Concat(["README.md", "samples/README.md"]).Except(s_englishOnly);

    private static string TranslationOf(string page) =>
        page.StartsWith("docs/", StringComparison.Ordinal) ? Chinese + page["docs".Length..] : page[..^".md".Length] + ".zh-CN.md";

    private static string WithoutComments(MarkdownPage.CodeBlock block) => $"{block.Language}\n{Comment().Replace(block.Text, "")}";

    [GeneratedRegex("(?s)```.*?```")]
    private static partial Regex Code();

    [GeneratedRegex(@"[\u3000-\u9fff\uff00-\uffef]\n *(?!\d+\. |[-*] )[^\s|#<].{0,20}")]
    private static partial Regex Break();

    [GeneratedRegex(@"(?m)(^#| // | # ).*$")]
    private static partial Regex Comment();
}
