using System.Text;
using System.Text.RegularExpressions;

namespace Postern.Server.Configuration;

/// <summary>libpq's <c>keyword=value</c> text: blanks between pairs, single quotes, backslash before a quote or a backslash.</summary>
internal static partial class LibpqText
{
    /// <summary>Npgsql's strings have a semicolon after the first value, or begin with a keyword that libpq lacks.</summary>
    public static bool IsOne(string text)
    {
        if (FirstPairEndsInSemicolon().IsMatch(text))
        {
            return false;
        }

        var keyword = FirstKeyword().Match(text).Groups["keyword"].Value;
        return LibpqKeyword.Find(keyword) is not null || !text.Contains(';');
    }

    /// <summary>Null after a refusal.</summary>
    public static IReadOnlyList<LibpqPair>? Read(SettingsReader settings, string text)
    {
        var pairs = new List<LibpqPair>();
        var at = 0;
        while (SkipBlanks(text, ref at))
        {
            var start = at;
            var match = FirstKeyword().Match(text, at);
            if (!match.Success || match.Index != at)
            {
                return Refused(settings, start);
            }

            at += match.Length;
            if (ReadValue(text, ref at) is not { } value)
            {
                return Refused(settings, start);
            }

            pairs.Add(new LibpqPair(match.Groups["keyword"].Value, value, start + 1));
        }
        return pairs;
    }

    private static List<LibpqPair>? Refused(SettingsReader settings, int start)
    {
        settings.RefuseWithoutValue(ConfigurationKeys.DataSourceName,
            $"at position {start + 1} it must be keyword=value (a value with blanks stands in single quotes, with \\' for a quote in it)");
        return null;
    }

    private static bool SkipBlanks(string text, ref int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            at++;
        }

        return at < text.Length;
    }

    private static string? ReadValue(string text, ref int at)
    {
        // libpq would take "password= host=x" for the password "host=x"; the writer means an empty one.
        var before = at;
        if (!SkipBlanks(text, ref at) || (at > before && FirstKeyword().Match(text, at) is { Success: true } next && next.Index == at))
        {
            return "";
        }

        var isQuoted = text[at] == '\'';
        if (isQuoted)
        {
            at++;
        }

        var value = new StringBuilder();
        for (; at < text.Length; at++)
        {
            if (isQuoted ? text[at] == '\'' : char.IsWhiteSpace(text[at]))
            {
                break;
            }

            if (text[at] == '\\' && at + 1 < text.Length)
            {
                at++;
            }

            value.Append(text[at]);
        }
        if (isQuoted && at++ >= text.Length)
        {
            return null;
        }

        return value.ToString();
    }

    [GeneratedRegex(@"^\s*[A-Za-z][A-Za-z ]*=\s*(""[^""]*""|'[^']*'|[^;\s]*)\s*;")]
    private static partial Regex FirstPairEndsInSemicolon();

    [GeneratedRegex(@"\G\s*(?<keyword>[A-Za-z_]+)\s*=")]
    private static partial Regex FirstKeyword();
}
