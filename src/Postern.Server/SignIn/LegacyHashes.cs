using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Konscious.Security.Cryptography;

namespace Postern.Server.SignIn;

/// <summary>
/// Casdoor's kinds of password hash (contract 5.3), for users who come from there. They are only verified: the first right
/// password is hashed anew by <see cref="PasswordHashes"/>.
/// </summary>
internal static class LegacyHashes
{
    private const int Pbkdf2Rounds = 27_500;
    private const int Pbkdf2Length = 64;
    private const int MostDjangoRounds = 2_000_000;

    // What an imported row may make one comparison cost: more is an attack on us by whoever wrote the row.
    private const int MostBcryptDoublings = 16;
    private const int MostArgonMemory = 256 * 1024;
    private const int MostArgonRounds = 16;
    private const int ShortestArgonHash = 8;
    private const int LongestArgonHash = 512;

    /// <summary>Whether a comparison with this kind takes about as long as one with ours does.</summary>
    public static bool IsSlow(string type) => type is "bcrypt" or "argon2id" or "pbkdf2-django";

    /// <param name="type">Casdoor's <c>passwordType</c>.</param>
    /// <param name="hash">As stored.</param>
    /// <param name="salts">The organization's and the user's: either may be the one.</param>
    /// <param name="password">What was typed.</param>
    public static bool Verify(string type, string hash, IEnumerable<string> salts, string password)
    {
        try
        {
            return type switch
            {
                "plain" => Equal(hash, password),
                "bcrypt" => VerifyBcrypt(hash, password),
                "argon2id" => VerifyArgon(hash, password),
                "pbkdf2-django" => VerifyDjango(hash, password),
                "pbkdf2-salt" => salts.Any(salt => Pbkdf2(password, salt) is { } computed && Equal(hash, computed)),
                "salt" => salts.Any(salt => Equal(hash, Twice(SHA256.HashData, password, salt))),
                "sha512-salt" => salts.Any(salt => Equal(hash, Twice(SHA512.HashData, password, salt))),
#pragma warning disable CA5351 // MD5 is what an imported row was hashed with; it is replaced at the first success.
                "md5-salt" => salts.Any(salt => Equal(hash, Twice(MD5.HashData, password, salt))),
#pragma warning restore CA5351
                _ => false,
            };
        }
        catch (Exception e) when (e is BCrypt.Net.SaltParseException or FormatException or ArgumentException or CryptographicException or AggregateException)
        {
            // Not a hash of its kind: it opens nothing.
            return false;
        }
    }

    /// <summary>hex(hash(hex(hash(password)) + salt)), and without a salt hex(hash(password)).</summary>
    private static string Twice(Func<byte[], byte[]> hash, string password, string salt)
    {
        var once = Convert.ToHexStringLower(hash(Encoding.UTF8.GetBytes(password)));
        return salt.Length == 0 ? once : Convert.ToHexStringLower(hash(Encoding.UTF8.GetBytes(once + salt)));
    }

    /// <summary>Null where the salt is no base64: then it is not the one, and another may be.</summary>
    private static string? Pbkdf2(string password, string salt)
    {
        var bytes = new byte[salt.Length];
        return Convert.TryFromBase64String(salt, bytes, out var length)
            ? Convert.ToBase64String(Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), bytes.AsSpan(0, length), Pbkdf2Rounds, HashAlgorithmName.SHA256, Pbkdf2Length))
            : null;
    }

    /// <summary><c>$2b$COST$…</c>: each step of the cost doubles the time.</summary>
    private static bool VerifyBcrypt(string hash, string password) =>
        hash.Split('$') is ["", _, var cost, _] && int.TryParse(cost, NumberStyles.None, CultureInfo.InvariantCulture, out var doublings)
        && doublings <= MostBcryptDoublings && BCrypt.Net.BCrypt.Verify(password, hash);

    /// <summary><c>pbkdf2_sha256$ROUNDS$SALT$BASE64</c>, Django's own form.</summary>
    private static bool VerifyDjango(string hash, string password)
    {
        var parts = hash.Split('$');
        return parts is ["pbkdf2_sha256", var rounds, var salt, var expected] && int.TryParse(rounds, out var count) && count is > 0 and <= MostDjangoRounds
            && Equal(expected, Convert.ToBase64String(Rfc2898DeriveBytes.Pbkdf2(
                Encoding.UTF8.GetBytes(password), Encoding.UTF8.GetBytes(salt), count, HashAlgorithmName.SHA256, 32)));
    }

    /// <summary><c>$argon2id$v=19$m=KIB,t=ROUNDS,p=LANES$SALT$HASH</c>, in base64 without padding (RFC 9106, PHC's form).</summary>
    private static bool VerifyArgon(string hash, string password)
    {
        var parts = hash.Split('$');
        if (parts is not ["", "argon2id", "v=19", var settings, var salt, var expected])
        {
            return false;
        }

        var numbers = settings.Split(',').Select(s => s.Split('=')).Where(s => s.Length == 2).ToDictionary(s => s[0], s => s[1]);
        int Number(string name) => int.TryParse(numbers.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        var (memory, rounds, lanes) = (Number("m"), Number("t"), Number("p"));
        if (memory is < 8 or > MostArgonMemory || rounds is < 1 or > MostArgonRounds || lanes is < 1 or > 16)
        {
            return false;
        }

        var wanted = Unpadded(expected);
        if (wanted.Length is < ShortestArgonHash or > LongestArgonHash)
        {
            return false;
        }

        using var argon = new Argon2id(Encoding.UTF8.GetBytes(password)) { Salt = Unpadded(salt), MemorySize = memory, Iterations = rounds, DegreeOfParallelism = lanes };
        return CryptographicOperations.FixedTimeEquals(wanted, argon.GetBytes(wanted.Length));
    }

    private static byte[] Unpadded(string base64) => Convert.FromBase64String(base64.PadRight((base64.Length + 3) / 4 * 4, '='));

    private static bool Equal(string stored, string computed) =>
        stored.Length > 0 && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(stored), Encoding.UTF8.GetBytes(computed));
}
