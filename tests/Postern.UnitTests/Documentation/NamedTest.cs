using System.Text.RegularExpressions;
using Postern.Tests.Fixtures;

namespace Postern.UnitTests.Documentation;

/// <summary>
/// A test as a page of documentation names it: <c>RefreshTests.A_scope_never_widens</c>. Read from the sources, because the pages
/// name tests of every test project.
/// </summary>
internal static partial class NamedTest
{
    private static readonly ILookup<string, string> Tests = System.IO.Directory.EnumerateDirectories(Path.Combine(RepositoryFolder.Path, "tests"), "Postern.*")
        .SelectMany(project => System.IO.Directory.EnumerateFiles(project, "*.cs", SearchOption.AllDirectories))
        .Where(file => !Generated().IsMatch(file))
        .SelectMany(file => In(File.ReadAllText(file)))
        .ToLookup(test => test.Class, test => test.Method, StringComparer.Ordinal);

    public static bool Exists(string name) => name.Split('.') is [var type, var method] && Tests[type].Contains(method, StringComparer.Ordinal);

    public static bool IsClass(string name) => Tests.Contains(name);

    private static IEnumerable<(string Class, string Method)> In(string source)
    {
        var type = "";
        foreach (Match match in Declaration().Matches(source))
        {
            if (match.Groups["class"] is { Success: true } declared)
            {
                type = declared.Value;
            }
            else
            {
                yield return (type, match.Groups["method"].Value);
            }
        }
    }

    /// <summary>A class of tests, or a method with the attribute of a test and perhaps others.</summary>
    [GeneratedRegex(@"^(?:public|internal) [\w ]*class (?<class>\w+Tests)\b|^    \[(?:Fact|Theory)\b.*\n(?:    \[.*\n)*    public (?:async )?[\w<>]+ (?<method>\w+)\(", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"[/\\](?:bin|obj)[/\\]")]
    private static partial Regex Generated();
}
