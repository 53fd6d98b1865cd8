using Postern.AuthorizationServer.OAuth.Clients;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.OAuth.Token;

/// <summary>An application's token for itself (RFC 6749 §4.4).</summary>
public sealed class ClientCredentialsGrant(TokenIssuer issuer, Database database) : IGrantHandler
{
    public static readonly GrantKind Kind = new(GrantTypes.ClientCredentials, "client_credentials", typeof(ClientCredentialsGrant))
    {
        MustBeListed = true,
        BeginsSignIn = false,
        Secret = SecretNeed.Always,
    };

    public async Task<Outcome<TokenAnswer>> HandleAsync(OAuthRequest request, Client client, TokenRequestContext caller, CancellationToken cancel)
    {
        var application = client.Application;
        if (RequestedAccess.Of(application, request).IsRefused(out var refusal, out var requested))
        {
            return refusal;
        }

        var tokens = await issuer.IssueToApplicationAsync(application, requested.Scope, requested.Resource, caller.Jkt, cancel);
        var record = new AuditRecord
        {
            Organization = application.Organization,
            CreatedTime = tokens.Row.CreatedTime,
            ClientIp = caller.Address,
            User = "app/" + application.Name,
            Method = HttpMethods.Post,
            RequestUri = caller.Path,
            Action = "client-credentials",
            Target = application.Name,
        };
        await database.WriteAsync(async (connection, transaction) =>
        {
            await connection.ExecuteAsync(transaction, [.. tokens.Adding(), .. Records.Adding(record)]);
            return Written.Commit(true);
        });
        return tokens.Answer;
    }
}
