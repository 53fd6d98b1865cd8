using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Postern.Directory.Certificates;

/// <summary>
/// An RSA key under 2048 bits, which an import took because clients have its certificate in their configuration. The library signs
/// with none; it must until its successor does (docs/casdoor-migration.md). Everyone is told of it in the report of the import.
/// </summary>
internal sealed class ShortRsaKey : CryptoProviderFactory
{
    private const int Usual = 2048;
    private const int Shortest = 1024;

    /// <summary>Null where anyone could compute the key: it signs nothing.</summary>
    public static RsaSecurityKey? Of(RSA rsa) => rsa.KeySize switch
    {
        < Shortest => null,
        < Usual => new RsaSecurityKey(rsa) { CryptoProviderFactory = new ShortRsaKey() },
        _ => new RsaSecurityKey(rsa),
    };

    public override SignatureProvider CreateForSigning(SecurityKey key, string algorithm) => new Signer(key, algorithm);

    public override SignatureProvider CreateForSigning(SecurityKey key, string algorithm, bool cacheProvider) => new Signer(key, algorithm);

    private sealed class Signer(SecurityKey key, string algorithm) : AsymmetricSignatureProvider(key, algorithm, willCreateSignatures: true)
    {
        public override void ValidateAsymmetricSecurityKeySize(SecurityKey key, string algorithm, bool willCreateSignatures)
        {
            // Judged when the key was taken.
        }
    }
}
