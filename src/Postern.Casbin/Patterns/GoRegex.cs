using System.Text;

namespace Postern.Casbin.Patterns;

/// <summary>
/// Casbin's patterns are written for RE2. The two syntaxes differ where it decides who gets in: there <c>$</c> is the very
/// end and <c>\d \w \s</c> are ASCII. What means something else here, or nothing there, is refused.
/// </summary>
internal static class GoRegex
{
    private const int DeepestGroup = 50;
    private const string Digits = "0-9";
    private const string Words = "0-9A-Za-z_";
    private const string Spaces = @"\t\n\f\r ";
    private const string NoDigits = @"\u0000-/:-\uFFFF";
    private const string NoWords = @"\u0000-/:-@\[-\^`\{-\uFFFF";
    private const string NoSpaces = @"\u0000-\u0008\u000B\u000E-\u001F!-\uFFFF";

    /// <summary>The same expression in .NET's syntax, or what in it is not supported.</summary>
    public static Reading<string> Translate(string pattern)
    {
        var result = new StringBuilder(pattern.Length + 16);
        var depth = 0;
        for (var i = 0; i < pattern.Length;)
        {
            var c = pattern[i];
            var (length, refusal) = c switch
            {
                '\\' => Escape(pattern, i, result, inClass: false),
                '[' => Class(pattern, i, result),
                '(' => Group(pattern, i, result),
                _ => (1, null),
            };
            if (refusal is not null)
            {
                return Reading<string>.Refused(refusal);
            }

            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (depth > DeepestGroup)
            {
                return Reading<string>.Refused($"it has more than {DeepestGroup} groups in each other");
            }

            if (c is not ('\\' or '[' or '('))
            {
                result.Append(c == '$' ? "\\z" : c.ToString());
            }

            i += length;
        }

        return result.ToString();
    }

    private static (int Length, string? Refusal) Group(string pattern, int start, StringBuilder result)
    {
        var rest = pattern.AsSpan(start);
        if (!rest.StartsWith("(?"))
        {
            result.Append('(');
            return (1, null);
        }

        foreach (var (written, same) in (ReadOnlySpan<(string, string)>)[("(?:", "(?:"), ("(?P<", "(?<"), ("(?<", "(?<")])
        {
            if (rest.StartsWith(written) && (written == "(?:" || (rest.Length > written.Length && char.IsAsciiLetter(rest[written.Length]) && IsName(rest[written.Length..]))))
            {
                result.Append(same);
                return (written.Length, null);
            }
        }

        var flags = rest[2..].IndexOfAnyExcept("is-");
        if (flags > 0 && rest[2 + flags] is ':' or ')')
        {
            result.Append(rest[..(2 + flags)]);
            return (2 + flags, null);
        }

        return (0, "a group begins with (? that is neither (?: nor a name nor the flags i and s");
    }

    private static bool IsName(ReadOnlySpan<char> rest)
    {
        var end = rest.IndexOf('>');
        foreach (var c in end < 0 ? [] : rest[..end])
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '_')
            {
                return false;
            }
        }

        return end > 0;
    }

    private static (int Length, string? Refusal) Class(string pattern, int start, StringBuilder result)
    {
        result.Append('[');
        var i = start + 1;
        if (i < pattern.Length && pattern[i] == '^')
        {
            result.Append('^');
            i++;
        }

        for (var first = true; i < pattern.Length && (first || pattern[i] != ']'); first = false)
        {
            if (pattern[i] == '[' && i + 1 < pattern.Length && pattern[i + 1] == ':')
            {
                return (0, "it has a class by name, like [:alpha:]");
            }

            var isSet = pattern[i] == '\\' && i + 1 < pattern.Length && SetOf(pattern[i + 1]) is not null;
            if (ClassCharacter(pattern, ref i, result) is { } refusal)
            {
                return (0, refusal);
            }

            if (isSet || i + 1 >= pattern.Length || pattern[i] != '-' || pattern[i + 1] == ']')
            {
                continue;
            }

            i++;
            if (pattern[i] == '\\' && i + 1 < pattern.Length && SetOf(pattern[i + 1]) is not null)
            {
                return (0, "a range ends with a set");
            }

            result.Append('-');
            if (ClassCharacter(pattern, ref i, result) is { } end)
            {
                return (0, end);
            }
        }

        if (i >= pattern.Length)
        {
            return (0, "a class does not end");
        }

        result.Append(']');
        return (i + 1 - start, null);
    }

    /// <summary>One member of a class, escaped where .NET's classes give a meaning to more characters.</summary>
    private static string? ClassCharacter(string pattern, ref int at, StringBuilder result)
    {
        if (pattern[at] == '\\')
        {
            var (length, refusal) = Escape(pattern, at, result, inClass: true);
            at += length;
            return refusal;
        }

        result.Append(pattern[at] is '[' or ']' or '^' or '-' ? "\\" : "").Append(pattern[at]);
        at++;
        return null;
    }

    private static string? SetOf(char letter) => letter switch
    {
        'd' => Digits,
        'w' => Words,
        's' => Spaces,
        'D' => NoDigits,
        'W' => NoWords,
        'S' => NoSpaces,
        _ => null,
    };

    private static (int Length, string? Refusal) Escape(string pattern, int start, StringBuilder result, bool inClass)
    {
        if (start + 1 >= pattern.Length)
        {
            return (0, "it ends with a backslash");
        }

        var c = pattern[start + 1];
        if (SetOf(c) is { } set)
        {
            result.Append(inClass ? set : $"[{set}]");
            return (2, null);
        }

        var isSame = (char.IsAscii(c) && !char.IsAsciiLetterOrDigit(c) && !char.IsControl(c)) || c is 'a' or 'f' or 't' or 'n' or 'r' or 'v' || (!inClass && c is 'A' or 'z');
        if (isSame)
        {
            result.Append('\\').Append(c);
            return (2, null);
        }

        return (0, $"\\{(char.IsControl(c) ? "" : c)} is not supported");
    }
}
