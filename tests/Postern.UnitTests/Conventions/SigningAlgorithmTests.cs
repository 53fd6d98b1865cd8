using System.Text.RegularExpressions;
using Postern.Protocol;
using Postern.Tests.Documentation;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.UnitTests.Conventions;

/// <summary>A signing algorithm is one line of one table.</summary>
public sealed partial class SigningAlgorithmTests
{
    private const string Table = "src/Postern.Protocol/SigningAlgorithms.cs";

    // The first certificate of an installation is a JSON document, as an import has it.
    private static readonly string[] Documents = ["src/Postern.Server/FirstStart/FirstObjects.cs"];

    [Fact]
    public void Every_algorithm_that_signs_tokens_has_certificates() =>
        Assert.All(SigningAlgorithms.All.Where(a => a.SignsTokens || a.HasInstallationCert), a => Assert.True(a.IsOfCerts));

    [Fact]
    public void No_other_file_names_an_algorithm()
    {
        var files = MarkdownPage.Files("*.cs").Where(f => f.StartsWith("src/", StringComparison.Ordinal) && f != Table && !Documents.Contains(f)).ToList();
        var found = files.Where(f => Name().IsMatch(File.ReadAllText(Path.Combine(RepositoryFolder.Path, f)))).ToList();

        Assert.True(files.Count > 400);
        Assert.True(found.Count == 0, "Ask SigningAlgorithms instead: " + string.Join(", ", found));
    }

    [GeneratedRegex("\"((RS|PS|ES)(256|384|512)|EdDSA)\"")]
    private static partial Regex Name();
}
