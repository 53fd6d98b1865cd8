using Postern.Directory.Certificates;
using Postern.Protocol;
using Postern.Server.Configuration;
using Postern.Storage.Databases;
using Postern.Storage.Secrets;

namespace Postern.Server.Commands;

/// <summary><c>postern keys rotate</c>: a new signing key beside each that the installation has. Nodes may run meanwhile.</summary>
internal static class RotateKeys
{
    public static async Task<int> RunAsync(PosternOptions options, TimeProvider clock, TextWriter output)
    {
        await using var database = new Database(options);
        var made = new List<string>();
        await Installation.ChangeAsync(options, database, clock, async (ring, connection, transaction) =>
        {
            var secrets = new SecretStore(ring.Provider);
            foreach (var algorithm in SigningAlgorithms.All.Where(a => a.HasInstallationCert))
            {
                var name = InstallationCerts.NameOf(algorithm);
                var present = await InstallationCerts.OfNameAsync(connection, name);
                if (present.Count == 0)
                {
                    continue;
                }

                for (var number = present.Count + 1; ; number++)
                {
                    var cert = NewCert.Create($"{name}-{number}", "admin", algorithm, clock);
                    if (await NewCert.AddAsync(connection, cert, secrets.Protect(SecretColumn.CertPrivateKey, cert.Id, cert.PrivateKey), transaction))
                    {
                        made.Add(cert.Name);
                        break;
                    }
                }
            }
        });
        output.WriteLine(
            $"""
            New signing keys 新签名密钥: {string.Join(", ", made)}
            They are published now and sign in an hour. Delete the former ones (delete-cert) when the last token they signed has expired.
            新密钥已发布，一小时后开始签名；旧密钥签发的令牌全部过期后，可用 delete-cert 删除旧密钥。
            """);
        return 0;
    }
}
