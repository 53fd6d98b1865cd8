using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.UnitTests.Documentation;

/// <summary>A part of a file that is generated from declarations in the code, between two lines of the file.</summary>
internal static class GeneratedText
{
    public const string Command = "POSTERN_WRITE_DOCS=1 dotnet run --project tests/Postern.UnitTests -- -class '*PageTests'";

    private static readonly bool s_writes = Environment.GetEnvironmentVariable("POSTERN_WRITE_DOCS") == "1";

    /// <summary>Fails where the file is stale, or writes it where <see cref="Command"/> asks for it.</summary>
    /// <param name="file">The path from the root of the repository.</param>
    /// <param name="start">The line before the part.</param>
    /// <param name="end">The line after it; empty where it goes to the end of the file.</param>
    /// <param name="expected">The part.</param>
    public static void Compare(string file, string start, string end, string expected)
    {
        var path = Path.Combine(RepositoryFolder.Path, file);
        var text = File.ReadAllText(path);
        var from = text.IndexOf(start, StringComparison.Ordinal) + start.Length;
        Assert.True(from >= start.Length, $"{file} has no line {start}");
        var to = end.Length == 0 ? text.Length : text.IndexOf(end, from, StringComparison.Ordinal);
        if (s_writes)
        {
            File.WriteAllText(path, text[..from] + expected + text[to..]);
            return;
        }

        Assert.True(text[from..to] == expected, $"{file} is stale: run {Command}");
    }
}
