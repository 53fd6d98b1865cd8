using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Dapper;
using Postern.Protocol;

namespace Postern.Directory.Certificates;

/// <summary>A key pair of our own with its self-signed certificate; both in PEM.</summary>
public sealed record NewCert(string Id, string Owner, string Name, string Algorithm, int BitSize, string Certificate, string PrivateKey, long CreatedTime)
{
    public const int Years = 20;
    public const int RsaBits = 2048;

    public static NewCert Create(string name, string owner, SigningAlgorithm algorithm, TimeProvider clock, int rsaBits = RsaBits, int years = Years)
    {
        var now = clock.GetUtcNow();
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(name);
        subject.AddOrganizationName(owner);
        var hash = new HashAlgorithmName("SHA" + algorithm.HashBits.ToString(CultureInfo.InvariantCulture));
        if (algorithm.Family == KeyFamily.Ec)
        {
            using var ec = ECDsa.Create(ECCurve.CreateFromFriendlyName("nistP" + algorithm.CurveBits.ToString(CultureInfo.InvariantCulture)));
            return Of(new CertificateRequest(subject.Build(), ec, hash), ec.KeySize, ec.ExportPkcs8PrivateKeyPem());
        }

        using var rsa = RSA.Create(rsaBits);
        return Of(new CertificateRequest(subject.Build(), rsa, hash, RSASignaturePadding.Pkcs1), rsaBits, rsa.ExportPkcs8PrivateKeyPem());

        NewCert Of(CertificateRequest request, int bits, string privateKey)
        {
            using var certificate = request.CreateSelfSigned(now.AddMinutes(-5), now.AddYears(years));
            return new NewCert(
                Guid.CreateVersion7(now).ToString(), owner, name, algorithm.Name, bits, certificate.ExportCertificatePem() + "\n", privateKey + "\n", now.ToUnixTimeMilliseconds());
        }
    }

    /// <summary>False where the name is taken. <paramref name="privateKey"/> is the ciphertext for this row.</summary>
    public static async Task<bool> AddAsync(DbConnection connection, NewCert cert, string privateKey, DbTransaction transaction) =>
        await connection.ExecuteAsync(
            """
            insert into certs (id, owner, name, created_time, display_name, scope, type, crypto_algorithm, bit_size, expire_in_years,
              certificate, private_key, access_secret, body)
            values (@Id, @Owner, @Name, @CreatedTime, @Name, 'JWT', 'x509', @Algorithm, @BitSize, @Years, @Certificate, @privateKey, '', '{}')
            on conflict do nothing
            """,
            new
            {
                cert.Id,
                cert.Owner,
                cert.Name,
                cert.CreatedTime,
                cert.Algorithm,
                cert.BitSize,
                Years,
                cert.Certificate,
                privateKey,
            }, transaction) == 1;
}
