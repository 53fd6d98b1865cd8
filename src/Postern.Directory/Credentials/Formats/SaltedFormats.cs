using System.Security.Cryptography;
using System.Text;

namespace Postern.Directory.Credentials.Formats;

/// <summary>hex(hash(hex(hash(password)) + salt)), and without a salt hex(hash(password)). The salt is the organization's or the user's.</summary>
internal static class SaltedFormats
{
    public static readonly PasswordFormat Sha256 = Of("salt", SHA256.HashData, SHA256.HashSizeInBytes);

    public static readonly PasswordFormat Sha512 = Of("sha512-salt", SHA512.HashData, SHA512.HashSizeInBytes);

#pragma warning disable CA5351 // MD5 is what an imported row was hashed with; it is replaced at the first success.
    public static readonly PasswordFormat Md5 = Of("md5-salt", MD5.HashData, MD5.HashSizeInBytes);
#pragma warning restore CA5351

    /// <summary>A row that keeps its password in clear text; none is written so.</summary>
    public static readonly PasswordFormat Plain = new("plain", hash => new(PasswordCost.Trifle, (password, _) => StoredHash.Equal(hash, password)));

    private static PasswordFormat Of(string type, Func<byte[], byte[]> digest, int length) => new(type, hash => hash.Length == 2 * length && hash.All(char.IsAsciiHexDigitLower)
        ? new(PasswordCost.Trifle, (password, salts) => salts.Any(salt => StoredHash.Equal(hash, Twice(digest, password, salt))))
        : null);

    private static string Twice(Func<byte[], byte[]> digest, string password, string salt)
    {
        var once = Hex(digest, password);
        return salt.Length == 0 ? once : Hex(digest, once + salt);
    }

    private static string Hex(Func<byte[], byte[]> digest, string text) => Convert.ToHexStringLower(digest(Encoding.UTF8.GetBytes(text)));
}
