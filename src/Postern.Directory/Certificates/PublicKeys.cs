using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.IdentityModel.Tokens;
using Postern.Storage.Bounded;
using Postern.Storage.Tables;

namespace Postern.Directory.Certificates;

/// <summary>The public side of certificates: for verifying, and as JWK (RFC 7517).</summary>
public static class PublicKeys
{
    private const long KnownBytes = 2 * 1024 * 1024;
    private static readonly BoundedCache<Jwk?> Known = new(KnownBytes, jwk => jwk is null ? 0 : 2L * ((jwk.N?.Length ?? 0) + jwk.X5c.Sum(c => c.Length)));

    public static SecurityKey? Of(Cert cert)
    {
        using var certificate = Parse(cert);
        return certificate?.GetRSAPublicKey() is { } rsa ? new RsaSecurityKey(rsa) { KeyId = cert.Name }
            : certificate?.GetECDsaPublicKey() is { } ec ? new ECDsaSecurityKey(ec) { KeyId = cert.Name }
            : null;
    }

    /// <summary>Remembered by the certificate's own text: verification asks often, and reading one takes a millisecond.</summary>
    public static Jwk? JwkOf(Cert cert)
    {
        var key = CacheKey.Of(cert.Name, cert.CryptoAlgorithm, cert.Certificate);
        if (!Known.TryGet(key, out var jwk))
        {
            jwk = Read(cert);
            Known.Set(key, jwk);
        }

        return jwk;
    }

    private static Jwk? Read(Cert cert)
    {
        using var certificate = Parse(cert);
        if (certificate is null)
        {
            return null;
        }

        var x5c = new[] { Convert.ToBase64String(certificate.RawData) };
        if (certificate.GetRSAPublicKey() is { } rsa)
        {
            using (rsa)
            {
                var key = rsa.ExportParameters(false);
                return new Jwk("sig", "RSA", cert.Name, cert.CryptoAlgorithm, x5c)
                {
                    N = Base64UrlEncoder.Encode(key.Modulus),
                    E = Base64UrlEncoder.Encode(key.Exponent),
                };
            }
        }

        if (certificate.GetECDsaPublicKey() is not { } ec)
        {
            return null;
        }

        using (ec)
        {
            var key = ec.ExportParameters(false);
            return new Jwk("sig", "EC", cert.Name, cert.CryptoAlgorithm, x5c)
            {
                Crv = ec.KeySize switch { 256 => "P-256", 384 => "P-384", _ => "P-521" },
                X = Base64UrlEncoder.Encode(key.Q.X),
                Y = Base64UrlEncoder.Encode(key.Q.Y),
            };
        }
    }

    private static X509Certificate2? Parse(Cert cert)
    {
        try
        {
            return cert.Certificate.Length == 0 ? null : X509Certificate2.CreateFromPem(cert.Certificate);
        }
        catch (CryptographicException)
        {
            // What an administrator stored is no certificate: it verifies nothing.
            return null;
        }
    }
}
