using System.Data.Common;
using System.Text;
using Postern.AuthorizationServer.Http.Inputs;
using Postern.Storage.Secrets;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.OAuth.Clients;

/// <summary>
/// Client id and secret of the scheme Basic. Both are form-encoded before they are joined (RFC 6749 §2.3.1), which many programs do
/// not do (<c>curl -u</c>): so the value is also accepted without decoding.
/// </summary>
/// <param name="ClientId">Decoded.</param>
/// <param name="Secret">Decoded; may be empty.</param>
/// <param name="SentClientId">As it was sent.</param>
/// <param name="SentSecret">As it was sent.</param>
public sealed record BasicCredentials(string ClientId, string Secret, string SentClientId, string SentSecret)
{
    private const string Scheme = "Basic";

    /// <summary>Whether a header Authorization is of this scheme (RFC 7617 §2), and what it holds: null where that cannot be read.</summary>
    public static bool TryHeader(string header, out BasicCredentials? credentials)
    {
        var isBasic = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && (header.Length == Scheme.Length || header[Scheme.Length] == ' ');
        credentials = isBasic ? Read(header[Scheme.Length..].Trim()) : null;
        return isBasic;
    }

    private static BasicCredentials? Read(string parameter)
    {
        var bytes = new byte[parameter.Length];
        if (!Convert.TryFromBase64String(parameter, bytes, out var length))
        {
            return null;
        }

        var pair = Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2);
        if (pair is not [var id, var secret] || InputLimits.Refuse("client_id", id) is not null || InputLimits.Refuse("client_secret", secret) is not null)
        {
            return null;
        }

        // No client id contains U+0000, and PostgreSQL accepts no text with it.
        var read = new BasicCredentials(Decode(id), Decode(secret), id, secret);
        return (read.ClientId + read.Secret + id).Contains('\0', StringComparison.Ordinal) ? null : read;
    }

    public bool IsOf(string clientId) => clientId == ClientId || clientId == SentClientId;

    public async Task<Application?> FindAsync(DbConnection connection) =>
        await Applications.FindByClientIdAsync(connection, ClientId)
        ?? (SentClientId == ClientId ? null : await Applications.FindByClientIdAsync(connection, SentClientId));

    /// <summary>Whether the secret is the application's, decoded or as it was sent; both are always compared.</summary>
    public bool Open(SecretStore secrets, Application application) =>
        secrets.Matches(SecretColumn.ApplicationSecret, application.Id, application.ClientSecret, Secret)
        | secrets.Matches(SecretColumn.ApplicationSecret, application.Id, application.ClientSecret, SentSecret);

    private static string Decode(string part) => Uri.UnescapeDataString(part.Replace('+', ' '));
}
