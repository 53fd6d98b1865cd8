using System.Buffers.Text;
using Microsoft.IdentityModel.Tokens;
using Org.BouncyCastle.Math.EC.Rfc8032;
using Postern.Protocol;

namespace Postern.Directory.Certificates;

/// <summary>Verifies what an Ed25519 key signed (RFC 8037), which the JWT library does not know.</summary>
public sealed class Ed25519Keys : CryptoProviderFactory
{
    public const string Kty = "OKP";
    public const string Curve = "Ed25519";

    private static readonly Ed25519Keys Instance = new();

    /// <summary>A public key of 32 bytes that is a point of the curve.</summary>
    public static bool IsUsable(JsonWebKey key) => key.Kty == Kty && key.Crv == Curve && Bytes(key) is { } bytes && Ed25519.ValidatePublicKeyFull(bytes, 0);

    /// <summary>EdDSA, and its newer name.</summary>
    public static bool Signs(string algorithm) => SigningAlgorithms.Find(algorithm) is { Family: KeyFamily.Ed25519 };

    /// <summary>Lets the JWT library verify with the key.</summary>
    public static void Prepare(JsonWebKey key)
    {
        if (key.Kty == Kty)
        {
            key.CryptoProviderFactory = Instance;
        }
    }

    public override bool IsSupportedAlgorithm(string algorithm, SecurityKey key) => Signs(algorithm) && key is JsonWebKey { Kty: Kty };

    public override SignatureProvider CreateForVerifying(SecurityKey key, string algorithm) => new Verifier((JsonWebKey)key, algorithm);

    public override SignatureProvider CreateForVerifying(SecurityKey key, string algorithm, bool cacheProvider) => new Verifier((JsonWebKey)key, algorithm);

    public override void ReleaseSignatureProvider(SignatureProvider signatureProvider) => signatureProvider.Dispose();

    private static byte[]? Bytes(JsonWebKey key) =>
        key.X is { Length: 43 } text && Base64Url.IsValid(text) && Base64Url.DecodeFromChars(text) is var bytes && bytes.Length == Ed25519.PublicKeySize ? bytes : null;

    private sealed class Verifier(JsonWebKey key, string algorithm) : SignatureProvider(key, algorithm)
    {
        private readonly byte[] publicKey = Bytes(key) ?? throw new SecurityTokenInvalidSigningKeyException("The key is no Ed25519 key.");

        public override bool Verify(byte[] input, byte[] signature) =>
            signature.Length == Ed25519.SignatureSize && Ed25519.Verify(signature, 0, publicKey, 0, input, 0, input.Length);

        public override bool Verify(byte[] input, int inputOffset, int inputLength, byte[] signature, int signatureOffset, int signatureLength) =>
            signatureLength == Ed25519.SignatureSize && Ed25519.Verify(signature, signatureOffset, publicKey, 0, input, inputOffset, inputLength);

        public override byte[] Sign(byte[] input) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
        }
    }
}
