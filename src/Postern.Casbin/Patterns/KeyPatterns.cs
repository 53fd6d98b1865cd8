using System.Text;

namespace Postern.Casbin.Patterns;

/// <summary>Path patterns as the regular expressions that Casbin makes of them: what is no name and no <c>/*</c> is one already.</summary>
internal static class KeyPatterns
{
    private const string OneSegment = "[^/]+";

    public static string ToRegex(string pattern, Dialect dialect, List<string> names)
    {
        var regex = new StringBuilder("^");
        for (var i = 0; i < pattern.Length;)
        {
            if (NameAt(pattern, i, dialect) is { } end)
            {
                var repeats = dialect == Dialect.RepeatedBraces;
                regex.Append(repeats ? $"({OneSegment})" : OneSegment);
                if (repeats)
                {
                    names.Add(pattern[(i + 1)..(end - 1)]);
                }

                i = end;
            }
            else if (pattern[i] == '/' && i + 1 < pattern.Length && pattern[i + 1] == '*')
            {
                regex.Append("/.*");
                i += 2;
            }
            else
            {
                regex.Append(pattern[i++]);
            }
        }

        return regex.Append('$').ToString();
    }

    /// <summary>
    /// Where the name that begins here ends, or null: <c>:name</c> to the next slash, <c>{name}</c> to the last brace before it.
    /// </summary>
    public static int? NameAt(string pattern, int start, Dialect dialect)
    {
        if (pattern[start] != (dialect == Dialect.Colon ? ':' : '{'))
        {
            return null;
        }

        var slash = pattern.IndexOf('/', start);
        var segment = pattern.AsSpan(start..(slash < 0 ? pattern.Length : slash));
        var length = dialect == Dialect.Colon ? segment.Length : segment.LastIndexOf('}') + 1;
        return length > (dialect == Dialect.Colon ? 1 : 2) ? start + length : null;
    }
}
