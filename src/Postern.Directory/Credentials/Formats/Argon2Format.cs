using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;

namespace Postern.Directory.Credentials.Formats;

/// <summary>
/// <c>$argon2id$v=19$m=KIB,t=PASSES,p=LANES$SALT$HASH</c>, in base64 without padding (RFC 9106). One thread computes all lanes:
/// a hash never takes more than the one place that it has.
/// </summary>
internal static partial class Argon2Format
{
    public static readonly PasswordFormat Format = new("argon2id", Read);

    private const int MostLanes = 255;

    /// <summary>KiB that are filled in the time of our own hash.</summary>
    private const double Speed = 64 * 1024;

    /// <summary>A pass over less than this takes no less time, in KiB.</summary>
    private const double SmallestPass = 1024;

    private static StoredHash? Read(string hash)
    {
        if (Form().Match(hash) is not { Success: true } match)
        {
            return null;
        }

        var (memory, passes, lanes) = (Number(1), Number(2), Number(3));
        var (salt, expected) = (Bytes(match.Groups[4].Value), Bytes(match.Groups[5].Value));
        if (lanes is < 1 or > MostLanes || memory < 8 * lanes || passes < 1 || salt.Length is < 8 or > 128 || expected.Length is < 8 or > 512)
        {
            return null;
        }

        var cost = new PasswordCost(passes * Math.Max(memory, SmallestPass) / Speed, memory);
        return new(cost, (password, _) => CryptographicOperations.FixedTimeEquals(expected, Compute(password, salt, (int)memory, (int)passes, (int)lanes, expected.Length)));

        long Number(int group) => FormatNumber.Read(match.Groups[group].Value);
    }

    private static byte[] Compute(string password, byte[] salt, int memory, int passes, int lanes, int length)
    {
        var generator = new Argon2BytesGenerator();
        generator.Init(new Argon2Parameters.Builder(Argon2Parameters.Argon2id)
            .WithVersion(Argon2Parameters.Version13).WithSalt(salt).WithMemoryAsKB(memory).WithIterations(passes).WithParallelism(lanes).Build());
        var computed = new byte[length];
        generator.GenerateBytes(Encoding.UTF8.GetBytes(password), computed);
        return computed;
    }

    /// <summary>None where a last character stands alone: that is no base64.</summary>
    private static byte[] Bytes(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64.PadRight((base64.Length + 3) / 4 * 4, '='), bytes, out var length) ? bytes[..length] : [];
    }

    [GeneratedRegex(@"^\$argon2id\$v=19\$m=([0-9]+),t=([0-9]+),p=([0-9]+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)\z")]
    private static partial Regex Form();
}
