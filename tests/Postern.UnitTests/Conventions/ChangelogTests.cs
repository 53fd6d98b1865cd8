using System.Text.RegularExpressions;
using System.Xml.Linq;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.UnitTests.Conventions;

/// <summary><c>CHANGELOG.md</c> has the format of Keep a Changelog, and the build the version that it says.</summary>
public sealed partial class ChangelogTests
{
    private static readonly string[] Parts = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"];
    private static readonly string Text = File.ReadAllText(Path.Combine(RepositoryFolder.Path, "CHANGELOG.md"));

    [Fact]
    public void It_begins_with_what_is_unreleased_and_then_has_the_newest_release()
    {
        var headings = Heading().Matches(Text).Select(heading => heading.Groups[1].Value).ToList();
        var releases = headings.Skip(1).Select(heading => Release().Match(heading)).ToList();

        Assert.Equal("[Unreleased]", headings[0]);
        Assert.All(releases, release => Assert.True(release.Success, "A release is '[1.2.3] - 2026-01-31'."));
        Assert.Equal(releases.Select(Of).OrderDescending(), releases.Select(Of));
        Assert.All(Part().Matches(Text), part => Assert.Contains(part.Groups[1].Value, Parts));

        static Version Of(Match release) => Version.Parse(release.Groups[1].Value);
    }

    [Fact]
    public void The_version_of_the_build_is_its_newest_release_or_one_in_the_making()
    {
        var version = XDocument.Load(Path.Combine(RepositoryFolder.Path, "Directory.Build.props")).Descendants("Version").Single().Value;
        var newest = Heading().Matches(Text).Skip(1).Select(heading => Release().Match(heading.Groups[1].Value).Groups[1].Value).FirstOrDefault("0.0.0");

        Assert.True(
            version == newest || (version.EndsWith("-dev", StringComparison.Ordinal) && Version.Parse(version[..^"-dev".Length]) > Version.Parse(newest)),
            $"the version {version} is neither the release {newest} nor a later one with -dev");
    }

    [GeneratedRegex("^## (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("^### (.+)$", RegexOptions.Multiline)]
    private static partial Regex Part();

    [GeneratedRegex(@"^\[(\d+\.\d+\.\d+)\] - \d{4}-\d{2}-\d{2}$")]
    private static partial Regex Release();
}
