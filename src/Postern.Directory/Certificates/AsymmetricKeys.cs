using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;
using Postern.Protocol;

namespace Postern.Directory.Certificates;

/// <summary>Keys that clients bring. A shared secret among them would let anyone who knows a public key sign with it (RFC 8725 §2.1).</summary>
public static class AsymmetricKeys
{
    private const int ShortestRsaKey = 2048;
    private const int LongestRsaKey = 8192;

    /// <summary>An RSA, EC or Ed25519 public key that is neither too weak to believe nor too dear to verify with.</summary>
    public static bool IsUsable(JsonWebKey key) => key.Kty switch
    {
        "EC" => SigningAlgorithms.All.Any(a => a.Family == KeyFamily.Ec && a.Curve == key.Crv) && key.X is { Length: > 0 and < 100 } && key.Y is { Length: > 0 and < 100 },
        "RSA" => key.N is { Length: > 0 } n && key.E is { Length: > 0 and < 12 } && Bits(n) is var bits && bits is >= ShortestRsaKey and <= LongestRsaKey,
        Ed25519Keys.Kty => Ed25519Keys.IsUsable(key),
        _ => false,
    };

    /// <summary>Whether the key is made for signatures (RFC 7517 §4.2, §4.3). Without <c>use</c> and <c>key_ops</c> it is made for everything.</summary>
    public static bool IsForSignatures(JsonWebKey key) =>
        key.Use is null or "" or "sig" && (key.KeyOps.Count == 0 || key.KeyOps.Contains("verify"));

    /// <summary>Whether the key may verify signatures of this algorithm: the one that it names (RFC 7517 §4.4), and that of its curve (RFC 7518 §3.4).</summary>
    public static bool Verifies(JsonWebKey key, string algorithm) =>
        IsForSignatures(key) && key.Kty switch
        {
            "EC" => IsNamed(key, algorithm) && SigningAlgorithms.Find(algorithm) is { Family: KeyFamily.Ec } of && of.Curve == key.Crv,
            "RSA" => IsNamed(key, algorithm) && SigningAlgorithms.Find(algorithm) is { Family: KeyFamily.Rsa },
            // One algorithm of two names (RFC 9864 §2.2).
            Ed25519Keys.Kty => Ed25519Keys.Signs(algorithm) && (string.IsNullOrEmpty(key.Alg) || Ed25519Keys.Signs(key.Alg)),
            _ => false,
        };

    /// <summary>
    /// The thumbprint by which a key is known (RFC 7638, RFC 8037 §2). The library computes none of an Ed25519 key.
    /// </summary>
    public static string Thumbprint(JsonWebKey key) => Base64Url.EncodeToString(key.Kty == Ed25519Keys.Kty
        ? SHA256.HashData(Encoding.ASCII.GetBytes($$"""{"crv":"{{key.Crv}}","kty":"{{key.Kty}}","x":"{{key.X}}"}"""))
        : key.ComputeJwkThumbprint());

    private static bool IsNamed(JsonWebKey key, string algorithm) => string.IsNullOrEmpty(key.Alg) || key.Alg == algorithm;

    /// <summary>Zeros before a number make it no longer.</summary>
    private static int Bits(string modulus) =>
        Base64Url.IsValid(modulus) ? Base64Url.DecodeFromChars(modulus).AsSpan().TrimStart((byte)0).Length * 8 : 0;
}
