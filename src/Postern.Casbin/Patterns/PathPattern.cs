using System.Buffers;
using System.Text;

namespace Postern.Casbin.Patterns;

/// <summary>
/// A path of plain characters, names and <c>/*</c>: the most patterns are such, and thousands of them in policies need no
/// regular expressions.
/// </summary>
internal sealed class PathPattern
{
    private const string Segment = "\0segment";
    private const string Rest = "\0rest";
    private static readonly SearchValues<char> Special = SearchValues.Create("\\.+*?()|[]{}^$\0");

    private readonly string[] pieces;

    private PathPattern(string[] pieces) => this.pieces = pieces;

    public int Pieces => pieces.Length;

    /// <summary>Null if the pattern has characters that mean something in a regular expression.</summary>
    public static PathPattern? Find(string pattern, Dialect dialect)
    {
        var pieces = new List<string>();
        var plain = new StringBuilder();
        for (var i = 0; i < pattern.Length;)
        {
            var name = KeyPatterns.NameAt(pattern, i, dialect);
            var isRest = name is null && pattern[i] == '*' && i > 0 && pattern[i - 1] == '/';
            if (name is null && !isRest)
            {
                if (Special.Contains(pattern[i]))
                {
                    return null;
                }

                plain.Append(pattern[i++]);
                continue;
            }

            pieces.Add(plain.ToString());
            plain.Clear();
            pieces.Add(isRest ? Rest : Segment);
            i = name ?? i + 1;
        }

        pieces.Add(plain.ToString());
        return new([.. pieces.Where(p => p.Length > 0)]);
    }

    /// <summary>Carries every place that the pieces so far may end at, so that the time is pieces times characters and no more.</summary>
    public bool Matches(string text)
    {
        if (pieces.Length == 0 || pieces is [var only] && !IsWild(only))
        {
            return text == string.Concat(pieces);
        }

        if (!IsWild(pieces[0]) && !text.StartsWith(pieces[0], StringComparison.Ordinal))
        {
            return false;
        }

        var ends = new bool[text.Length + 1];
        ends[0] = true;
        foreach (var piece in pieces)
        {
            ends = piece == Segment ? AfterSegment(ends, text) : piece == Rest ? AfterRest(ends, text) : AfterPlain(ends, text, piece);
        }

        return ends[text.Length];
    }

    private static bool IsWild(string piece) => piece is Segment or Rest;

    private static bool[] AfterPlain(bool[] ends, string text, string piece)
    {
        var next = new bool[ends.Length];
        for (var i = 0; i + piece.Length <= text.Length; i++)
        {
            next[i + piece.Length] = ends[i] && text.AsSpan(i).StartsWith(piece, StringComparison.Ordinal);
        }

        return next;
    }

    /// <summary>One character or more, none of which is a slash.</summary>
    private static bool[] AfterSegment(bool[] ends, string text)
    {
        var next = new bool[ends.Length];
        for (var i = 0; i < text.Length; i++)
        {
            next[i + 1] = (ends[i] || next[i]) && text[i] != '/';
        }

        return next;
    }

    /// <summary>Any characters but a line's end, which <c>.*</c> does not pass.</summary>
    private static bool[] AfterRest(bool[] ends, string text)
    {
        var next = new bool[ends.Length];
        for (var i = 0; i <= text.Length; i++)
        {
            next[i] = ends[i] || (i > 0 && next[i - 1] && text[i - 1] != '\n');
        }

        return next;
    }
}
