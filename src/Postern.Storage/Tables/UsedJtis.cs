using System.Security.Cryptography;
using System.Text;
using Dapper;
using Postern.Storage.Databases;

namespace Postern.Storage.Tables;

/// <summary>Identifiers of proofs and assertions that were presented: each is valid once across all nodes.</summary>
public static class UsedJtis
{
    /// <summary>False where it was presented before.</summary>
    /// <param name="database">Where they are kept.</param>
    /// <param name="issuer">The issuer of the identifier: a client id, or a key's thumbprint.</param>
    /// <param name="jti">Unique for this issuer.</param>
    /// <param name="expires">When the proof itself is no longer good, Unix milliseconds.</param>
    public static Task<bool> UseAsync(Database database, string issuer, string jti, long expires)
    {
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes($"{issuer}\n{jti}")));
        return database.WriteAsync(async (connection, transaction) => Written.Commit(
            await connection.ExecuteAsync(
                "insert into used_jtis (hash, expires_time) values (@hash, @expires) on conflict do nothing", new { hash, expires }, transaction) == 1));
    }
}
