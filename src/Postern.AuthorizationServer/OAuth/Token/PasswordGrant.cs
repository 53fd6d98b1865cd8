using System.Data.Common;
using Postern.AuthorizationServer.OAuth.Clients;
using Postern.AuthorizationServer.SignIn;
using Postern.Directory.Identities;
using Postern.Protocol;

namespace Postern.AuthorizationServer.OAuth.Token;

/// <summary>
/// Legacy (RFC 6749 §4.3; removed in OAuth 2.1): the client sees the password. Only for applications that list it, with
/// their secret, under the same lock-out as the sign-in page.
/// </summary>
public sealed class PasswordGrant(GrantIssuer grants, PasswordSignIn signIn, BindingTicketProofs tickets) : IGrantHandler
{
    public static readonly GrantKind Kind = new(GrantTypes.Password, "password_grant", typeof(PasswordGrant))
    {
        MustBeListed = true,
        BeginsSignIn = true,
        Secret = SecretNeed.Always,
        IsLegacy = true,
    };

    public async Task<Outcome<TokenAnswer>> HandleAsync(OAuthRequest request, Client client, TokenRequestContext caller, CancellationToken cancel)
    {
        var application = client.Application;
        if (request["username"] is not { } name || request["password"] is not { } password)
        {
            return OAuthError.InvalidRequest("username and password are required", "缺少 username 或 password");
        }

        if (RequestedAccess.Of(application, request).IsRefused(out var refusal, out var requested)
            || (await tickets.ReadAsync(request, application, cancel)).IsRefused(out refusal, out var ticket))
        {
            return refusal;
        }

        var attempt = new PasswordAttempt(application.Organization, name, password, caller.Address, caller.Path);
        var outcome = await signIn.SignInAsync(application, attempt, cancel);
        if (outcome.Admission is not { } admission)
        {
            return outcome.TooMany
                ?? (outcome.Gate?.ToGrant() ?? OAuthError.InvalidGrant("invalid username or password: " + outcome.Refusal.English, outcome.Refusal.Chinese) with { Cause = outcome.Cause })
                with
                { IsCounted = true };
        }

        var start = new GrantRequest(client, admission.User, Kind.Type, requested.Scope, caller)
        {
            Resource = requested.Resource,
            Amr = Sessions.PasswordMethod,
            UserAddress = caller.Address,
        };
        return await grants.BeginAsync(start, SpendAsync, cancel);

        async Task<OAuthError?> SpendAsync(DbConnection connection, DbTransaction transaction, long now) =>
            ticket is null ? null : await tickets.SpendAsync(connection, transaction, start, ticket, isNew: false, ProofMethods.Password);
    }
}
