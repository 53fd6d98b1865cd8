using System.Globalization;

namespace Postern.Casbin.Expressions;

internal enum TokenKind
{
    Name,
    Text,
    Number,
    Symbol,
    End,
}

/// <param name="Kind">What it is.</param>
/// <param name="Text">The name, the symbol, or the content of a text.</param>
/// <param name="Number">The number, if it is one.</param>
/// <param name="Position">Where it begins, counted from 1.</param>
internal readonly record struct Token(TokenKind Kind, string Text, double Number, int Position);

/// <summary>An expression in tokens, the last of which is the end.</summary>
internal static class Tokens
{
    private static readonly string[] Symbols = ["&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "+", "-", "*", "/", "(", ")", "[", "]", ","];

    // Looked for first: some begin like one that is supported.
    private static readonly string[] Unsupported = ["=~", "!~", "**", "<<", ">>", "??", "?", ":", "%", "^", "~"];

    public static Reading<List<Token>> Read(string text)
    {
        var tokens = new List<Token>();
        var at = 0;
        while (at < text.Length)
        {
            var c = text[at];
            if (char.IsWhiteSpace(c))
            {
                at++;
                continue;
            }

            var token = char.IsLetter(c) || c == '_' ? Name(text, at)
                : char.IsAsciiDigit(c) || (c == '.' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1])) ? NumberAt(text, at)
                : c is '"' or '\'' ? null
                : Symbol(text, at);
            var end = at + (token?.Text.Length ?? 0);
            if (c is '"' or '\'')
            {
                token = Quoted(text, at, out end);
            }

            if (token is not { } found)
            {
                return Reading<List<Token>>.Refused(WhyNot(text, at));
            }

            tokens.Add(found);
            at = end;
        }

        tokens.Add(new(TokenKind.End, "the end", 0, text.Length + 1));
        return tokens;
    }

    private static Token? Name(string text, int start)
    {
        var end = start;
        while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] is '_' or '.'))
        {
            end++;
        }

        return new(TokenKind.Name, text[start..end], 0, start + 1);
    }

    private static Token? NumberAt(string text, int start)
    {
        var end = start;
        while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] == '.'))
        {
            end++;
        }

        return double.TryParse(text.AsSpan(start, end - start), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? new(TokenKind.Number, text[start..end], number, start + 1)
            : null;
    }

    private static Token? Symbol(string text, int start)
    {
        var rest = text.AsSpan(start);
        foreach (var symbol in Unsupported)
        {
            if (rest.StartsWith(symbol, StringComparison.Ordinal))
            {
                return null;
            }
        }

        foreach (var symbol in Symbols)
        {
            if (rest.StartsWith(symbol, StringComparison.Ordinal))
            {
                return new(TokenKind.Symbol, symbol, 0, start + 1);
            }
        }

        return null;
    }

    /// <summary>To the same quote. A backslash is one, because the texts of matchers are mostly regular expressions.</summary>
    private static Token? Quoted(string text, int start, out int end)
    {
        var closing = text.IndexOf(text[start], start + 1);
        end = closing + 1;
        return closing < 0 ? null : new(TokenKind.Text, text[(start + 1)..closing], 0, start + 1);
    }

    private static string WhyNot(string text, int at)
    {
        var c = text[at];
        if (c is '"' or '\'')
        {
            return $"the text that begins at character {at + 1} does not end";
        }

        if (char.IsAsciiDigit(c) || c == '.')
        {
            return $"what begins at character {at + 1} is no number";
        }

        var name = Unsupported.FirstOrDefault(s => text.AsSpan(at).StartsWith(s, StringComparison.Ordinal)) ?? (char.IsControl(c) ? "" : c.ToString());
        return $"the operator {name} at character {at + 1} is not supported";
    }
}
