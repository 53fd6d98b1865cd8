using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;
using Postern.Protocol;
using Postern.Storage.Bounded;
using Postern.Storage.Databases;
using Postern.Storage.Secrets;
using Postern.Storage.Tables;

namespace Postern.Directory.Certificates;

/// <summary>
/// Which key signs for an application: its own certificate where that fits the algorithm and is the installation's or its
/// organization's, else the installation's certificate of that algorithm, made when it is first needed.
/// </summary>
public sealed class SigningKeys(Database database, SecretStore secrets, CacheBudget budget, TimeProvider clock)
{
    // A key that has signed is never replaced under its name, so a short memory can only be late about one that is new or gone.
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(10);
    // A private key with its working state.
    private const long KeyBytes = 8 * 1024;
    private readonly BoundedCache<(SigningCredentials Key, long Until)> remembered = budget.Share<(SigningCredentials, long)>(4);
    private readonly BoundedCache<SigningCredentials> loaded = budget.Share<SigningCredentials>(8, _ => KeyBytes);

    public async ValueTask<SigningCredentials> ForAsync(Application application, CancellationToken cancel)
    {
        var algorithm = application.Profile.SigningAlgorithm(application.TokenSigningMethod);
        var key = CacheKey.Of(application.Cert, application.VouchedBy, algorithm.Name);
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (remembered.TryGet(key, out var known) && now < known.Until)
        {
            return known.Key;
        }

        var found = await FindAsync(application, algorithm, cancel);
        remembered.Set(key, (found, now + (long)Remembered.TotalMilliseconds));
        return found;
    }

    private async Task<SigningCredentials> FindAsync(Application application, SigningAlgorithm algorithm, CancellationToken cancel)
    {
        var own = application.Cert.Length == 0 || InstallationCerts.Are(application.Cert) ? null
            : await database.ReadAsync(connection => Certs.FindAsync(connection, application.Cert), cancel);
        if (own is not null && own.IsFor(application.VouchedBy) && Load(own, algorithm) is { } fits)
        {
            return fits;
        }

        var name = InstallationCerts.NameOf(algorithm);
        var cert = await database.ReadAsync(connection => InstallationCerts.CurrentAsync(connection, name, clock.GetUtcNow()), cancel) ?? await MakeAsync(name, algorithm, cancel);
        return Load(cert, algorithm) ?? throw new InvalidOperationException($"The certificate {cert.Name} has no key for {algorithm.Name}.");
    }

    private async Task<Cert> MakeAsync(string name, SigningAlgorithm algorithm, CancellationToken cancel)
    {
        var made = NewCert.Create(name, "admin", algorithm, clock);
        var privateKey = secrets.Protect(SecretColumn.CertPrivateKey, made.Id, made.PrivateKey);
        await database.WriteAsync(async (connection, transaction) =>
            Written.Commit(await NewCert.AddAsync(connection, made, privateKey, transaction)));
        // Another node may have been first: its key is the one.
        return await database.ReadAsync(connection => Certs.FindAsync(connection, name), cancel)
            ?? throw new InvalidOperationException($"The certificate {name} is gone.");
    }

    /// <summary>Null where the key is not of the algorithm's family (an EC key for RS256, another curve).</summary>
    private SigningCredentials? Load(Cert cert, SigningAlgorithm algorithm)
    {
        var name = CacheKey.Of(cert.Name, algorithm.Name, cert.Certificate);
        if (loaded.TryGet(name, out var known))
        {
            return known;
        }

        // The key set names one algorithm for the key, and verifiers hold it to that (RFC 8725 §3.1).
        if (algorithm == SigningAlgorithms.Ps256 && cert.CryptoAlgorithm != algorithm.Name)
        {
            return null;
        }

        var key = PrivateKey(secrets.Read(SecretColumn.CertPrivateKey, cert.Id, cert.PrivateKey), algorithm);
        if (key is null)
        {
            return null;
        }

        key.KeyId = cert.Name;
        var credentials = new SigningCredentials(key, algorithm.Name);
        loaded.Set(name, credentials);
        return credentials;
    }

    private static AsymmetricSecurityKey? PrivateKey(string pem, SigningAlgorithm algorithm)
    {
        if (pem.Length == 0)
        {
            return null;
        }

        try
        {
            if (algorithm.Family == KeyFamily.Rsa)
            {
                var rsa = RSA.Create();
                rsa.ImportFromPem(pem);
                return ShortRsaKey.Of(rsa);
            }

            var ec = ECDsa.Create();
            ec.ImportFromPem(pem);
            return ec.KeySize == algorithm.CurveBits ? new ECDsaSecurityKey(ec) : null;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            return null;
        }
    }
}
