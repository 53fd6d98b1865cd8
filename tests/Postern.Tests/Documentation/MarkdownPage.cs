using System.Text;
using System.Text.RegularExpressions;
using Postern.Tests.Fixtures;

namespace Postern.Tests.Documentation;

/// <summary>A page of documentation: its headings, links, code blocks and outline.</summary>
internal sealed partial class MarkdownPage
{
    private static readonly HashSet<string> s_foreignFolders = new(StringComparer.Ordinal) { ".git", "bin", "obj", "node_modules", "data", "publish" };

    private readonly List<string> _headings = [];
    private readonly List<string> _links = [];
    private readonly List<CodeBlock> _blocks = [];
    private readonly List<string> _outline = [];

    private MarkdownPage(string file, string text)
    {
        (File, Text) = (file, text);
        Parse(text.Split('\n'));
    }

    /// <summary>The path from the root of the repository, with slashes.</summary>
    public string File { get; }

    public string Text { get; }

    public IReadOnlyList<string> Links => _links;

    public IReadOnlyList<CodeBlock> CodeBlocks => _blocks;

    /// <summary>Headings by their level, tables by their size, lists by their length, code by its language: what a translation has too.</summary>
    public IReadOnlyList<string> Outline => _outline;

    /// <summary>The fragments that links to this page can have, as GitHub makes them from headings.</summary>
    public IReadOnlySet<string> Anchors
    {
        get
        {
            var anchors = new HashSet<string>(StringComparer.Ordinal);
            foreach (var heading in _headings)
            {
                var plain = Link().Replace(heading, "$1").Trim().ToLowerInvariant();
                var slug = string.Concat(plain.Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_')).Replace(' ', '-');
                for (var (anchor, number) = (slug, 1); !anchors.Add(anchor); number++)
                {
                    anchor = $"{slug}-{number}";
                }
            }

            return anchors;
        }
    }

    public static MarkdownPage Read(string file) => new(file, System.IO.File.ReadAllText(Path.Combine(RepositoryFolder.Path, file)).ReplaceLineEndings("\n"));

    public static bool Exists(string file) => System.IO.File.Exists(Path.Combine(RepositoryFolder.Path, file));

    /// <summary>Every page of the repository.</summary>
    public static IEnumerable<MarkdownPage> All() => FilesUnder(new DirectoryInfo(RepositoryFolder.Path), "*.md").Select(Read);

    /// <summary>Every file of the repository whose name fits.</summary>
    public static IEnumerable<string> Files(string pattern) => FilesUnder(new DirectoryInfo(RepositoryFolder.Path), pattern);

    /// <summary>Where a relative link of a file leads, as a path from the root.</summary>
    public static string PathFrom(string file, string link) =>
        Path.GetRelativePath(RepositoryFolder.Path, Path.Combine(RepositoryFolder.Path, Path.GetDirectoryName(file)!, link)).Replace('\\', '/');

    private static IEnumerable<string> FilesUnder(DirectoryInfo folder, string pattern) =>
        folder.GetFiles(pattern).Select(f => Path.GetRelativePath(RepositoryFolder.Path, f.FullName).Replace('\\', '/'))
            .Concat(folder.GetDirectories().Where(d => !s_foreignFolders.Contains(d.Name)).SelectMany(d => FilesUnder(d, pattern)));

    private void Parse(string[] lines)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i];
            if (line.TrimStart().StartsWith("```", StringComparison.Ordinal))
            {
                var before = i > 0 ? lines[i - 1] : "";
                var language = line.Trim()[3..];
                var code = new StringBuilder();
                for (i++; i < lines.Length && !lines[i].TrimStart().StartsWith("```", StringComparison.Ordinal); i++)
                {
                    code.Append(lines[i]).Append('\n');
                }

                _blocks.Add(new CodeBlock(language, code.ToString(), before));
                _outline.Add($"code {language}");
            }
            else
            {
                ParseText(lines, ref i);
            }
        }
    }

    private void ParseText(string[] lines, ref int i)
    {
        var first = i;
        if (Heading().Match(lines[i]) is { Success: true } heading)
        {
            _headings.Add(heading.Groups[2].Value);
            _outline.Add(heading.Groups[1].Value);
        }
        else if (lines[i].StartsWith('|'))
        {
            for (; i + 1 < lines.Length && lines[i + 1].StartsWith('|'); i++)
            {
            }

            _outline.Add($"table of {i - first + 1} lines, {lines[first].Replace("\\|", "", StringComparison.Ordinal).Count(c => c == '|') - 1} columns");
        }
        else if (Item().IsMatch(lines[i]))
        {
            // Lines of text that go on belong to the item; an empty line ends the list.
            for (; i + 1 < lines.Length && lines[i + 1].Length > 0 && !lines[i + 1].TrimStart().StartsWith("```", StringComparison.Ordinal); i++)
            {
            }

            _outline.Add($"list of {lines[first..(i + 1)].Count(l => Item().IsMatch(l))}");
        }

        for (var n = first; n <= i; n++)
        {
            _links.AddRange(Link().Matches(Code().Replace(lines[n], "")).Select(m => m.Groups[2].Value));
        }
    }

    [GeneratedRegex("^(#+) (.+)$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"^\s*([-*]|\d+\.) ")]
    private static partial Regex Item();

    [GeneratedRegex(@"\[([^\]]*)\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex Code();

    internal sealed record CodeBlock(string Language, string Text, string LineBefore);
}
