using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.UnitTests.Conventions;

/// <summary>The formatter keeps line breaks as they were written, so the length of a line is checked here.</summary>
public sealed class LineLengthTests
{
    private const int Longest = 160;

    /// <summary>How many lines were longer when the limit came. Lower it as they are wrapped, and remove it at 0; it is never raised.</summary>
    private const int StillLonger = 2350;

    [Fact]
    public void No_line_of_code_is_too_long()
    {
        var tooLong = new[] { "src", "tests", "bench", "samples" }
            .SelectMany(folder => System.IO.Directory.EnumerateFiles(Path.Combine(RepositoryFolder.Path, folder), "*.cs", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(RepositoryFolder.Path, file))
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or "node_modules"))
            .SelectMany(file => File.ReadLines(Path.Combine(RepositoryFolder.Path, file)).Select((line, at) => (Where: $"{file}:{at + 1}", line.Length)))
            .Where(line => line.Length > Longest)
            .Select(line => $"{line.Where} has {line.Length} characters")
            .ToList();

        Assert.True(tooLong.Count <= StillLonger, $"{tooLong.Count} lines have more than {Longest} characters, and {StillLonger} may:\n{string.Join('\n', tooLong)}");
    }
}
