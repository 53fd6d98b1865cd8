using System.Text.RegularExpressions;
using Postern.CasdoorApi.OpenApi;
using Postern.Directory.Objects;
using Postern.Directory.Objects.Kinds;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.UnitTests.Documentation;

/// <summary><c>docs/properties.md</c>: every property of every kind, with what the server does with it.</summary>
public sealed partial class PropertyTableTests
{
    private const string KeptOnly = "Kept only";
    private const string NotStored = "Not stored";
    private const string Enforced = "Enforced";

    private static readonly string[] States = [Enforced, "Used", "Shown", KeptOnly, NotStored];
    private static readonly string Page = File.ReadAllText(Path.Combine(RepositoryFolder.Path, "docs", "properties.md"));

    public static TheoryData<string> ActiveKinds => [.. Schemas.Kinds.Where(k => !k.IsKeptOnly).Select(k => k.Type)];

    [Theory]
    [MemberData(nameof(ActiveKinds))]
    public void Each_property_of_a_kind_stands_in_its_table_once(string type)
    {
        var kind = Schemas.Kinds.Single(k => k.Type == type);

        Assert.Equal(kind.Shape.Names.Order(StringComparer.Ordinal), LinesOf(type).SelectMany(l => l.Properties).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(ActiveKinds))]
    public void A_table_says_what_the_kind_declares(string type)
    {
        var kind = Schemas.Kinds.Single(k => k.Type == type);

        Assert.All(LinesOf(type), line => Assert.Contains(line.State, States));
        Assert.Equal(kind.KeptOnly.Order(StringComparer.Ordinal), Of(KeptOnly));
        Assert.Equal(kind.NeverStored.Where(kind.Shape.Has).Order(StringComparer.Ordinal), Of(NotStored));

        IEnumerable<string> Of(string state) => LinesOf(type).Where(l => l.State == state).SelectMany(l => l.Properties).Order(StringComparer.Ordinal);
    }

    [Theory]
    [MemberData(nameof(ActiveKinds))]
    public void What_is_enforced_names_its_test_and_what_is_kept_only_its_reason(string type)
    {
        foreach (var line in LinesOf(type))
        {
            var tests = Code().Matches(line.Reason).Select(c => c.Groups[1].Value).Where(c => c.Contains("Tests.", StringComparison.Ordinal)).ToList();
            Assert.All(tests, test => Assert.True(NamedTest.Exists(test), $"{type}: there is no test {test}"));
            Assert.True(line.State != Enforced || tests.Count > 0, $"{type}: nothing shows that {string.Join(", ", line.Properties)} is enforced");
            Assert.True(line.State is not (KeptOnly or NotStored) || line.Reason.Length > 10, $"{type}: {string.Join(", ", line.Properties)} has no reason");
        }
    }

    [Fact]
    public void Each_kind_that_is_kept_only_stands_in_the_first_table()
    {
        var named = LinesOf("Kinds that are kept only").SelectMany(line => line.Properties);

        Assert.Equal(Schemas.Kinds.Where(k => k.IsKeptOnly).Select(k => k.Type).Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_is_kept_only_inside_lists_stands_in_the_last_table()
    {
        var told = LinesOf("Inside lists and objects").ToDictionary(l => l.Properties[0].Split(": ")[0], l => l.Properties.Select(p => p.Split(": ")[^1]).Order(StringComparer.Ordinal));

        Assert.Equal(Parts.KeptOnly.Keys.Order(StringComparer.Ordinal), told.Keys.Order(StringComparer.Ordinal));
        Assert.All(Parts.KeptOnly, part => Assert.Equal(part.Value.Order(StringComparer.Ordinal), told[part.Key]));
        Assert.All(Parts.KeptOnly, part => Assert.All(part.Value, property => Assert.True(Parts.All[part.Key].Has(property), property)));
    }

    [Fact]
    public void The_translation_has_the_same_properties_states_and_tests()
    {
        var chinese = File.ReadAllText(Path.Combine(RepositoryFolder.Path, "docs", "zh-CN", "properties.md"));
        var states = States.Zip(["强制", "使用", "展示", "仅保存", "不保存"]).ToDictionary(pair => pair.First, pair => pair.Second);

        Assert.Equal(Facts(Page, state => states.GetValueOrDefault(state, state)), Facts(chinese, state => state));

        static IEnumerable<string> Facts(string page, Func<string, string> state) => Rows(page).Where(cells => cells.Length == 3 && char.IsAsciiLetter(cells[0][0]))
            .Where(cells => cells[0] is not "Property")
            .Select(cells => $"{cells[0]} | {state(cells[1])} | {string.Join(", ", Code().Matches(cells[2]).Select(c => c.Groups[1].Value).Where(c => c.Contains("Tests.", StringComparison.Ordinal)))}");
    }

    private static List<Line> LinesOf(string heading) =>
        [.. Rows(Page.Split($"\n## {heading}\n")[1].Split("\n## ")[0]).Skip(1).Select(cells => new Line(cells[0].Split(", "), cells[1], cells.ElementAtOrDefault(2) ?? ""))];

    /// <summary>The cells of each row but the one under the head.</summary>
    private static IEnumerable<string[]> Rows(string text) =>
        Row().Matches(text).Select(r => r.Groups[1].Value.Split('|', StringSplitOptions.TrimEntries)).Where(cells => !cells[0].StartsWith("--", StringComparison.Ordinal));

    private sealed record Line(string[] Properties, string State, string Reason);

    [GeneratedRegex(@"^\|(.+)\|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();
}
