using System.Text.RegularExpressions;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.UnitTests.Documentation;

/// <summary>ARCHITECTURE.md and CONTRIBUTING.md lead to places that exist, and the map has every project with its folders.</summary>
public sealed partial class MapTests
{
    [Theory]
    [InlineData("ARCHITECTURE.md")]
    [InlineData("CONTRIBUTING.md")]
    public void Every_path_that_the_page_names_exists(string page)
    {
        var named = PathInText().Matches(Read(page)).Select(m => m.Groups["path"].Value).ToList();

        Assert.NotEmpty(named);
        Assert.All(named, path => Assert.True(Path.Exists(Path.Combine(RepositoryFolder.Path, path)), path));
    }

    [Fact]
    public void The_map_names_every_folder_of_the_server()
    {
        var map = Read("ARCHITECTURE.md");
        var folders = System.IO.Directory.EnumerateDirectories(Path.Combine(RepositoryFolder.Path, "src"))
            .Where(project => Path.GetFileName(project) is not ("Postern.Casbin" or "Postern.WeChat" or "Postern.WeChat.Sandbox"))
            .SelectMany(System.IO.Directory.EnumerateDirectories).Select(Path.GetFileName)
            .Where(folder => folder is not ("bin" or "obj" or "Properties"));

        Assert.All(folders, folder => Assert.Contains(folder + "/", map, StringComparison.Ordinal));
    }

    private static string Read(string page) => File.ReadAllText(Path.Combine(RepositoryFolder.Path, page));

    [GeneratedRegex("`(?<path>(src|tests|console|docs|bench|samples|conf)/[A-Za-z0-9_./-]+)`")]
    private static partial Regex PathInText();
}
