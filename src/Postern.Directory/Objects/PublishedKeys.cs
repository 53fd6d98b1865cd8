using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Postern.Protocol;

namespace Postern.Directory.Objects;

/// <summary>Key pairs that stand in a public repository: anyone who has read it can sign tokens with them.</summary>
internal static class PublishedKeys
{
    // SHA-256 of the SubjectPublicKeyInfo of casdoor/casdoor's object/token_jwt_key.pem, as of 2021-10 and of 2026-02.
    private static readonly HashSet<string> Fingerprints = new(StringComparer.Ordinal)
    {
        "e9750c7433124b38d6d3c7aee87a65b64e80c3b6ec2cade26a9a9fadad061b4a",
        "a9fa0d881b4b8737788c8f73e9ac964c57638465aa9c5d53fe0ec757fc19a72f",
    };

    public static readonly LocalizedText Refusal = new(
        "its key is published in Casdoor's repository, so anyone can sign tokens with it; leave certificate and privateKey empty, and a new pair is made",
        "其密钥已在 Casdoor 的代码仓库中公开，任何人都能用它签名令牌；请将 certificate 和 privateKey 留空，由系统生成新的密钥对");

    /// <summary>Whether the cert's key is one of them, whichever certificate stands around it.</summary>
    public static bool Hold(JsonObject cert) =>
        IsOne(cert["privateKey"], OfPrivateKey) || IsOne(cert["certificate"], OfCertificate);

    private static bool IsOne(JsonNode? pem, Func<string, byte[]> read)
    {
        if (pem is not JsonValue value || !value.TryGetValue<string>(out var text) || text.Length == 0)
        {
            return false;
        }

        try
        {
            return Fingerprints.Contains(Convert.ToHexStringLower(SHA256.HashData(read(text))));
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            // No RSA key at all: the object's own rules judge it.
            return false;
        }
    }

    private static byte[] OfPrivateKey(string pem)
    {
        using var rsa = RSA.Create();
        rsa.ImportFromPem(pem);
        return rsa.ExportSubjectPublicKeyInfo();
    }

    private static byte[] OfCertificate(string pem)
    {
        using var certificate = X509Certificate2.CreateFromPem(pem);
        return certificate.PublicKey.ExportSubjectPublicKeyInfo();
    }
}
