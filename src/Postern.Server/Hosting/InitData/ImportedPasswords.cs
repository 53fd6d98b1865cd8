using System.Globalization;
using System.Text.RegularExpressions;
using Postern.Server.SignIn;

namespace Postern.Server.Hosting.InitData;

/// <summary>Which stored passwords a sign-in can verify (contract 5.3): of the others nobody knows the password any more.</summary>
internal static partial class ImportedPasswords
{
    // The limits here and below are those of LegacyHashes: beyond them it compares nothing.
    private const int MostDjangoRounds = 2_000_000;

    /// <summary>Whether the hash has the form of its type; what it was made of, only the right password shows.</summary>
    public static bool IsWellFormed(string type, string hash) => hash.Length > 0 && type switch
    {
        "" or "plain" => true,
        // The first byte says which of ASP.NET Core's two formats it is.
        PasswordHashes.Type => Bytes(hash) is [0 or 1, _, ..],
        "bcrypt" => Bcrypt().IsMatch(hash),
        "argon2id" => Argon().Match(hash) is { Success: true } match && IsAffordable(match),
        "pbkdf2-django" => Django().Match(hash) is { Success: true } match && Bytes(match.Groups[2].Value).Length == 32 && Number(match.Groups[1]) is > 0 and <= MostDjangoRounds,
        "pbkdf2-salt" => Bytes(hash).Length == 64,
        "salt" => IsHex(hash, 64),
        "sha512-salt" => IsHex(hash, 128),
        "md5-salt" => IsHex(hash, 32),
        _ => false,
    };

    private static bool IsAffordable(Match match) =>
        Number(match.Groups[1]) is >= 8 and <= 256 * 1024 && Number(match.Groups[2]) is >= 1 and <= 16 && Number(match.Groups[3]) is >= 1 and <= 16;

    private static int Number(Group group) => int.TryParse(group.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;

    private static bool IsHex(string hash, int length) => hash.Length == length && hash.All(char.IsAsciiHexDigitLower);

    private static byte[] Bytes(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var length) ? bytes[..length] : [];
    }

    [GeneratedRegex(@"^\$2[abxy]?\$(0[4-9]|[12][0-9]|3[01])\$[./A-Za-z0-9]{53}\z")]
    private static partial Regex Bcrypt();

    [GeneratedRegex(@"^\$argon2id\$v=19\$m=([0-9]+),t=([0-9]+),p=([0-9]+)\$(?:[A-Za-z0-9+/]{4})*[A-Za-z0-9+/]{0,3}\$(?:[A-Za-z0-9+/]{4})*[A-Za-z0-9+/]{0,3}\z")]
    private static partial Regex Argon();

    [GeneratedRegex(@"^pbkdf2_sha256\$([0-9]+)\$[^$]*\$([A-Za-z0-9+/=]+)\z")]
    private static partial Regex Django();
}
