using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Postern.Storage.Keys;

namespace Postern.AuthorizationServer.OAuth.Token;

/// <summary>
/// A refresh token as its owner holds it: <c>&lt;id&gt;.e30.&lt;secret&gt;</c>. We keep only its hash. Between them stands an empty JSON object in
/// base64url, because some libraries (keycloak-js) decode every token as if it were a JWT.
/// </summary>
public sealed record RefreshTokenText(string Id, string Text)
{
    public string Hash => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Text)));

    /// <summary>The row id in a presented string; null where it is not a refresh token of this server.</summary>
    public static RefreshTokenText? Parse(string text)
    {
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && Guid.TryParseExact(text.AsSpan(0, dot), "D", out _) ? new RefreshTokenText(text[..dot], text) : null;
    }

    public bool Matches(string hash) => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Hash), Encoding.ASCII.GetBytes(hash));
}

/// <summary>
/// Makes refresh tokens. A successor's secret is computed from the one it replaces, so that a phone which lost the reply
/// can be given the same successor again although only hashes are stored.
/// </summary>
public sealed class RefreshSecrets(InstallationKey key)
{
    public static RefreshTokenText First(DateTimeOffset now) => Of(Guid.CreateVersion7(now).ToString(), RandomNumberGenerator.GetBytes(32));

    public RefreshTokenText Successor(RefreshTokenText presented, string successorId) =>
        Of(successorId, HMACSHA256.HashData(key.Key, Encoding.UTF8.GetBytes(presented.Text + "." + successorId)));

    private static RefreshTokenText Of(string id, byte[] secret) => new(id, id + ".e30." + Base64Url.EncodeToString(secret));
}
