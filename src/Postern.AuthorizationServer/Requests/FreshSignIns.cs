using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Postern.Storage.Keys;

namespace Postern.AuthorizationServer.Requests;

/// <summary>
/// Proves to an authorization request that the session was started for it, so that <c>prompt=login</c> and <c>max_age</c> ask for one
/// sign-in and do not repeat without end. It seals session and request together, so it cannot be forged or used for another request.
/// </summary>
public sealed class FreshSignIns(InstallationKey installation)
{
    /// <summary>The parameter that our own sign-in page adds to the request's address.</summary>
    public const string Parameter = "signed_in";

    private readonly byte[] key = installation.For("fresh-sign-in");

    /// <param name="path">The request's path.</param>
    /// <param name="query">Its query, with or without an earlier seal.</param>
    /// <param name="sessionHash">The session that was just begun.</param>
    public string Seal(string path, string query, string sessionHash) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{path}\n{Without(query)}\n{sessionHash}")));

    /// <param name="path">The request's path.</param>
    /// <param name="query">Its query, with the seal.</param>
    /// <param name="sent">The seal.</param>
    /// <param name="sessionHash">The session that the browser has now.</param>
    public bool IsOf(string path, string query, string sent, string sessionHash) =>
        sent.Length > 0
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(sent), Encoding.UTF8.GetBytes(Seal(path, query, sessionHash)));

    /// <summary>The query without our parameter, else as it was written.</summary>
    public static string Without(string query) => string.Join('&', query.TrimStart('?').Split('&').Where(p => !p.StartsWith(Parameter + "=", StringComparison.Ordinal)));
}
