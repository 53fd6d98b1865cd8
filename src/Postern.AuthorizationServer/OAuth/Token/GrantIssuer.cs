using System.Data.Common;
using Postern.AuthorizationServer.OAuth.Clients;
using Postern.AuthorizationServer.SignIn.Gate;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.OAuth.Token;

/// <summary>A grant to be created: the client, the user, the scope, and the token request.</summary>
public sealed record GrantRequest(Client Client, User User, string GrantType, string Scope, TokenRequestContext Caller)
{
    /// <summary>The grant's id where it was promised before; null = a new one.</summary>
    public string? Id { get; init; }

    public string Resource { get; init; } = "";

    public string Nonce { get; init; } = "";

    /// <summary>When the user was authenticated, Unix milliseconds; null = now.</summary>
    public long? AuthTime { get; init; }

    public string Amr { get; init; } = "";

    public string SessionHash { get; init; } = "";

    /// <summary>As <see cref="Grant.Claims"/>.</summary>
    public string Claims { get; init; } = "";

    /// <summary>The address that the user is at; null where the client's server speaks for the user and it is not known.</summary>
    public string? UserAddress { get; init; }

    /// <summary>Of a WeChat code, for another node that is shown it again (docs/design/identity.md).</summary>
    public string? CodeHash { get; init; }

    /// <summary>Assertions and exchanges bring neither.</summary>
    public bool WithIdToken { get; init; } = true;

    public bool WithRefresh { get; init; } = true;

    /// <summary>False where the answer has the id_token alone.</summary>
    public bool WithAccessToken { get; init; } = true;

    public SignInAttempt Attempt => new(Client.Application, User, Caller.Address, Caller.Path) { UserAddress = UserAddress, IsByPassword = SignInAttempt.NamesPassword(Amr) };
}

/// <summary>Begins grants: signs first, then writes the grant, its tokens and the record together.</summary>
public sealed class GrantIssuer(TokenIssuer issuer, SignInGate gate, Database database, TimeProvider clock)
{
    /// <summary>Also for a user that no longer exists: the answer must not reveal the difference.</summary>
    public static readonly OAuthError UserForbidden = GateRefusal.Forbidden.ToGrant();

    /// <summary>Builds the grant and signs its first tokens; nothing is written yet.</summary>
    public async Task<(Grant Grant, TokenSet Tokens)> SignAsync(GrantRequest start, Admission admission, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var (application, user) = (admission.Application, admission.User);
        var grant = new Grant
        {
            Id = start.Id ?? Guid.CreateVersion7(now).ToString(),
            UserId = user.Id,
            ApplicationId = application.Id,
            GrantType = start.GrantType,
            Scope = start.Scope,
            WithSecret = start.Client.HasSecret,
            AuthTime = start.AuthTime ?? now.ToUnixTimeMilliseconds(),
            CreatedTime = now.ToUnixTimeMilliseconds(),
            ExpiresTime = issuer.RefreshExpiry(application, now.ToUnixTimeMilliseconds(), now),
            CodeHash = start.CodeHash,
            CodeAddress = start.CodeHash is null ? null : start.Caller.Address,
            Resource = start.Resource,
            Jkt = start.Caller.Jkt,
            Amr = start.Amr,
            SessionHash = start.SessionHash,
            Claims = start.Claims,
            Address = start.UserAddress ?? "",
        };
        var tokens = await issuer.IssueAsync(new TokenDescriptor(admission, grant, start.Scope)
        {
            Refresh = start.WithRefresh ? RefreshSecrets.First(now) : null,
            WithIdToken = start.WithIdToken,
            WithAccessToken = start.WithAccessToken,
            Nonce = start.Nonce,
        }, cancel);
        return (grant, tokens);
    }

    /// <summary>Writes the rows of the signed tokens, in the same transaction as the rows of the caller.</summary>
    public static Task WriteAsync(DbConnection connection, DbTransaction transaction, GrantRequest start, Grant grant, TokenSet tokens, string action) =>
        connection.ExecuteAsync(transaction, [Grants.Adding(grant), .. tokens.Adding(), .. Records.Adding(TokenRecords.Of(start.User, start.Client, start.Caller, grant.CreatedTime, action, start.GrantType))]);

    /// <summary>
    /// Creates the grant from start to end. When the user was changed since it was read (renamed, moved), it runs again from the read; a user
    /// who may not sign in is refused.
    /// </summary>
    /// <param name="start">What begins.</param>
    /// <param name="spend">Runs first in the same transaction and spends the proof: the refusal where another request used it meanwhile.</param>
    /// <param name="cancel">Of the caller; not of the write.</param>
    public async Task<Outcome<TokenAnswer>> BeginAsync(
        GrantRequest start, Func<DbConnection, DbTransaction, long, Task<OAuthError?>> spend, CancellationToken cancel)
    {
        var outcome = await Repeated.RunAsync<Outcome<TokenAnswer>>(async _ =>
        {
            if ((await gate.JudgeAsync(start.Attempt, cancel)).IsRefused(out var refusal, out var admission))
            {
                return refusal.ToGrant();
            }

            var (grant, tokens) = await SignAsync(start, admission, cancel);
            var begun = await database.WriteAsync<Outcome<TokenAnswer>?>(async (connection, transaction) =>
            {
                if (await spend(connection, transaction, grant.CreatedTime) is { } used)
                {
                    return Written.Rollback<Outcome<TokenAnswer>?>(used);
                }

                if (!await Users.IsAsReadAsync(connection, start.User, transaction))
                {
                    return Written.Rollback<Outcome<TokenAnswer>?>(null);
                }

                await WriteAsync(connection, transaction, start, grant, tokens, "signin");
                return Written.Commit<Outcome<TokenAnswer>?>(tokens.Answer);
            });
            if (begun is not null)
            {
                return begun;
            }

            if (await database.ReadAsync(c => Users.FindByIdAsync(c, start.User.Id), cancel) is not { } again)
            {
                return UserForbidden;
            }

            start = start with { User = again };
            return null;
        });
        return outcome ?? OAuthError.Unavailable("the account is being changed: try again", "账号正在变更，请重试", TimeSpan.FromSeconds(1));
    }
}
