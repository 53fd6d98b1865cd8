using Postern.AuthorizationServer.Http;
using Postern.AuthorizationServer.OAuth.Clients;
using Postern.AuthorizationServer.SignIn.Gate;
using Postern.Directory.Credentials;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.OAuth.Token;

/// <summary>
/// Exchanges a code for tokens, once (RFC 6749 §4.1.3). A second presentation shows that the code was stolen, so it revokes the grant
/// of the first one (RFC 9700 §4.5).
/// </summary>
public sealed class AuthorizationCodeGrant(GrantIssuer grants, Database database, AuthorizationServerOptions options, TimeProvider clock) : IGrantHandler
{
    public static readonly GrantKind Kind = new(GrantTypes.AuthorizationCode, "authorization_code", typeof(AuthorizationCodeGrant))
    {
        MustBeListed = false,
        BeginsSignIn = false,
        Secret = SecretNeed.UnlessAllowed,
        IsForRegisteredClients = true,
    };

    private static readonly OAuthError Invalid =
        OAuthError.InvalidGrant("authorization code is invalid, expired or used", "授权码无效、已过期或已被使用");

    public async Task<Outcome<TokenAnswer>> HandleAsync(OAuthRequest request, Client client, TokenRequestContext caller, CancellationToken cancel)
    {
        if (request["code"] is not { } text)
        {
            return OAuthError.InvalidRequest("authorization code should not be empty", "缺少授权码 code");
        }

        var hash = OpaqueToken.HashOf(text);
        var (code, user) = await database.ReadAsync(async connection =>
        {
            var code = await AuthorizationCodes.FindAsync(connection, hash);
            return (code, code is null ? null : await Users.FindByIdAsync(connection, code.UserId));
        }, cancel);
        if (code is null || code.ApplicationId != client.Application.Id)
        {
            return Invalid;
        }

        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (code.UsedTime is not null)
        {
            return await EndAsync(code, user, client, caller, now);
        }

        if (code.ExpiresTime <= now || user is null)
        {
            return Invalid;
        }

        if (Refuse(request, client, caller, code) is { } refusal)
        {
            return refusal;
        }

        var start = new GrantRequest(client, user, Kind.Type, code.Scope, caller)
        {
            Id = code.GrantId,
            Resource = code.Resource,
            Nonce = code.Nonce,
            AuthTime = code.AuthTime,
            Amr = code.Amr,
            SessionHash = code.SessionHash,
            Claims = code.Claims,
            UserAddress = SignInAttempt.UserAddressOf(client.HasSecret, caller.Address, code.Address),
        };
        var begun = await grants.BeginAsync(start, async (connection, transaction, time) => await AuthorizationCodes.UseAsync(connection, hash, time, transaction) ? null : Invalid, cancel);
        return ReferenceEquals(begun.Refusal, Invalid) ? await EndAsync(code, user, client, caller, now) : begun;
    }

    /// <summary>The client that redeems the code must be the client that requested it (RFC 6749 §4.1.3).</summary>
    private OAuthError? Refuse(OAuthRequest request, Client client, TokenRequestContext caller, AuthorizationCode code)
    {
        // OAuth 2.1 removed it, and Casdoor's clients leave it out; if it is sent, it must match.
        if (request["redirect_uri"] is { } redirectUri && redirectUri != code.RedirectUri && !IsOurs(redirectUri, caller.Host))
        {
            return OAuthError.InvalidGrant("redirect_uri is not the one of the authorization request", "redirect_uri 与授权请求不一致");
        }

        if (code.Jkt.Length > 0 && code.Jkt != caller.Jkt)
        {
            return OAuthError.InvalidDpopProof("the code is bound to another key (dpop_jkt)");
        }

        if (request["resource"] is { } resource && resource != code.Resource)
        {
            return OAuthError.InvalidTarget("resource must be the one of the authorization request");
        }

        return RefusePkce(request, client, code);
    }

    /// <summary>
    /// Casdoor's Java library always sends the address of the authorization endpoint, not one that the application registered. It names no
    /// client, so it counts as absent (docs/casdoor-compatibility.md).
    /// </summary>
    private bool IsOurs(string redirectUri, string host) =>
        Uri.TryCreate(redirectUri, UriKind.Absolute, out var sent) && sent.AbsolutePath is "/api" + Paths.Authorize or Paths.Authorize
        && new[] { options.Origin, options.OriginFrontend, "http://" + host, "https://" + host }.Contains(sent.GetLeftPart(UriPartial.Authority), StringComparer.OrdinalIgnoreCase);

    private static OAuthError? RefusePkce(OAuthRequest request, Client client, AuthorizationCode code)
    {
        if (code.CodeChallenge.Length == 0)
        {
            // A verifier without a challenge: an attacker removed the challenge from the authorization request (RFC 9700 §4.8.2).
            return request["code_verifier"] is not null ? OAuthError.InvalidGrant("code_verifier was sent, but the authorization request had no code_challenge", "授权请求未使用 PKCE")
                : client.HasSecret ? null
                : OAuthError.InvalidClient("client_secret is invalid: without it the authorization request needs a code_challenge", "缺少 client_secret 或 PKCE");
        }

        return request["code_verifier"] is { } verifier && Pkce.Matches(code.CodeChallenge, verifier) ? null
            : OAuthError.InvalidGrant("code_verifier does not match the code_challenge", "code_verifier 与 code_challenge 不匹配");
    }

    private async Task<Outcome<TokenAnswer>> EndAsync(AuthorizationCode code, User? user, Client client, TokenRequestContext caller, long now)
    {
        await database.WriteAsync(async (connection, transaction) =>
        {
            var ended = await Grants.EndAsync(connection, code.GrantId, now, transaction);
            if (ended > 0 && user is not null)
            {
                await Records.AddAsync(connection, TokenRecords.Of(user, client, caller, now, "code-replayed") with { Verdict = Verdicts.Refused }, transaction);
            }

            return Written.Commit(ended);
        });
        return Invalid;
    }
}
