using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Secrets;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.OAuth.Clients;

/// <summary>Authenticates the client (RFC 6749 §2.3, §3.2.1; RFC 7523 §2.2).</summary>
public sealed class ClientAuthentication(Database database, SecretStore secrets, Assertions assertions, AuthorizationServerOptions options)
{
    private static readonly OAuthError UnknownClient = OAuthError.InvalidClient("client_id is invalid", "client_id 无效");
    private static readonly OAuthError NeedsAssertion = OAuthError.InvalidClient(
        "this application authenticates by private_key_jwt alone (its securityProfile is fapi2): send client_assertion and no secret",
        "该应用的 securityProfile 为 fapi2，只能用 private_key_jwt 认证：请发送 client_assertion，不要发送密钥");
    private static readonly OAuthError WrongAssertion = OAuthError.InvalidClient("client_assertion is invalid", "client_assertion 无效");

    /// <param name="request">Its parameters.</param>
    /// <param name="path">The endpoint's.</param>
    /// <param name="cancel">Of the caller.</param>
    public async Task<Outcome<Client>> AuthenticateAsync(OAuthRequest request, string path, CancellationToken cancel)
    {
        var assertion = request["client_assertion"] is { } text ? UnverifiedJwt.Read(text) : null;
        if (request["client_assertion"] is not null && (assertion is null || request["client_assertion_type"] != Assertions.JwtBearerType))
        {
            return WrongAssertion;
        }

        var (basic, clientId) = (request.Basic, request["client_id"] ?? (request.Basic is null ? assertion?.Subject : null));
        if (clientId is null ? basic is null : clientId.Contains('\0', StringComparison.Ordinal) || basic?.IsOf(clientId) == false)
        {
            return UnknownClient;
        }

        var application = await database.ReadAsync(c => clientId is null ? basic!.FindAsync(c) : Applications.FindByClientIdAsync(c, clientId), cancel);
        if (application is null || !application.IsServed(options))
        {
            return UnknownClient;
        }

        var (inBody, inHeader) = (request["client_secret"], basic is { SentSecret.Length: > 0 } ? basic : null);
        if (application.Profile.NeedsPrivateKeyJwt && (assertion is null || inBody is not null || inHeader is not null))
        {
            return NeedsAssertion;
        }

        if (assertion is not null)
        {
            // One authentication method per request (RFC 6749 §2.3), and a client authenticates only itself.
            return inBody is null && inHeader is null && assertion.Issuer == application.ClientId && assertion.Subject == application.ClientId
                && await assertions.IsGoodAsync(assertion, application, path, cancel)
                    ? new Client(application, true)
                    : WrongAssertion;
        }

        if (inBody is null && inHeader is null)
        {
            return new Client(application, false);
        }

        // A secret that is sent must always be right; clients with one of these two methods have no secret.
        return application.TokenEndpointAuthMethod is not (ClientSecretRule.None or ClientSecretRule.PrivateKeyJwt)
            && (inBody is null || secrets.Matches(SecretColumn.ApplicationSecret, application.Id, application.ClientSecret, inBody))
            && inHeader?.Open(secrets, application) != false
                ? new Client(application, true)
                : OAuthError.InvalidClient("client_secret is invalid", "client_secret 无效");
    }

    /// <summary>The same for endpoints that no client reaches without its secret.</summary>
    public async Task<Outcome<Client>> AuthenticateWithSecretAsync(OAuthRequest request, string path, CancellationToken cancel) =>
        (await AuthenticateAsync(request, path, cancel)).IsRefused(out var refusal, out var client) ? refusal
            : client.HasSecret ? client
            : OAuthError.InvalidClient("client_secret is invalid", "缺少 client_secret");
}
