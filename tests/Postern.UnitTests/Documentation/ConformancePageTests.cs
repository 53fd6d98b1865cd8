using System.Text.RegularExpressions;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.UnitTests.Documentation;

/// <summary><c>docs/conformance.md</c>: the tests, classes and folders that it names exist.</summary>
public sealed partial class ConformancePageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(RepositoryFolder.Path, "docs", "conformance.md"));

    [Fact]
    public void Each_test_class_and_folder_that_the_page_names_exists()
    {
        var named = Code().Matches(Page).Select(code => code.Groups[1].Value).Distinct().ToList();
        var tests = named.Where(name => Test().IsMatch(name)).ToList();
        var classes = named.Where(name => Class().IsMatch(name)).ToList();
        var folders = named.Where(name => name.StartsWith("tests/", StringComparison.Ordinal)).ToList();

        Assert.True((tests.Count > 20, classes.Count > 5, folders.Count > 3) == (true, true, true), $"{tests.Count} tests, {classes.Count} classes, {folders.Count} folders");
        Assert.All(tests, test => Assert.True(NamedTest.Exists(test), $"there is no test {test}"));
        Assert.All(classes, name => Assert.True(NamedTest.IsClass(name), $"there is no class {name}"));
        Assert.All(folders, folder => Assert.True(System.IO.Directory.Exists(Path.Combine(RepositoryFolder.Path, folder)), $"there is no folder {folder}"));
    }

    [Fact]
    public void A_row_of_modules_names_what_tests_it()
    {
        var tables = Page.Split("\n## Where the conditions are tested here\n")[1];
        var rows = Row().Matches(tables).Select(row => row.Groups[1].Value).Where(row => !row.StartsWith("---", StringComparison.Ordinal) && !row.StartsWith("Module", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(rows);
        Assert.All(rows, row => Assert.Contains(Code().Matches(row.Split(" | ")[^1]), code => code.Groups[1].Value.Contains("Tests", StringComparison.Ordinal)));
    }

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"^\w+Tests\.\w+$")]
    private static partial Regex Test();

    [GeneratedRegex(@"^\w+Tests$")]
    private static partial Regex Class();

    [GeneratedRegex(@"^\| (.+) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
