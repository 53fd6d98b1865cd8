using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;

namespace Postern.Server.Casdoor.Objects;

/// <summary>Signing keys with their self-signed certificates, as <c>add-cert</c> makes them where none is given.</summary>
public static class KeyPairs
{
    private static readonly Dictionary<string, (HashAlgorithmName Hash, ECCurve? Curve)> Algorithms = new(StringComparer.Ordinal)
    {
        ["RS256"] = (HashAlgorithmName.SHA256, null),
        ["RS384"] = (HashAlgorithmName.SHA384, null),
        ["RS512"] = (HashAlgorithmName.SHA512, null),
        ["ES256"] = (HashAlgorithmName.SHA256, ECCurve.NamedCurves.nistP256),
        ["ES384"] = (HashAlgorithmName.SHA384, ECCurve.NamedCurves.nistP384),
        ["ES512"] = (HashAlgorithmName.SHA512, ECCurve.NamedCurves.nistP521),
    };

    /// <summary>A fresh pair in PEM: certificate and PKCS #8 key.</summary>
    public static (string Certificate, string PrivateKey) Create(string algorithm, int bits, string name, string owner, int years, TimeProvider clock)
    {
        var (hash, curve) = Algorithms[algorithm];
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(name);
        subject.AddOrganizationName(owner);
        var from = clock.GetUtcNow();
        if (curve is { } named)
        {
            using var key = ECDsa.Create(named);
            return Sign(new CertificateRequest(subject.Build(), key, hash), key, from, years);
        }

        using var rsa = RSA.Create(bits);
        return Sign(new CertificateRequest(subject.Build(), rsa, hash, RSASignaturePadding.Pkcs1), rsa, from, years);
    }

    internal static long DefaultBits(string algorithm) => algorithm switch
    {
        "ES256" => 256,
        "ES384" => 384,
        "ES512" => 521,
        _ => 2048,
    };

    /// <summary>Writes a fresh pair into the document, or says why not.</summary>
    internal static string? Generate(JsonObject document, TimeProvider clock)
    {
        var algorithm = document["cryptoAlgorithm"]!.GetValue<string>();
        if (!Algorithms.TryGetValue(algorithm, out var known))
        {
            return "populateContent() error, unsupported crypto algorithm: " + algorithm;
        }

        ObjectShape.TryInteger(document["bitSize"]!, out var bits);
        ObjectShape.TryInteger(document["expireInYears"]!, out var years);
        if (known.Curve is null && bits is not (2048 or 3072 or 4096))
        {
            return "bitSize must be 2048, 3072 or 4096";
        }

        if (years is < 1 or > 100)
        {
            return "expireInYears must be between 1 and 100";
        }

        if (document["name"]!.GetValue<string>().Length > 64 || document["owner"]!.GetValue<string>().Length > 64)
        {
            // X.520's upper bound for a common name.
            return "a generated cert needs a name and an owner of at most 64 characters";
        }

        (var certificate, var key) = Create(
            algorithm, (int)bits, document["name"]!.GetValue<string>(), document["owner"]!.GetValue<string>(), (int)years, clock);
        document["certificate"] = certificate;
        document["privateKey"] = key;
        return null;
    }

    /// <summary>Why a given pair cannot be taken, or null.</summary>
    internal static string? Refuse(JsonObject document)
    {
        try
        {
            using var pair = X509Certificate2.CreateFromPem(document["certificate"]!.GetValue<string>(), document["privateKey"]!.GetValue<string>());
            return null;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            // The message of the exception could repeat the key.
            return "certificate and privateKey are not a PEM pair that belongs together";
        }
    }

    private static (string Certificate, string PrivateKey) Sign(CertificateRequest request, AsymmetricAlgorithm key, DateTimeOffset from, int years)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        using var certificate = request.CreateSelfSigned(from, from.AddYears(years));
        return (certificate.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
    }
}
