using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Postern.Storage.Bounded;

/// <summary>Half of the SHA-256 of a key's parts: a name of 4 MB takes the same memory as one of 4 letters, and collisions cannot be found.</summary>
public static class CacheKey
{
    public static UInt128 Of(params ReadOnlySpan<string> parts) => Of(0, parts);

    /// <param name="seed">Makes keys that only this process knows.</param>
    /// <param name="parts">Told apart by their lengths: "ab", "c" is not "a", "bc".</param>
    public static UInt128 Of(ulong seed, params ReadOnlySpan<string> parts)
    {
        var length = sizeof(ulong);
        foreach (var part in parts)
        {
            length += sizeof(int) + (part.Length * sizeof(char));
        }

        var rented = ArrayPool<byte>.Shared.Rent(length);
        var bytes = rented.AsSpan(0, length);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, seed);
        var at = sizeof(ulong);
        foreach (var part in parts)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes[at..], part.Length);
            at += sizeof(int);
            MemoryMarshal.AsBytes(part.AsSpan()).CopyTo(bytes[at..]);
            at += part.Length * sizeof(char);
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        // A key may be a secret.
        bytes.Clear();
        ArrayPool<byte>.Shared.Return(rented);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }
}
