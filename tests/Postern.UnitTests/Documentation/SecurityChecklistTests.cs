using System.Text.RegularExpressions;
using Postern.Directory.Objects;
using Postern.Server.Configuration;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.UnitTests.Documentation;

/// <summary>The lists of <c>docs/security</c>: each line names a test that exists, or says why there is none.</summary>
public sealed partial class SecurityChecklistTests
{
    private const string Asvs = "docs/security/asvs-5.0.md";
    private const string Rfc9700 = "docs/security/rfc9700.md";
    private const string Policy = "SECURITY.md";

    private static readonly string[] States = ["Met", "Partly", "Not met", "Not yet", "Not applicable"];

    /// <summary>How many requirements each section of ASVS 5.0.0 has; they are numbered from 1.</summary>
    private static readonly Dictionary<string, int> Requirements = new()
    {
        ["6.1"] = 3, ["6.2"] = 12, ["6.3"] = 8, ["6.4"] = 6, ["6.5"] = 8, ["6.6"] = 4, ["6.7"] = 2, ["6.8"] = 4,
        ["7.1"] = 3, ["7.2"] = 4, ["7.3"] = 2, ["7.4"] = 5, ["7.5"] = 3, ["7.6"] = 2,
        ["8.1"] = 4, ["8.2"] = 4, ["8.3"] = 3, ["8.4"] = 2,
        ["9.1"] = 3, ["9.2"] = 4,
        ["10.1"] = 2, ["10.2"] = 3, ["10.3"] = 5, ["10.4"] = 16, ["10.5"] = 5, ["10.6"] = 2, ["10.7"] = 3,
    };

    private static readonly string[] Sections =
    [
        "2.1", "2.1.1", "2.1.2", "2.2.1", "2.2.2", "2.3", "2.4", "2.5", "2.6", "3", "4.1", "4.2", "4.3", "4.4", "4.5", "4.6", "4.7", "4.8", "4.9",
        "4.10", "4.11", "4.12", "4.13", "4.14", "4.15", "4.16", "4.17",
    ];

    [Theory]
    [InlineData(Asvs)]
    [InlineData(Rfc9700)]
    public void Each_line_names_tests_that_exist_or_says_why_there_is_none(string page)
    {
        var lines = Lines(page);
        var faults = lines.SelectMany(line => FaultsOf(page, line, lines).Select(fault => $"{line.Number}: {fault}")).ToList();

        Assert.Empty(faults);
        Assert.Equal(lines.Count, lines.Select(l => l.Number).Distinct().Count());
    }

    [Fact]
    public void Each_requirement_of_ASVS_stands_in_its_list_once()
    {
        var expected = Requirements.SelectMany(section => Enumerable.Range(1, section.Value).Select(number => $"{section.Key}.{number}"));

        Assert.Equal(expected, Lines(Asvs).Select(line => line.Number));
        Assert.All(Lines(Asvs), line => Assert.True(line.Level is "1" or "2" or "3", line.Number));
    }

    [Fact]
    public void Each_section_of_RFC_9700_stands_in_its_list()
    {
        var numbers = Lines(Rfc9700).Select(line => line.Number).ToList();

        Assert.All(Sections, section => Assert.Contains(numbers, n => n.StartsWith(section + " ", StringComparison.Ordinal) || n.StartsWith(section + ".", StringComparison.Ordinal)));
    }

    [Fact]
    public void Each_setting_in_the_table_of_limits_exists()
    {
        var limits = TextOf(Policy).Split("\n## Limits")[1].Split("\n## ")[0];
        var named = Row().Matches(limits).Select(row => row.Groups[1].Value.Split(" | ").Last())
            .SelectMany(cell => Code().Matches(cell)).Select(code => code.Groups[1].Value).Distinct().ToList();

        Assert.NotEmpty(named);
        Assert.All(named, setting => Assert.True(KnownSettings.IsKnown(setting) || ObjectKinds.All.Any(kind => kind.Shape.Has(setting)), setting));
    }

    private static IEnumerable<string> FaultsOf(string page, Line line, IReadOnlyList<Line> all)
    {
        if (!States.Contains(line.State))
        {
            yield return $"'{line.State}' is no state";
        }

        var tests = Code().Matches(line.Evidence).Select(code => code.Groups[1].Value).Where(code => code.Contains("Tests.", StringComparison.Ordinal)).ToList();
        foreach (var test in tests.Where(test => !NamedTest.Exists(test)))
        {
            yield return $"there is no test {test}";
        }

        var links = Link().Matches(line.Evidence).Select(link => link.Groups[1].Value).ToList();
        foreach (var link in links.Where(link => !LeadsSomewhere(page, link)))
        {
            yield return $"{link} leads nowhere";
        }

        var reference = See().Match(line.Evidence);
        if (reference.Success && !all.Any(other => other != line && other.Number.StartsWith(reference.Groups[1].Value, StringComparison.Ordinal)))
        {
            yield return $"there is no line {reference.Groups[1].Value}";
        }

        var isShown = tests.Count > 0 || links.Count > 0 || reference.Success;
        var reason = Code().Replace(Link().Replace(line.Evidence, ""), "").Trim(' ', ',', ';', '.', ':');
        if (line.State == "Met" ? !isShown : reason.Length < 10)
        {
            yield return line.State == "Met" ? "nothing shows it" : "there is no reason";
        }
    }

    private static bool LeadsSomewhere(string page, string link)
    {
        if (link.StartsWith("https://", StringComparison.Ordinal))
        {
            return true;
        }

        var (path, anchor) = link.Split('#') is [var file, var heading] ? (file, heading) : (link, "");
        var target = Path.GetRelativePath(RepositoryFolder.Path, Path.GetFullPath(path, Path.GetDirectoryName(Path.Combine(RepositoryFolder.Path, page))!));
        return File.Exists(Path.Combine(RepositoryFolder.Path, target))
            && (anchor.Length == 0 || Heading().Matches(TextOf(target)).Any(h => h.Groups[1].Value.ToLowerInvariant().Replace(' ', '-') == anchor));
    }

    private static List<Line> Lines(string page) => [.. Row().Matches(TextOf(page)).Select(row => row.Groups[1].Value.Split(" | "))
        .Where(cells => char.IsAsciiDigit(cells[0][0])).Select(cells => cells is [var number, var level, var text, var state, var evidence]
            ? new Line(number, level, text, state, evidence)
            : throw new FormatException($"{page}: the line of {cells[0]} has {cells.Length} cells"))];

    private static string TextOf(string file) => File.ReadAllText(Path.Combine(RepositoryFolder.Path, file));

    private sealed record Line(string Number, string Level, string Text, string State, string Evidence);

    [GeneratedRegex(@"^\| (.+) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"\[[^\]]+\]\(([^)]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\bSee ([0-9][0-9.]*[0-9])")]
    private static partial Regex See();

    [GeneratedRegex("^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
