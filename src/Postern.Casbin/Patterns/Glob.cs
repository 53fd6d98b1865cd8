using System.Text;
using System.Text.RegularExpressions;

namespace Postern.Casbin.Patterns;

/// <summary>Globs of paths: only <c>**</c>, alone between slashes, passes a slash.</summary>
internal static class Glob
{
    private const int DeepestBraces = 10;

    /// <summary>The regular expression that matches the same, or what in the glob is not supported.</summary>
    public static Reading<string> Translate(string glob)
    {
        var regex = new StringBuilder("\\A(?s:");
        var braces = 0;
        for (var i = 0; i < glob.Length; i++)
        {
            switch (glob[i])
            {
                case '*':
                    i = Stars(glob, i, regex);
                    break;
                case '?':
                    regex.Append("[^/]");
                    break;
                case '[':
                    var end = Class(glob, i, regex);
                    if (end < 0)
                    {
                        return Reading<string>.Refused("a class of characters is empty, upside down or does not end");
                    }

                    i = end;
                    break;
                case '{' when braces < DeepestBraces:
                    braces++;
                    regex.Append("(?:");
                    break;
                case ',' when braces > 0:
                    regex.Append('|');
                    break;
                case '}' when braces > 0:
                    braces--;
                    regex.Append(')');
                    break;
                case '{' or '}':
                    return Reading<string>.Refused("its braces do not fit");
                case '\\' when i + 1 == glob.Length:
                    return Reading<string>.Refused("it ends with a backslash");
                default:
                    i += glob[i] == '\\' ? 1 : 0;
                    regex.Append(Regex.Escape(glob[i].ToString()));
                    break;
            }
        }

        return braces == 0 ? regex.Append(")\\z").ToString() : Reading<string>.Refused("its braces do not fit");
    }

    /// <summary>Writes what the stars from here on match, and answers where they end.</summary>
    private static int Stars(string glob, int start, StringBuilder regex)
    {
        var end = start;
        while (end + 1 < glob.Length && glob[end + 1] == '*')
        {
            end++;
        }

        var begins = start == 0 || glob[start - 1] == '/';
        var isLast = end + 1 == glob.Length;
        if (end == start || !begins || !(isLast || glob[end + 1] == '/'))
        {
            regex.Append("[^/]*");
            return end;
        }

        if (!isLast)
        {
            regex.Append("(?:.*/)?");
            return end + 1;
        }

        if (start == 0)
        {
            regex.Append(".*");
            return end;
        }

        // "a/**" is also "a" itself.
        regex.Length--;
        regex.Append("(?:/.*)?");
        return end;
    }

    /// <summary>Writes one class, which never holds the slash; answers where it ends, or -1.</summary>
    private static int Class(string glob, int start, StringBuilder regex)
    {
        var i = start + 1;
        var negated = i < glob.Length && glob[i] is '!' or '^';
        var set = new StringBuilder();
        for (i += negated ? 1 : 0; i < glob.Length && glob[i] != ']'; i++)
        {
            if (CharacterAt(glob, ref i) is not { } from)
            {
                return -1;
            }

            var to = from;
            if (i + 2 < glob.Length && glob[i + 1] == '-' && glob[i + 2] != ']')
            {
                i += 2;
                if (CharacterAt(glob, ref i) is not { } last || last < from)
                {
                    return -1;
                }

                to = last;
            }

            Append(set, from, (char)Math.Min((int)to, '/' - 1));
            Append(set, (char)Math.Max((int)from, '/' + 1), to);
        }

        if (i >= glob.Length || (set.Length == 0 && !negated))
        {
            return -1;
        }

        regex.Append(negated ? "[^/" : "[").Append(set).Append(']');
        return i;
    }

    private static char? CharacterAt(string glob, ref int at)
    {
        at += glob[at] == '\\' ? 1 : 0;
        return at < glob.Length ? glob[at] : null;
    }

    private static void Append(StringBuilder set, char from, char to)
    {
        if (from <= to)
        {
            set.Append($"\\u{(int)from:X4}-\\u{(int)to:X4}");
        }
    }
}
