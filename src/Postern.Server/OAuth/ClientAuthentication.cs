using Postern.Protocol;
using Postern.Server.Data;
using Postern.Server.Data.Secrets;
using Postern.Server.Hosting;
using Postern.Server.OAuth.Token;

namespace Postern.Server.OAuth;

/// <summary>Who asks (RFC 6749 §2.3, §3.2.1).</summary>
public sealed class ClientAuthentication(Database database, SecretStore secrets, PosternOptions options)
{
    public async Task<Outcome<Client>> AuthenticateAsync(TokenRequest request, CancellationToken cancel)
    {
        var clientId = request["client_id"] ?? request.BasicId;
        if (clientId is null || (request.BasicId is not null && request.BasicId != clientId))
        {
            return OAuthError.InvalidClient("client_id is invalid", "client_id 无效");
        }

        var application = await database.ReadAsync(connection => Applications.FindByClientIdAsync(connection, clientId), cancel);
        // A demo application lets anyone be anyone: outside a Debug build in Development it does not exist.
        if (application is null || (application.IsDemo && !options.HasSandbox))
        {
            return OAuthError.InvalidClient("client_id is invalid", "client_id 无效");
        }

        var sent = new[] { request["client_secret"], request.BasicSecret }.OfType<string>().ToList();
        if (sent.Count == 0)
        {
            return new Client(application, false);
        }

        // A secret that is sent must be right, everywhere; a client of method "none" has none to send.
        return application.TokenEndpointAuthMethod != ClientSecretRule.None
            && sent.TrueForAll(secret => secrets.Matches(SecretColumn.ApplicationSecret, application.Id, application.ClientSecret, secret))
                ? new Client(application, true)
                : OAuthError.InvalidClient("client_secret is invalid", "client_secret 无效");
    }
}
