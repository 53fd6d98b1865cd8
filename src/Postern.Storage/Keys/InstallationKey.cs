using System.Security.Cryptography;
using System.Text;

namespace Postern.Storage.Keys;

/// <summary>
/// 32 random bytes of the installation, the same on every node and not changed by <c>keys rewrap</c>: for what must be
/// computable again although nothing of it is stored.
/// </summary>
public sealed class InstallationKey(byte[] key)
{
    /// <summary>Successors of refresh tokens are made with the key itself (docs/design/tokens-and-refresh.md).</summary>
    public byte[] Key => key;

    /// <summary>A key of one purpose, which says nothing of the others' keys (RFC 5869).</summary>
    public byte[] For(string purpose) => HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 32, info: Encoding.UTF8.GetBytes(purpose));
}
