using System.Text.Json.Nodes;
using Postern.AuthorizationServer.OAuth.Clients;
using Postern.Directory.Certificates;
using Postern.Directory.Objects.Kinds;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.Diagnosis;

/// <summary>What a security profile demands of an application, of its keys, and of this installation (docs/fapi.md).</summary>
internal static class ProfileChecks
{
    /// <param name="application">With a strict profile.</param>
    /// <param name="shown">The same as it is shown.</param>
    /// <param name="keys">Reads the client's keys, also those at its address.</param>
    /// <param name="database">To read with.</param>
    /// <param name="options">Of the installation.</param>
    /// <param name="cancel">Of the caller.</param>
    public static async Task<IReadOnlyList<Check>> RunAsync(
        Application application, JsonObject shown, ClientKeys keys, Database database, CasdoorApiOptions options, CancellationToken cancel)
    {
        var checks = ProfileDemands.All.Select(demand => demand.IsMet(shown, application.Profile)
            ? new Check(demand.Name, CheckState.Ok, demand.Met)
            : new Check(demand.Name, CheckState.Wrong, demand.Refusal)).ToList();
        var known = checks.FindIndex(c => c is { Name: "clientKeys", State: CheckState.Ok });
        if (known >= 0 && !await HasKeyAsync(application, keys, cancel))
        {
            checks[known] = new("clientKeys", CheckState.Wrong, new("No key of the client can be used: its address does not answer with one, or its certificate is gone.", "没有可用的客户端公钥：公钥地址未返回可用公钥，或证书已不存在。"))
            {
                Value = application.JwksUri,
                Remedy = new("Serve a JWK set with a key for PS256, ES256 or EdDSA at jwksUri, or set jwks.", "请在 jwksUri 提供含 PS256、ES256 或 EdDSA 公钥的 JWK 集合，或设置 jwks。"),
            };
        }

        checks.Add(await OfCertAsync(application, database, cancel));
        checks.Add(OfIssuer(options));
        return checks;
    }

    private static async Task<bool> HasKeyAsync(Application application, ClientKeys keys, CancellationToken cancel)
    {
        foreach (var algorithm in application.Profile.Algorithms)
        {
            if ((await keys.OfAsync(application, "", algorithm, isAfresh: false, cancel)).Any(key => ClientKeySet.IsFor(key, application.Profile)))
            {
                return true;
            }
        }

        return false;
    }

    private static async Task<Check> OfCertAsync(Application application, Database database, CancellationToken cancel)
    {
        var algorithm = application.Profile.SigningAlgorithm(application.TokenSigningMethod).Name;
        var own = application.Cert.Length == 0 || InstallationCerts.Are(application.Cert) ? null
            : await database.ReadAsync(c => Certs.FindAsync(c, application.Cert), cancel);
        return application.Cert.Length == 0 || InstallationCerts.Are(application.Cert) || own?.CryptoAlgorithm == algorithm
            ? new("signingCert", CheckState.Ok, new("A key of the right algorithm signs.", "使用算法相符的密钥签名。")) { Value = algorithm }
            : new("signingCert", CheckState.Warning, new("The application's own cert is not for this algorithm, so the installation's key signs.", "应用自己的证书不支持该算法，因此由系统密钥签名。"))
            {
                Value = algorithm,
                Remedy = new("Make a cert with this cryptoAlgorithm and give it to the application, or take its cert away.", "请新建该算法的证书并指定给应用，或移除应用的证书。"),
            };
    }

    private static Check OfIssuer(CasdoorApiOptions options) => options.Origin.StartsWith("https://", StringComparison.Ordinal)
        ? new("issuer", CheckState.Ok, new("The server's address is https.", "服务器地址为 https。")) { Value = options.Origin }
        : new("issuer", CheckState.Wrong, new("The server's address is not https.", "服务器地址不是 https。"))
        {
            Value = options.Origin,
            Remedy = new("Put a proxy with TLS before the server, and set origin in conf/app.conf to its https address.", "请在服务器前部署支持 TLS 的代理，并将 conf/app.conf 的 origin 设为其 https 地址。"),
        };
}
