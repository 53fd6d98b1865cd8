using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Postern.Storage.Keys;

namespace Postern.AuthorizationServer.OAuth.Dpop;

/// <summary>
/// Nonces that every node can create and verify without storing any (RFC 9449 §8): the time and its seal. A nonce is valid for five
/// minutes; a proof is valid once.
/// </summary>
public sealed class DpopNonces(InstallationKey installation, TimeProvider clock)
{
    private const int SealLength = 16;
    private static readonly TimeSpan Good = TimeSpan.FromMinutes(5);
    private readonly byte[] key = installation.For("dpop-nonce");

    public string Make() => Of(clock.GetUtcNow().ToUnixTimeSeconds());

    public bool IsGood(string nonce)
    {
        var bytes = new byte[sizeof(long) + SealLength];
        if (nonce.Length != Base64Url.GetEncodedLength(bytes.Length) || !Base64Url.TryDecodeFromChars(nonce, bytes, out var length) || length != bytes.Length)
        {
            return false;
        }

        var time = BinaryPrimitives.ReadInt64BigEndian(bytes);
        // The clock of the node that made it may be ahead of ours.
        var age = Math.Abs((double)clock.GetUtcNow().ToUnixTimeSeconds() - time);
        return CryptographicOperations.FixedTimeEquals(bytes.AsSpan(sizeof(long)), Seal(bytes.AsSpan(0, sizeof(long)))) && age <= Good.TotalSeconds;
    }

    private string Of(long time)
    {
        var bytes = new byte[sizeof(long) + SealLength];
        BinaryPrimitives.WriteInt64BigEndian(bytes, time);
        Seal(bytes.AsSpan(0, sizeof(long))).CopyTo(bytes.AsSpan(sizeof(long)));
        return Base64Url.EncodeToString(bytes);
    }

    private ReadOnlySpan<byte> Seal(ReadOnlySpan<byte> time) => HMACSHA256.HashData(key, time).AsSpan(0, SealLength);
}
