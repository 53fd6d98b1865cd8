namespace Postern.Storage.Databases;

/// <summary>What <c>like … escape '\'</c> finds a text by, in a column under <c>lower()</c>.</summary>
public static class LikePattern
{
    public static string Containing(string text) => "%" + Beginning(text);

    public static string Beginning(string text) => AsciiLower(text)
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("%", "\\%", StringComparison.Ordinal)
        .Replace("_", "\\_", StringComparison.Ordinal) + "%";

    /// <summary>Only ASCII's capitals have small letters on both databases, under our collation.</summary>
    public static string AsciiLower(string text) => string.Create(text.Length, text, static (lower, source) =>
    {
        for (var i = 0; i < source.Length; i++)
        {
            lower[i] = char.IsAsciiLetterUpper(source[i]) ? (char)(source[i] | 0x20) : source[i];
        }
    });
}
