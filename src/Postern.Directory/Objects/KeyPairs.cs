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
    internal static LocalizedText? Generate(JsonObject document, TimeProvider clock)
    {
        var algorithm = document["cryptoAlgorithm"]!.GetValue<string>();
        if (SigningAlgorithms.Find(algorithm) is not { IsOfCerts: true } known)
        {
            return new LocalizedText($"populateContent() error, unsupported crypto algorithm: {algorithm}", $"不支持的 cryptoAlgorithm：{algorithm}");
        }

        ObjectShape.TryInteger(document["bitSize"]!, out var bits);
        ObjectShape.TryInteger(document["expireInYears"]!, out var years);
        if (known.Family == KeyFamily.Rsa && bits is not (2048 or 3072 or 4096))
        {
            return new LocalizedText("bitSize must be 2048, 3072 or 4096", "bitSize 必须是 2048、3072 或 4096");
        }

        if (years is < 1 or > 100)
        {
            return new LocalizedText("expireInYears must be between 1 and 100", "expireInYears 必须在 1 到 100 之间");
        }

        if (document["name"]!.GetValue<string>().Length > 64 || document["owner"]!.GetValue<string>().Length > 64)
        {
            // X.520's upper bound for a common name.
            return new LocalizedText("a generated cert needs a name and an owner of at most 64 characters", "生成证书时，name 和 owner 最多各 64 个字符");
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
    internal static LocalizedText? Refuse(JsonObject document)
    {
        try
        {
            using var pair = X509Certificate2.CreateFromPem(document["certificate"]!.GetValue<string>(), document["privateKey"]!.GetValue<string>());
            return null;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            // The message of the exception could repeat the key.
            return new LocalizedText("certificate and privateKey are not a PEM pair that belongs together", "certificate 与 privateKey 不是互相匹配的 PEM 对");
        }
    }
}
