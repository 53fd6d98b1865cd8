using System.Collections.Frozen;

namespace Postern.Directory.Objects;

/// <summary>What a guesser tries first: the most used passwords, and what can be known of the user (ASVS 5.0, 6.2.4 and 6.2.11).</summary>
internal static class GuessablePasswords
{
    private const int ShortestWord = 3;
    private static readonly char[] Separators = [' ', '@', '.', '-', '_'];
    private static readonly FrozenSet<string> Common = Read();

    public static bool IsCommon(string password) => Common.Contains(password.ToLowerInvariant());

    /// <summary>Whether nothing but one of the words stands in it, with digits and signs around or between.</summary>
    /// <param name="password">In clear text.</param>
    /// <param name="words">Names, e-mail, phone; their parts count too.</param>
    public static bool IsMadeOf(string password, IEnumerable<string> words)
    {
        var (letters, digits) = (Only(password, char.IsLetter), Only(password, char.IsDigit));
        return words.SelectMany(word => word.Split(Separators).Append(word)).Any(word => letters.Length > 0
            ? Only(word, char.IsLetter) is { Length: >= ShortestWord } name && letters == name
            : Only(word, char.IsDigit) is { Length: >= ShortestWord } number && digits == number);
    }

    private static string Only(string text, Func<char, bool> kind) => string.Concat(text.Where(kind)).ToLowerInvariant();

    private static FrozenSet<string> Read()
    {
        using var stream = typeof(GuessablePasswords).Assembly.GetManifestResourceStream("Postern.Directory.Objects.common-passwords.txt")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#').ToFrozenSet(StringComparer.Ordinal);
    }
}
