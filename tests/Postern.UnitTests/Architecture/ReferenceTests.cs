using System.Reflection;
using System.Text.RegularExpressions;
using NetArchTest.Rules;
using Xunit;

namespace Postern.UnitTests.Architecture;

/// <summary>References run downwards: between projects as the table says, between the top folders of a project in one direction (ARCHITECTURE.md).</summary>
public sealed class ReferenceTests
{
    /// <summary>Each project and those of ours that it may refer to.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Postern.Protocol"] = [],
        ["Postern.Casbin"] = [],
        ["Postern.WeChat"] = [],
        ["Postern.WeChat.Sandbox"] = ["Postern.WeChat"],
        ["Postern.Storage"] = ["Postern.Protocol"],
        ["Postern.Directory"] = ["Postern.Protocol", "Postern.Casbin", "Postern.WeChat", "Postern.Storage"],
        ["Postern.AuthorizationServer"] = ["Postern.Protocol", "Postern.WeChat", "Postern.Storage", "Postern.Directory"],
        ["Postern.CasdoorApi"] = ["Postern.Protocol", "Postern.Casbin", "Postern.WeChat", "Postern.Storage", "Postern.Directory", "Postern.AuthorizationServer"],
        ["Postern.Import"] = ["Postern.Protocol", "Postern.Storage", "Postern.Directory"],
        ["postern"] =
        [
            "Postern.Protocol", "Postern.WeChat", "Postern.WeChat.Sandbox", "Postern.Storage", "Postern.Directory", "Postern.AuthorizationServer", "Postern.CasdoorApi",
            "Postern.Import",
        ],
    };

    /// <summary>What refers to no HTTP. Data Protection has ASP.NET Core's name and is a library without it.</summary>
    private static readonly string[] WithoutHttp = ["Postern.Protocol", "Postern.Casbin", "Postern.WeChat", "Postern.Storage", "Postern.Directory", "Postern.Import"];

    public static TheoryData<string> Projects() => [.. Allowed.Keys];

    [Theory, MemberData(nameof(Projects))]
    public void A_project_refers_to_lower_ones_only(string project)
    {
        var wrong = Assembly.Load(project).GetReferencedAssemblies().Select(a => a.Name!)
            .Where(name => Allowed.ContainsKey(name) && !Allowed[project].Contains(name, StringComparer.Ordinal));

        Assert.Empty(wrong);
    }

    [Theory, MemberData(nameof(Projects))]
    public void What_needs_no_HTTP_refers_to_none(string project)
    {
        var wrong = Assembly.Load(project).GetReferencedAssemblies().Select(a => a.Name!)
            .Where(name => name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) && !name.StartsWith("Microsoft.AspNetCore.DataProtection", StringComparison.Ordinal));

        Assert.True(!WithoutHttp.Contains(project, StringComparer.Ordinal) || !wrong.Any(), $"{project} refers to {string.Join(", ", wrong)}");
    }

    [Theory, MemberData(nameof(Projects))]
    public void Two_top_folders_of_a_project_do_not_refer_to_each_other(string project)
    {
        var assembly = Assembly.Load(project);
        var root = project == "postern" ? "Postern.Server" : project;
        var folders = assembly.GetTypes().Select(t => t.Namespace ?? "").Where(n => n.StartsWith(root + ".", StringComparison.Ordinal))
            .Select(n => root + "." + n[(root.Length + 1)..].Split('.')[0]).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var references = folders.SelectMany(from => folders.Where(to => to != from).Select(to => (From: from, To: to, Types: TypesThatRefer(assembly, from, to))))
            .Where(r => r.Types.Count > 0).ToDictionary(r => (r.From, r.To), r => r.Types);

        var mutual = references.Where(r => references.ContainsKey((r.Key.To, r.Key.From))).Select(r => $"{r.Key.From} refers to {r.Key.To}: {string.Join(", ", r.Value)}");

        Assert.True(!mutual.Any(), string.Join('\n', mutual));
    }

    [Fact]
    public void A_reference_between_folders_is_seen() =>
        Assert.NotEmpty(TypesThatRefer(Assembly.Load("Postern.Directory"), "Postern.Directory.Objects", "Postern.Directory.Credentials"));

    [Fact]
    public void Every_project_of_the_server_is_in_the_table()
    {
        var projects = Directory("src").Select(path => Path.GetFileName(path)!).Select(name => name == "Postern.Server" ? "postern" : name);

        Assert.Equal(Allowed.Keys.Order(StringComparer.Ordinal), projects.Order(StringComparer.Ordinal));

        static IEnumerable<string> Directory(string folder) => System.IO.Directory.EnumerateDirectories(Path.Combine(Postern.Tests.Fixtures.RepositoryFolder.Path, folder))
            .Where(path => System.IO.Directory.EnumerateFiles(path, "*.csproj").Any());
    }

    private static List<string> TypesThatRefer(Assembly assembly, string from, string to) =>
        [.. (Types.InAssembly(assembly).That().ResideInNamespaceMatching($@"^{Regex.Escape(from)}(\.|$)").ShouldNot().HaveDependencyOn(to).GetResult().FailingTypeNames ?? []).Take(10)];
}
