using Postern.AuthorizationServer.OAuth.Clients;
using Postern.Directory.Credentials;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.OAuth.Token;

/// <summary>
/// A client vouches for a user of its organization by a JWT that it signed (RFC 7523 §2.1). A holder of the client's key can act as any
/// of these users, so the grant must be listed, needs client authentication too, and never applies to <c>built-in</c>.
/// </summary>
public sealed class JwtBearerGrant(GrantIssuer grants, Assertions assertions, Database database) : IGrantHandler
{
    public static readonly GrantKind Kind = new(GrantTypes.JwtBearer, "jwt_bearer", typeof(JwtBearerGrant))
    {
        MustBeListed = true,
        BeginsSignIn = true,
        Secret = SecretNeed.Always,
    };

    public async Task<Outcome<TokenAnswer>> HandleAsync(OAuthRequest request, Client client, TokenRequestContext caller, CancellationToken cancel)
    {
        var application = client.Application;
        var invalid = OAuthError.InvalidGrant("assertion (JWT) is invalid for this application", "assertion 无效");
        if (request["assertion"] is not { } text)
        {
            return OAuthError.InvalidRequest("assertion is missing", "缺少 assertion");
        }

        // Casdoor's clients sign as one of their redirect URIs, the standard's as themselves.
        if (application.Organization == Organizations.BuiltIn
            || UnverifiedJwt.Read(text) is not { Subject.Length: > 0 } assertion
            || !(assertion.Issuer == application.ClientId || application.RedirectUriList().Contains(assertion.Issuer))
            || assertion.Subject.Contains('\0', StringComparison.Ordinal)
            || !await assertions.IsGoodAsync(assertion, application, caller.Path, cancel))
        {
            return invalid;
        }

        if (RequestedAccess.Of(application, request).IsRefused(out var refusal, out var requested))
        {
            return refusal;
        }

        var user = await database.ReadAsync(async connection =>
            await SignInNames.FindAsync(connection, application.Organization, assertion.Subject)
            ?? (await Users.FindByIdAsync(connection, assertion.Subject) is { } byId && byId.Owner == application.Organization ? byId : null), cancel);
        if (user is null)
        {
            return OAuthError.InvalidGrant("the user does not exist", "用户不存在");
        }

        var start = new GrantRequest(client, user, Kind.Type, requested.Scope, caller) { Resource = requested.Resource, WithIdToken = false, WithRefresh = false };
        return await grants.BeginAsync(start, (_, _, _) => Task.FromResult<OAuthError?>(null), cancel);
    }
}
