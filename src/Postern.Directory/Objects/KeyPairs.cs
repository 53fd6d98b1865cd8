using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Postern.Directory.Certificates;
using Postern.Protocol;

namespace Postern.Directory.Objects;

/// <summary>The key pair of a new cert: made where none is given, judged where one is (<c>add-cert</c>).</summary>
internal static class KeyPairs
{
    /// <summary>Writes a fresh pair into the document, or says why not.</summary>
    internal static string? Generate(JsonObject document, TimeProvider clock)
    {
        var algorithm = document["cryptoAlgorithm"]!.GetValue<string>();
        if (SigningAlgorithms.Find(algorithm) is not { IsOfCerts: true } known)
        {
            return "populateContent() error, unsupported crypto algorithm: " + algorithm;
        }

        ObjectShape.TryInteger(document["bitSize"]!, out var bits);
        ObjectShape.TryInteger(document["expireInYears"]!, out var years);
        if (known.Family == KeyFamily.Rsa && bits is not (2048 or 3072 or 4096))
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

        var made = NewCert.Create(document["name"]!.GetValue<string>(), document["owner"]!.GetValue<string>(), known, clock, (int)bits, (int)years);
        document["bitSize"] = made.BitSize;
        document["certificate"] = made.Certificate;
        document["privateKey"] = made.PrivateKey;
        return null;
    }

    /// <summary>Whether the document's key can sign with this algorithm, whatever stands beside it.</summary>
    internal static bool Fit(JsonObject document, SigningAlgorithm algorithm)
    {
        using var certificate = X509Certificate2.CreateFromPem(document["certificate"]!.GetValue<string>());
        if (algorithm.Family == KeyFamily.Rsa)
        {
            using var rsa = certificate.GetRSAPublicKey();
            return rsa is not null;
        }

        using var ec = certificate.GetECDsaPublicKey();
        return ec?.KeySize == algorithm.CurveBits;
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
}
