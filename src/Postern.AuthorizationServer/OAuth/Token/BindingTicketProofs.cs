using System.Data.Common;
using Postern.Directory.Identities;
using Postern.Directory.Statistics;
using Postern.Protocol;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.OAuth.Token;

/// <summary>Binding tickets at the token endpoint: given to unknown persons, and spent beside the proof of an account (docs/accounts.md).</summary>
public sealed class BindingTicketProofs(AccountBinding binding, TimeProvider clock)
{
    public const string Parameter = "binding_ticket";

    public static readonly OAuthError Invalid = OAuthError.InvalidGrant(
        "the binding ticket was used, has expired or belongs to another client: sign in again to get a new one",
        "绑定凭证已使用、已过期或属于其他应用，请重新登录以获取新的凭证");

    public static readonly OAuthError NeedsAccount = OAuthError.InvalidRequest(
        "send a proof of the account beside binding_ticket, or create_account=true where the application allows it",
        "请在 binding_ticket 之外提供账号凭证；若应用允许，也可发送 create_account=true");

    private static readonly OAuthError OfAnother = OAuthError.InvalidGrant(
        "the identity is bound to another account: sign in with that account", "该身份已绑定其他账号，请使用该账号登录");

    private static readonly OAuthError HasAnother = OAuthError.InvalidGrant(
        "the account has another identity of this Mini Program: unbind it first", "该账号已绑定此小程序的其他身份，请先解除绑定");

    /// <summary>The request's ticket; null where it has none.</summary>
    public async Task<Outcome<IdentityProof?>> ReadAsync(OAuthRequest request, Application application, CancellationToken cancel)
    {
        if (request[Parameter] is not { } text)
        {
            return (IdentityProof?)null;
        }

        return await binding.FindTicketAsync(text, application, cancel) is { } proof ? proof : Invalid;
    }

    /// <summary>The refusal of an unknown person, with a new ticket.</summary>
    public async Task<OAuthError> OfferAsync(Application application, WeChatIdentity identity, string providerId, bool mayCreate)
    {
        var proof = new IdentityProof(identity, providerId, clock.GetUtcNow().ToUnixTimeMilliseconds(), ProofMethods.WeChatCode);
        var ticket = await binding.IssueTicketAsync(application, proof);
        return new OAuthError("account_binding_required", "no account has this identity: sign in with an existing account and send binding_ticket with it")
        {
            ChineseMessage = "该身份尚未绑定账号，请使用已有账号登录并同时发送 binding_ticket",
            Binding = new(ticket.Text, (long)AccountBinding.TicketLifetime.TotalSeconds, mayCreate),
            Cause = FailureReasons.BindingRequired,
        };
    }

    /// <summary>Spends the ticket in the write of the sign-in. The refusal, where it can no longer be spent: then the write is rolled back.</summary>
    /// <param name="connection">Of the write.</param>
    /// <param name="transaction">Of the write.</param>
    /// <param name="start">The sign-in, by which the account was proved.</param>
    /// <param name="ticket">What the ticket proves.</param>
    /// <param name="isNew">The user was just created with the ticket's identity.</param>
    /// <param name="method">How the account was proved, a value of <see cref="ProofMethods"/>.</param>
    public async Task<OAuthError?> SpendAsync(DbConnection connection, DbTransaction transaction, GrantRequest start, IdentityProof ticket, bool isNew, string method)
    {
        if (isNew)
        {
            return await binding.SpendAsync(connection, transaction, ticket) ? null : Invalid;
        }

        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var result = await binding.BindAsync(connection, transaction, ticket, new AccountProof(start.User.Id, now, method));
        if (result == BindResult.Bound)
        {
            await Records.AddAsync(
                connection, TokenRecords.Of(start.User, start.Client, start.Caller, now, IdentityActions.Bind, ticket.Identity.OpenId.Issuer), transaction);
        }

        return RefusalOf(result);
    }

    /// <summary>Why an identity was not bound; null where it is.</summary>
    public static OAuthError? RefusalOf(BindResult result) => result switch
    {
        BindResult.Bound or BindResult.IsBound => null,
        BindResult.IsOfAnother => OfAnother,
        BindResult.HasAnother => HasAnother,
        _ => Invalid,
    };
}
