using System.Text.RegularExpressions;
using Postern.Tests.Documentation;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.UnitTests.Documentation;

/// <summary>No page of the repository leads to a file or heading that does not exist.</summary>
public sealed partial class LinkTests
{
    [Fact]
    public void Every_internal_link_leads_to_a_file_and_a_heading()
    {
        var pages = MarkdownPage.All().ToDictionary(page => page.File, StringComparer.Ordinal);
        var dead = pages.Values.SelectMany(page => page.Links.Where(link => IsDead(page, link, pages)).Select(link => $"{page.File}: {link}")).ToList();

        Assert.True(pages.Values.Sum(page => page.Links.Count) > 100);
        Assert.True(dead.Count == 0, string.Join('\n', dead));
    }

    [Fact]
    public void Every_page_of_docs_that_code_or_text_names_exists()
    {
        var files = new[] { "*.cs", "*.md", "*.ts", "*.tsx", "*.sql", "*.csproj", "*.conf" }.SelectMany(MarkdownPage.Files);
        var missing = files.SelectMany(file => Named().Matches(File.ReadAllText(Path.Combine(RepositoryFolder.Path, file))).Select(m => m.Value).Distinct()
            .Where(name => !MarkdownPage.Exists(name)).Select(name => $"{file}: {name}")).ToList();

        Assert.True(missing.Count == 0, string.Join('\n', missing));
    }

    [Fact]
    public void Every_project_that_a_command_names_exists()
    {
        var named = MarkdownPage.All().SelectMany(page => page.CodeBlocks.SelectMany(block => Project().Matches(block.Text))
            .Select(match => (page.File, match.Groups[1].Value))).ToList();

        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.True(System.IO.Directory.Exists(Path.Combine(RepositoryFolder.Path, name.Value)), $"{name.File} names {name.Value}"));
    }

    private static bool IsDead(MarkdownPage page, string link, Dictionary<string, MarkdownPage> pages)
    {
        if (Absolute().IsMatch(link))
        {
            return false;
        }

        var parts = link.Split('#', 2);
        var target = parts[0].Length == 0
            ? page.File
            : MarkdownPage.PathFrom(page.File, Uri.UnescapeDataString(parts[0]));
        return !Path.Exists(Path.Combine(RepositoryFolder.Path, target))
            || (parts.Length == 2 && (!pages.TryGetValue(target, out var there) || !there.Anchors.Contains(Uri.UnescapeDataString(parts[1]))));
    }

    [GeneratedRegex("^[a-z]+:")]
    private static partial Regex Absolute();

    [GeneratedRegex(@"\bdocs/[A-Za-z0-9_/.-]+?\.md\b")]
    private static partial Regex Named();

    [GeneratedRegex(@"dotnet (?:run --project|publish|build|test) ([\w./-]+)")]
    private static partial Regex Project();
}
