namespace Postern.Protocol;

/// <summary>What kind of key signs (RFC 7518 §6.1, RFC 8037).</summary>
public enum KeyFamily
{
    Rsa,
    Ec,
    Ed25519,
}

/// <summary>A JWS algorithm (RFC 7518 §3.1) and what Postern uses it for.</summary>
/// <param name="Name">As headers and metadata have it.</param>
/// <param name="Family">The key that it needs.</param>
/// <param name="HashBits">256, 384 or 512.</param>
public sealed record SigningAlgorithm(string Name, KeyFamily Family, int HashBits)
{
    /// <summary>The curve as a JWK names it; empty for RSA.</summary>
    public string Curve { get; init; } = "";

    /// <summary>The size of an EC key; 0 for other families.</summary>
    public int CurveBits { get; init; }

    /// <summary>Whether tokens can be signed with it (<c>tokenSigningMethod</c>, <c>id_token_signed_response_alg</c>).</summary>
    public bool SignsTokens { get; init; }

    /// <summary>Whether a certificate can be of it (<c>cryptoAlgorithm</c>).</summary>
    public bool IsOfCerts { get; init; }

    /// <summary>Whether the installation has a certificate of its own for it.</summary>
    public bool HasInstallationCert { get; init; }

    /// <summary>Whether FAPI 2.0 permits it (§5.4.1).</summary>
    public bool IsOfFapi2 { get; init; }
}

/// <summary>
/// The one table of signing algorithms: metadata, client registration, certificates, assertions and DPoP proofs follow from it. All of them
/// verify what clients sign, except where a profile permits fewer.
/// </summary>
public static class SigningAlgorithms
{
    public static readonly SigningAlgorithm Rs256 = new("RS256", KeyFamily.Rsa, 256) { SignsTokens = true, IsOfCerts = true, HasInstallationCert = true };

    public static readonly SigningAlgorithm Ps256 =
        new("PS256", KeyFamily.Rsa, 256) { SignsTokens = true, IsOfCerts = true, HasInstallationCert = true, IsOfFapi2 = true };

    public static IReadOnlyList<SigningAlgorithm> All { get; } =
    [
        Rs256,
        new("RS384", KeyFamily.Rsa, 384) { IsOfCerts = true },
        // Signed with the installation's key of RS256.
        new("RS512", KeyFamily.Rsa, 512) { SignsTokens = true, IsOfCerts = true },
        Ps256,
        new("PS384", KeyFamily.Rsa, 384),
        new("PS512", KeyFamily.Rsa, 512),
        new("ES256", KeyFamily.Ec, 256)
        {
            Curve = "P-256", CurveBits = 256, SignsTokens = true, IsOfCerts = true, HasInstallationCert = true, IsOfFapi2 = true,
        },
        new("ES384", KeyFamily.Ec, 384) { Curve = "P-384", CurveBits = 384, SignsTokens = true, IsOfCerts = true, HasInstallationCert = true },
        new("ES512", KeyFamily.Ec, 512) { Curve = "P-521", CurveBits = 521, SignsTokens = true, IsOfCerts = true, HasInstallationCert = true },
        new("EdDSA", KeyFamily.Ed25519, 512) { Curve = "Ed25519", IsOfFapi2 = true },
        // The newer name of EdDSA with this curve (RFC 9864 §2.2).
        new("Ed25519", KeyFamily.Ed25519, 512) { Curve = "Ed25519", IsOfFapi2 = true },
    ];

    /// <summary>The names of those that sign tokens.</summary>
    public static IReadOnlyList<string> OfTokens { get; } = Names(a => a.SignsTokens);

    /// <summary>The names of those that certificates can be of.</summary>
    public static IReadOnlyList<string> OfCerts { get; } = Names(a => a.IsOfCerts);

    /// <summary>The names of those that the installation has certificates for.</summary>
    public static IReadOnlyList<string> OfInstallation { get; } = Names(a => a.HasInstallationCert);

    /// <summary>The algorithm of this name, or null where there is none.</summary>
    public static SigningAlgorithm? Find(string name) => All.FirstOrDefault(a => a.Name == name);

    public static IReadOnlyList<string> Names(Func<SigningAlgorithm, bool> choose) => [.. All.Where(choose).Select(a => a.Name)];
}
