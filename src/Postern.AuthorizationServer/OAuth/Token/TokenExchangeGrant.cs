using Postern.AuthorizationServer.OAuth.Clients;
using Postern.AuthorizationServer.SignIn.Gate;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.OAuth.Token;

/// <summary>
/// A client exchanges a user's token that was meant for it for one of its own (RFC 8693). The new token belongs to the
/// subject token's grant, so a sign-out or a ban ends it with all others.
/// </summary>
public sealed class TokenExchangeGrant(AccessTokenReader reader, TokenIssuer issuer, SignInGate gate, Database database) : IGrantHandler
{
    public static readonly GrantKind Kind = new(GrantTypes.TokenExchange, "token_exchange", typeof(TokenExchangeGrant))
    {
        MustBeListed = true,
        BeginsSignIn = true,
        Secret = SecretNeed.Always,
    };

    private const string AccessTokenType = "urn:ietf:params:oauth:token-type:access_token";
    private const string JwtType = "urn:ietf:params:oauth:token-type:jwt";
    private const string IdTokenType = "urn:ietf:params:oauth:token-type:id_token";

    private static readonly OAuthError Invalid =
        OAuthError.InvalidRequest("the subject_token is not a token of a signed-in user, or has ended", "subject_token 无效或已失效");

    public async Task<Outcome<TokenAnswer>> HandleAsync(OAuthRequest request, Client client, TokenRequestContext caller, CancellationToken cancel)
    {
        if (request["subject_token"] is not { } text)
        {
            return OAuthError.InvalidRequest("subject_token is required", "缺少 subject_token");
        }

        if (request["actor_token"] is not null)
        {
            return OAuthError.InvalidRequest("actor_token is not supported");
        }

        if (request["requested_token_type"] is not (null or AccessTokenType or JwtType))
        {
            return OAuthError.InvalidRequest("only access tokens are issued: requested_token_type");
        }

        var type = request["subject_token_type"] ?? AccessTokenType;
        if (type is not (AccessTokenType or JwtType or IdTokenType))
        {
            return OAuthError.InvalidRequest("unsupported subject_token_type");
        }

        var subject = await reader.ReadSubjectAsync(text, isIdToken: type == IdTokenType, cancel);
        if (subject is null)
        {
            return Invalid;
        }

        var application = client.Application;
        if (subject.ClientId != application.ClientId && !subject.Audiences.Contains(application.ClientId))
        {
            return OAuthError.InvalidGrant($"subject_token audience does not include the requesting client '{application.ClientId}'", "subject_token 的受众不包含该应用");
        }

        // A token that is bound to a key can be exchanged only with a proof of that key.
        if (subject.Jkt.Length > 0 && subject.Jkt != caller.Jkt)
        {
            return OAuthError.InvalidDpopProof("the subject_token is bound to a key: send a DPoP proof of that key");
        }

        var attempt = new SignInAttempt(application, subject.User, caller.Address, caller.Path)
        {
            UserAddress = SignInAttempt.UserAddressOf(client.HasSecret, caller.Address, subject.Grant.Address),
            IsByPassword = SignInAttempt.NamesPassword(subject.Grant.Amr),
        };
        if ((await gate.JudgeAsync(attempt, cancel)).IsRefused(out var closed, out var admission))
        {
            return closed.ToGrant();
        }

        if (Scopes.Narrow(subject.Scope, subject.Opens, request["scope"]) is not { } scope)
        {
            return OAuthError.InvalidScope("the requested scope is not in the subject token's scope", "请求的 scope 超出 subject_token 的范围");
        }

        // Within the subject's scope; whether this application defines such a scope counts too.
        return RequestedAccess.Of(application, scope, request["resource"]).IsRefused(out var refusal, out var requested) ? refusal
            : await IssueAsync(subject, admission, client, caller, requested, cancel);
    }

    private async Task<Outcome<TokenAnswer>> IssueAsync(SubjectToken subject, Admission admission, Client client, TokenRequestContext caller, RequestedAccess requested, CancellationToken cancel)
    {
        var grant = subject.Grant.For(GrantTypes.TokenExchange, requested.Resource, caller.Jkt);
        var tokens = await issuer.IssueAsync(new TokenDescriptor(admission, grant, requested.Scope) { WithIdToken = false }, cancel);
        var isWritten = await database.WriteAsync(async (connection, transaction) =>
        {
            if (!await Grants.IsOpenAsync(connection, grant.Id, subject.User.Id, transaction))
            {
                return Written.Rollback(false);
            }

            await connection.ExecuteAsync(
                transaction, [.. tokens.Adding(), .. Records.Adding(TokenRecords.Of(subject.User, client, caller, tokens.Row.CreatedTime, "token-exchange"))]);
            return Written.Commit(true);
        });
        return isWritten ? tokens.Answer with { IssuedTokenType = AccessTokenType } : Invalid;
    }
}
