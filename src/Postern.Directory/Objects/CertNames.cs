using System.Data.Common;
using System.Text.Json.Nodes;
using Dapper;
using Postern.Directory.Certificates;
using Postern.Protocol;
using Postern.Storage.Tables;

namespace Postern.Directory.Objects;

/// <summary>A cert's name is the <c>kid</c> of the tokens that it signed: a key is never replaced under it (docs/design/tokens-and-refresh.md).</summary>
public static class CertNames
{
    /// <summary>Whether the server signs with it where an application's own cert does not fit.</summary>
    public static bool IsInstallations(string name) => name.StartsWith(Certs.BuiltIn, StringComparison.Ordinal);

    /// <summary>The installation makes and finds its certs by name: what stands there must be able to sign with the algorithm that it says.</summary>
    public static LocalizedText? RefuseAddition(JsonObject document)
    {
        var name = ObjectTarget.Text(document, "name");
        if (!IsInstallations(name))
        {
            return null;
        }

        if (AlgorithmOf(name) is not { } algorithm)
        {
            return new LocalizedText(
                $"names that begin with {Certs.BuiltIn} are the installation's own: choose another name",
                $"以 {Certs.BuiltIn} 开头的名称由系统保留：请使用其他名称");
        }

        return ObjectTarget.Text(document, "owner") == "admin" && ObjectTarget.Text(document, "type") == "x509"
            && ObjectTarget.Text(document, "cryptoAlgorithm") == algorithm.Name && KeyPairs.Fit(document, algorithm)
                ? null
                : new LocalizedText(
                    $"a cert of the name {name} must be an x509 cert of admin with a key for {algorithm.Name}",
                    $"名为 {name} 的证书必须是 admin 的 x509 证书，并带有用于 {algorithm.Name} 的密钥");
    }

    /// <summary>The sentence for a cert that signs, or null.</summary>
    public static async Task<LocalizedText?> RefuseDeletionAsync(DbConnection connection, string name, DateTimeOffset now, DbTransaction? transaction)
    {
        // A former key may go when nothing it signed is about any more; the one that signs now may not.
        if (IsInstallations(name) && await InstallationCerts.SignsAsync(connection, name, now))
        {
            return new LocalizedText(
                $"{name} signs for the installation and cannot be deleted: name another cert in the applications that shall not use it, or make a new key with postern keys rotate and delete this one later",
                $"{name} 正用于系统签名，不能删除：请为不应使用它的应用指定其他证书，或用 postern keys rotate 生成新密钥，以后再删除");
        }

        var application = await connection.QueryFirstOrDefaultAsync<string?>(
            "select name from applications where cert = @name or client_cert = @name order by name limit 1", new { name }, transaction);
        return application is null || IsInstallations(name) ? null : new LocalizedText(
            $"the cert {name} is the application {application}'s: give the application another one first",
            $"证书 {name} 正被应用 {application} 使用：请先为该应用指定其他证书");
    }

    public static LocalizedText Retired(string name) => new LocalizedText(
        $"the name {name} was a deleted cert's, and tokens that it signed may still be about: choose another name",
        $"名称 {name} 属于已删除的证书，它签名的令牌可能仍在使用：请使用其他名称");

    private static SigningAlgorithm? AlgorithmOf(string name) =>
        SigningAlgorithms.All.FirstOrDefault(a => a.HasInstallationCert && name == InstallationCerts.NameOf(a));
}
