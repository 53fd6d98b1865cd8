using System.Data.Common;
using Dapper;
using Postern.Directory.Credentials;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.Directory.Identities;

/// <summary>What became of a binding.</summary>
public enum BindResult
{
    Bound,

    /// <summary>The user has the identity already.</summary>
    IsBound,

    /// <summary>Another user has it.</summary>
    IsOfAnother,

    /// <summary>The user has another identity of the same Mini Program, which must be unbound first.</summary>
    HasAnother,

    /// <summary>The user is gone or may not sign in, or a proof is too old or was used.</summary>
    Refused,
}

/// <summary>What became of an unbinding.</summary>
public enum UnbindResult
{
    Unbound,

    /// <summary>The user has no such identity, or is gone.</summary>
    NotFound,

    /// <summary>It is the last way to sign in.</summary>
    IsLast,
}

/// <param name="Result">What became of it.</param>
/// <param name="Left">The identities that the user no longer has.</param>
public sealed record Unbinding(UnbindResult Result, IReadOnlyList<BoundIdentity> Left);

/// <summary>Binds a proved identity to a proved account, at once or by a ticket.</summary>
public sealed class AccountBinding(Database database, TimeProvider clock)
{
    public static readonly TimeSpan TicketLifetime = TimeSpan.FromMinutes(10);

    /// <summary>A ticket that binds this identity. Only the client that it was proved to can spend it.</summary>
    public async Task<OpaqueToken> IssueTicketAsync(Application application, IdentityProof proof)
    {
        var token = OpaqueToken.New();
        var identity = proof.Identity;
        var ticket = new BindingTicket
        {
            Hash = token.Hash,
            ApplicationId = application.Id,
            ProviderId = proof.ProviderId,
            OrganizationId = identity.OpenId.OrganizationId,
            AppId = identity.OpenId.Issuer,
            OpenId = identity.OpenId.Subject,
            OpenPlatform = identity.UnionId?.Issuer ?? "",
            UnionId = identity.UnionId?.Subject ?? "",
            CreatedTime = proof.VerifiedTime,
            ExpiresTime = proof.VerifiedTime + (long)TicketLifetime.TotalMilliseconds,
        };
        await database.WriteAsync(async (connection, transaction) =>
        {
            await BindingTickets.AddAsync(connection, ticket, transaction);
            return Written.Commit(true);
        });
        return token;
    }

    /// <summary>The proof that a ticket stands for; null where it is forged, spent, expired or another client's.</summary>
    public async Task<IdentityProof?> FindTicketAsync(string ticket, Application application, CancellationToken cancel)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        return await database.ReadAsync(c => BindingTickets.FindAsync(c, OpaqueToken.HashOf(ticket), application.Id, now), cancel) is { } found
            ? new IdentityProof(
                new WeChatIdentity(
                    new ExternalIdentity(found.OrganizationId, ExternalIdentities.OpenId, found.AppId, found.OpenId),
                    found.UnionId.Length == 0 ? null : new ExternalIdentity(found.OrganizationId, ExternalIdentities.UnionId, found.OpenPlatform, found.UnionId)),
                found.ProviderId, found.CreatedTime, ProofMethods.BindingTicket)
            {
                Ticket = found,
            }
            : null;
    }

    /// <summary>Spends the ticket of a proof. False where it can no longer be spent: then nothing of the write may stay.</summary>
    public async Task<bool> SpendAsync(DbConnection connection, DbTransaction transaction, IdentityProof proof) =>
        proof.Ticket is not { } ticket
        || await BindingTickets.SpendAsync(connection, ticket.Hash, ticket.ApplicationId, clock.GetUtcNow().ToUnixTimeMilliseconds(), transaction);

    /// <summary>
    /// Binds the openid, and the unionid with it, and spends the proof's ticket. The unique index of the identities decides between two requests; where the result is
    /// neither <see cref="BindResult.Bound"/> nor <see cref="BindResult.IsBound"/> the write must be rolled back.
    /// </summary>
    public async Task<BindResult> BindAsync(DbConnection connection, DbTransaction transaction, IdentityProof proof, AccountProof account)
    {
        var now = clock.GetUtcNow();
        var (openId, unionId) = (proof.Identity.OpenId, proof.Identity.UnionId);
        if (!proof.IsRecent(now) || !account.IsRecent(now) || !await SpendAsync(connection, transaction, proof)
            || !await LockAsync(connection, transaction, account.UserId, openId.OrganizationId))
        {
            return BindResult.Refused;
        }

        var mine = (await ExternalIdentities.OfUserAsync(connection, account.UserId, transaction)).ToList();
        if (mine.Exists(i => i.Kind == openId.Kind && i.Issuer == openId.Issuer && i.Subject != openId.Subject))
        {
            return BindResult.HasAnother;
        }

        var isNew = false;
        foreach (var identity in new[] { openId, unionId }.OfType<ExternalIdentity>())
        {
            await UnboundIdentities.RemoveAsync(connection, identity, account.UserId, transaction);
            if (mine.Exists(i => i.Kind == identity.Kind && i.Issuer == identity.Issuer && i.Subject == identity.Subject))
            {
                continue;
            }

            if (!await ExternalIdentities.AddAsync(connection, identity, account.UserId, now.ToUnixTimeMilliseconds(), transaction, isUsed: true))
            {
                return BindResult.IsOfAnother;
            }

            isNew = true;
        }

        return isNew ? BindResult.Bound : BindResult.IsBound;
    }

    /// <summary>
    /// Unbinds an identity; with the last openid the unionids go too, so that the person does not come back by them. The user's row is locked
    /// first, so that of two requests at once the second sees what the first left. Where the result is not <see cref="UnbindResult.Unbound"/>
    /// nothing was changed.
    /// </summary>
    /// <param name="connection">Of the write.</param>
    /// <param name="transaction">Of the write.</param>
    /// <param name="user">Whose identity it is.</param>
    /// <param name="hasSecondFactor">Whether the user has a second factor, which closes the sign-in by password.</param>
    /// <param name="choose">The identities that shall go, out of all that the user has.</param>
    public async Task<Unbinding> UnbindAsync(
        DbConnection connection, DbTransaction transaction, User user, bool hasSecondFactor, Func<BoundIdentity, bool> choose)
    {
        if (!await LockAsync(connection, transaction, user.Id, user.OrganizationId))
        {
            return new(UnbindResult.NotFound, []);
        }

        var ways = await WaysIn.OfAsync(connection, user, hasSecondFactor, transaction);
        var leaving = ways.Identities.Where(choose).ToList();
        if (leaving.Count == 0)
        {
            return new(UnbindResult.NotFound, []);
        }

        if (!ways.RemainWithout(leaving))
        {
            return new(UnbindResult.IsLast, []);
        }

        if (!ways.Identities.Except(leaving).Any(i => i.Identity.Kind == ExternalIdentities.OpenId))
        {
            leaving = [.. ways.Identities];
        }

        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var bound in leaving)
        {
            await ExternalIdentities.RemoveAsync(connection, bound.Identity, user.Id, transaction);
            await UnboundIdentities.AddAsync(connection, bound.Identity, user.Id, now, transaction);
        }

        return new(UnbindResult.Unbound, leaving);
    }

    /// <summary>False where the user is gone, or may not sign in. It keeps the row from other bindings of the user until the write ends.</summary>
    private static async Task<bool> LockAsync(DbConnection connection, DbTransaction transaction, string userId, string organizationId) =>
        await connection.ExecuteAsync(
            "update users set updated_time = updated_time where id = @userId and organization_id = @organizationId and not is_forbidden and not is_deleted",
            new { userId, organizationId }, transaction) == 1;
}
