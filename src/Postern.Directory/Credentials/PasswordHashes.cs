using System.Buffers.Binary;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Postern.Directory.Credentials.Formats;

namespace Postern.Directory.Credentials;

/// <summary>Our own format of password hashes: ASP.NET Core Identity's, which carries its salt and cost in the text.</summary>
public static class PasswordHashes
{
    /// <summary>The <c>passwordType</c> of a user whose password we hashed.</summary>
    public const string Type = "postern";

    /// <summary>Of PBKDF2 with HMAC-SHA-512: the time of one of our hashes is the unit that costs are measured in.</summary>
    internal const int Iterations = 100_000;

    internal static readonly PasswordFormat Format = new(Type, Read);

    private const int OldFormat = 0;
    private const int NewFormat = 1;
    private const int OldSalt = 16;
    private const int OldKey = 32;
    private const int OldIterations = 1000;
    private const int NewHeader = 13;

    private static readonly PasswordHasher<object> Hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = Iterations }));
    private static readonly object User = new();

    public static string Hash(string password) => Hasher.HashPassword(User, password);

    public static bool Verify(string hash, string password) => PasswordFormats.Read(Type, hash)?.IsOf(password, []) ?? false;

    /// <summary>A first byte that names the version; in the new one then, each in four bytes, function, iterations and length of the salt; salt; key.</summary>
    private static StoredHash? Read(string hash)
    {
        var bytes = new byte[hash.Length];
        if (!Convert.TryFromBase64String(hash, bytes, out var length))
        {
            return null;
        }

        var cost = bytes.AsSpan(0, length) switch
        {
            [OldFormat, ..] when length == 1 + OldSalt + OldKey => Pbkdf2Formats.CostOf(OldIterations, OldKey, digest: 20),
            [NewFormat, ..] when length > NewHeader => NewCost(bytes.AsSpan(0, length)),
            _ => null,
        };
        return cost is not { } known ? null : new(known, (password, _) => Hasher.VerifyHashedPassword(User, hash, password) != PasswordVerificationResult.Failed);
    }

    private static PasswordCost? NewCost(ReadOnlySpan<byte> bytes)
    {
        var digest = Number(bytes, 1) switch { 0 => 20, 1 => 32, 2 => 64, _ => 0 };
        var (iterations, salt) = (Number(bytes, 5), Number(bytes, 9));
        var key = bytes.Length - NewHeader - salt;
        return digest == 0 || iterations == 0 || key <= 0 ? null : Pbkdf2Formats.CostOf(iterations, (int)key, digest);
    }

    private static long Number(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);
}
