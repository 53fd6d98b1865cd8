using System.Globalization;

namespace Postern.Directory.Credentials.Formats;

/// <summary>A number in the text of a hash.</summary>
internal static class FormatNumber
{
    /// <param name="digits">Digits and nothing else.</param>
    /// <returns>The number; one that is too large to be read is the largest, so that it is judged as a cost and not as a mistake.</returns>
    public static long Read(string digits) => long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : long.MaxValue;
}
