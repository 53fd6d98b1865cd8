using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Postern.Directory.Objects;

namespace Postern.Import.Casdoor;

/// <summary>How strong the RSA key of a cert is that comes from elsewhere (NIST SP 800-131A: 2048 bits and more).</summary>
internal static class SourceKeys
{
    public const int Strong = 2048;

    /// <summary>A shorter one was factored in public (RSA-250 has 829 bits): everyone could sign with it.</summary>
    public const int Shortest = 1024;

    public static string TooShort(int bits) => $"its RSA key has {bits} bits, and anyone can compute the private key of one under {Shortest}";

    /// <summary>Null where it has no RSA key that can be read.</summary>
    public static int? RsaBits(JsonObject cert)
    {
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(ObjectTarget.Text(cert, "certificate"));
            using var rsa = certificate.GetRSAPublicKey();
            return rsa?.KeySize;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            // The kind's own rules judge it.
            return null;
        }
    }
}
