using System.Globalization;
using System.Text.RegularExpressions;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.UnitTests.Conventions;

/// <summary>The numbers of migrations: each is used once, and the README beside them names those that are not used.</summary>
public sealed partial class MigrationNumberTests
{
    private static readonly string Folder = Path.GetDirectoryName(System.IO.Directory.EnumerateFiles(Path.Combine(RepositoryFolder.Path, "src"), "0001_first.sql", SearchOption.AllDirectories)
        .Single(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal)))!;

    private static readonly List<int> Numbers =
        [.. System.IO.Directory.EnumerateFiles(Folder, "*.sql").Select(file => int.Parse(Path.GetFileName(file)[..4], CultureInfo.InvariantCulture)).Order()];

    [Fact]
    public void Each_number_is_of_one_migration() => Assert.Equal(Numbers.Distinct(), Numbers);

    [Fact]
    public void The_README_names_the_numbers_that_are_not_used_and_no_other()
    {
        var row = UnusedRow().Match(File.ReadAllText(Path.Combine(Folder, "README.md")));
        var named = row.Groups[1].Value.Split(", ").Select(number => int.Parse(number, CultureInfo.InvariantCulture));

        Assert.Equal(Enumerable.Range(1, Numbers[^1]).Except(Numbers), named);
    }

    [GeneratedRegex(@"^\| ((?:\d{4}, )*\d{4}) \|", RegexOptions.Multiline)]
    private static partial Regex UnusedRow();
}
