using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Postern.Directory.Credentials.Formats;

/// <summary>Formats of PBKDF2 with HMAC-SHA-256 (RFC 8018 §5.2).</summary>
public static partial class Pbkdf2Formats
{
    /// <summary><c>pbkdf2_sha256$ITERATIONS$SALT$BASE64</c>, Django's form.</summary>
    public static readonly PasswordFormat Django = new("pbkdf2-django", ReadDjango);

    /// <summary>Base64 of 64 bytes; the salt is the organization's or the user's, in base64.</summary>
    public static readonly PasswordFormat Salted = new("pbkdf2-salt", ReadSalted);

    private const int SaltedIterations = 27_500;
    private const int SaltedLength = 64;

    public static long MostIterations => (long)(PasswordCost.Budget.Time * PasswordHashes.Iterations);

    /// <summary>Each block of the result is computed from the beginning.</summary>
    /// <param name="iterations">As the hash says.</param>
    /// <param name="length">Of the result, in bytes.</param>
    /// <param name="digest">Of the hash function, in bytes.</param>
    public static PasswordCost CostOf(long iterations, int length, int digest) =>
        new((double)iterations * ((length + digest - 1) / digest) / PasswordHashes.Iterations, 1);

    /// <summary>Whether a salt of <see cref="Salted"/> is in base64, as it must be.</summary>
    public static bool IsSalt(string salt) => TryBytes(salt, out _);

    private static StoredHash? ReadDjango(string hash)
    {
        if (DjangoForm().Match(hash) is not { Success: true } match || Bytes(match.Groups[3].Value) is not { Length: SHA256.HashSizeInBytes } expected)
        {
            return null;
        }

        var iterations = FormatNumber.Read(match.Groups[1].Value);
        var salt = Encoding.UTF8.GetBytes(match.Groups[2].Value);
        return iterations < 1 ? null
            : new(CostOf(iterations, expected.Length, SHA256.HashSizeInBytes), (password, _) =>
                CryptographicOperations.FixedTimeEquals(expected, Compute(password, salt, (int)iterations, expected.Length)));
    }

    private static StoredHash? ReadSalted(string hash) => Bytes(hash) is not { Length: SaltedLength } expected ? null
        : new(CostOf(SaltedIterations, SaltedLength, SHA256.HashSizeInBytes), (password, salts) => salts.Any(salt =>
            TryBytes(salt, out var bytes) && CryptographicOperations.FixedTimeEquals(expected, Compute(password, bytes, SaltedIterations, SaltedLength))));

    private static byte[] Compute(string password, byte[] salt, int iterations, int length) =>
        Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, iterations, HashAlgorithmName.SHA256, length);

    private static byte[] Bytes(string base64) => TryBytes(base64, out var bytes) ? bytes : [];

    private static bool TryBytes(string base64, out byte[] bytes)
    {
        var all = new byte[base64.Length];
        var isOne = Convert.TryFromBase64String(base64, all, out var length);
        bytes = all[..length];
        return isOne;
    }

    [GeneratedRegex(@"^pbkdf2_sha256\$([0-9]+)\$([^$]*)\$([A-Za-z0-9+/=]+)\z")]
    private static partial Regex DjangoForm();
}
