using Postern.AuthorizationServer.OAuth.Clients;
using Postern.AuthorizationServer.Refusals;
using Postern.AuthorizationServer.SignIn.Gate;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.OAuth.Token;

/// <summary>
/// Rotation within the grant (RFC 9700 §4.14.2). A phone that lost the reply gets the same successor again for thirty seconds, as long
/// as the successor was not used. If the old token is presented after that, the grant is revoked. A profile may keep one token for the
/// whole grant instead.
/// </summary>
public sealed class RefreshTokenGrant(RefreshSecrets secrets, TokenIssuer issuer, SignInGate gate, AuditedRefusals refusals, Database database, AuthorizationServerOptions options, TimeProvider clock) : IGrantHandler
{
    // What was granted already needs no listing.
    public static readonly GrantKind Kind = new(GrantTypes.RefreshToken, "refresh_token", typeof(RefreshTokenGrant))
    {
        MustBeListed = false,
        BeginsSignIn = false,
        Secret = SecretNeed.AsBegun,
        IsForRegisteredClients = true,
    };

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    private static readonly OAuthError Invalid =
        OAuthError.InvalidGrant("refresh token is invalid, expired or revoked: sign in again", "刷新令牌无效、已过期或已被撤销，请重新登录");

    public async Task<Outcome<TokenAnswer>> HandleAsync(OAuthRequest request, Client client, TokenRequestContext caller, CancellationToken cancel)
    {
        if (request["refresh_token"] is not { } text)
        {
            return OAuthError.InvalidRequest("refresh_token is missing", "缺少 refresh_token");
        }

        if (RefreshTokenText.Parse(text) is not { } presented)
        {
            return Invalid;
        }

        var outcome = await Repeated.RunAsync<Outcome<TokenAnswer>>(async _ =>
        {
            var (row, grant, user) = await database.ReadAsync(async connection =>
            {
                var row = await RefreshTokens.FindAsync(connection, presented.Id);
                var grant = row is null ? null : await Grants.FindAsync(connection, row.GrantId);
                return (row, grant, grant is null ? null : await Users.FindByIdAsync(connection, grant.UserId));
            }, cancel);
            var now = clock.GetUtcNow();
            var nowMs = now.ToUnixTimeMilliseconds();
            if (row is null || grant is null || !presented.Matches(row.Hash) || grant.ApplicationId != client.Application.Id
                || grant.EndedTime is not null || row.ExpiresTime <= nowMs || issuer.EndOf(grant.CreatedTime) <= nowMs)
            {
                return Invalid;
            }

            if (!client.HasSecret && !ClientSecretRule.MayGoOnWithout(client.Application.TokenEndpointAuthMethod, grant.WithSecret))
            {
                return OAuthError.InvalidClient("this grant began with client_secret and needs it", "此授权使用了 client_secret，刷新时必须提供");
            }

            if (user is null)
            {
                return GrantIssuer.UserForbidden;
            }

            // A rule that was set after the sign-in refuses the refresh. The grant stays: the token works again when the rule admits the user again.
            var attempt = new SignInAttempt(client.Application, user, caller.Address, caller.Path)
            {
                UserAddress = SignInAttempt.UserAddressOf(client.HasSecret, caller.Address, grant.Address),
                IsByPassword = SignInAttempt.NamesPassword(grant.Amr),
            };
            if ((await gate.JudgeAsync(attempt, cancel)).IsRefused(out var closed, out var admission))
            {
                return closed.ToGrant();
            }

            if (RefuseKey(client, grant, caller.Jkt) is { } wrongKey)
            {
                return wrongKey;
            }

            if (request["resource"] is { } resource && resource != grant.Resource)
            {
                return OAuthError.InvalidTarget("resource must be the one of the grant");
            }

            if (Scopes.Narrow(grant.Scope, OpenedApi.Of(options, client.Application, grant, grant.Scope), request["scope"]) is not { } scope)
            {
                return OAuthError.InvalidScope("the scope is wider than the grant's", "请求的 scope 超出原授权范围");
            }

            if (row.UsedTime is { } used && now - DateTimeOffset.FromUnixTimeMilliseconds(used) >= Grace)
            {
                await EndAsync(grant, user, client, caller, nowMs);
                return Invalid;
            }

            // A token that was replaced before the application got this profile stays replaced.
            var isKept = !client.Application.Profile.RotatesRefreshTokens && row.UsedTime is null;
            var successor = isKept ? presented : secrets.Successor(presented, row.SuccessorId ?? Guid.CreateVersion7(now).ToString());
            var tokens = await issuer.IssueAsync(new TokenDescriptor(admission, grant with { Jkt = caller.Jkt }, scope) { Refresh = successor }, cancel);
            var verdict = await WriteAsync(row, grant, tokens, user, client, caller);
            if (verdict is Rotation.Done)
            {
                return tokens.Answer;
            }

            if (verdict is Rotation.SuccessorUsed)
            {
                await refusals.AddAsync(
                    TokenRecords.Of(user, client, caller, nowMs, "refresh-token-refused", "its successor was used") with { Verdict = Verdicts.Refused }, client.Application.ClientId, "replayed");
                return Invalid;
            }

            return null;
        });
        return outcome ?? OAuthError.Unavailable("the grant is being changed: try again", "授权正在变更，请重试", TimeSpan.FromSeconds(1));
    }

    /// <summary>
    /// The refresh token of a client that authenticates is not bound to its key: the client may change to another key. The refresh token of a
    /// public client is valid only with its key (RFC 9449 §5). A grant that began with a key never yields bearer tokens.
    /// </summary>
    private static OAuthError? RefuseKey(Client client, Grant grant, string jkt) =>
        jkt == grant.Jkt ? null
        : grant.WithSecret && client.HasSecret ? jkt.Length > 0 ? null : OAuthError.InvalidDpopProof("this grant began with a key: send a DPoP proof")
        : OAuthError.InvalidDpopProof(grant.Jkt.Length > 0
            ? "this grant is bound to a key: send a DPoP proof of that key"
            : "this grant is not bound to a key and cannot be at its refresh");

    private Task<Rotation> WriteAsync(RefreshToken row, Grant grant, TokenSet tokens, User user, Client client, TokenRequestContext caller) =>
        database.WriteAsync(async (connection, transaction) =>
        {
            var successor = tokens.Refresh!;
            // The present state of the grant and the user decides, not the state that was read before.
            if (!await Grants.IsOpenAsync(connection, row.GrantId, user.Id, transaction))
            {
                return Written.Rollback(Rotation.Again);
            }

            if (successor.Id == row.Id)
            {
                if (!await RefreshTokens.ExtendAsync(connection, row.Id, successor.ExpiresTime, transaction))
                {
                    return Written.Rollback(Rotation.Again);
                }
            }
            else if (row.UsedTime is null)
            {
                if (!await RefreshTokens.UseAsync(connection, row.Id, successor.Id, tokens.Row.CreatedTime, transaction))
                {
                    return Written.Rollback(Rotation.Again);
                }

                await connection.ExecuteAsync(transaction, RefreshTokens.Adding(successor));
            }
            else if (!await RefreshTokens.IsUnusedAsync(connection, successor.Id, transaction))
            {
                return Written.Rollback(Rotation.SuccessorUsed);
            }

            await connection.ExecuteAsync(
                transaction,
                [
                    Tokens.Adding(tokens.Row),
                    Grants.Extending(row.GrantId, successor.ExpiresTime),
                    .. caller.Jkt == grant.Jkt ? Array.Empty<Statement>() : [Grants.Binding(row.GrantId, caller.Jkt)],
                    .. Records.Adding(TokenRecords.Of(user, client, caller, tokens.Row.CreatedTime, "refresh-token")),
                ]);
            return Written.Commit(Rotation.Done);
        });

    private Task<bool> EndAsync(Grant grant, User user, Client client, TokenRequestContext caller, long now) =>
        database.WriteAsync(async (connection, transaction) =>
        {
            await Grants.EndAsync(connection, grant.Id, now, transaction);
            await Records.AddAsync(connection, TokenRecords.Of(user, client, caller, now, "refresh-token-replayed") with { Verdict = Verdicts.Refused }, transaction);
            return Written.Commit(true);
        });

    private enum Rotation
    {
        Done,
        Again,
        SuccessorUsed,
    }
}
