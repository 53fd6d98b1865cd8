namespace Postern.Server.Casdoor.AuditTrail;

internal static class LikePattern
{
    /// <summary>A pattern of <c>like</c> for a lower-cased column. Only ASCII's capitals have small letters on both databases, under our collation.</summary>
    public static string Containing(string text) => "%" + Lower(text)
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("%", "\\%", StringComparison.Ordinal)
        .Replace("_", "\\_", StringComparison.Ordinal) + "%";

    private static string Lower(string text) => string.Create(text.Length, text, static (lower, source) =>
    {
        for (var i = 0; i < source.Length; i++)
        {
            lower[i] = char.IsAsciiLetterUpper(source[i]) ? (char)(source[i] | 0x20) : source[i];
        }
    });
}
