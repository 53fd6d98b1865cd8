using Postern.AuthorizationServer.OAuth.Clients;
using Postern.AuthorizationServer.SignIn.Gate;
using Postern.Directory.Identities;
using Postern.Directory.Statistics;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.OAuth.Token;

/// <summary>The main job: the code of <c>wx.login()</c> becomes a signed-in user. The proof is always the code.</summary>
public sealed class WeChatMiniProgramGrant(
    MiniProgramProviders providers, CodeExchanges exchanges, MiniProgramAccounts accounts, BindingTicketProofs tickets, GrantIssuer grants, SignInGate gate,
    StatisticsCounter tally, Database database, TimeProvider clock) : IGrantHandler
{
    // The provider, which the application must have, is what allows it.
    public static readonly GrantKind Kind = new(GrantTypes.WeChatMiniProgram, "mini_program", typeof(WeChatMiniProgramGrant))
    {
        MustBeListed = false,
        BeginsSignIn = true,
        Secret = SecretNeed.UnlessAllowed,
    };

    private const int LongestCode = 256;

    // Some 600 ms in all: several commits long, and not so long that a code which is simply spent feels like a hang.
    private static readonly TimeSpan[] Waits =
        [TimeSpan.FromMilliseconds(40), TimeSpan.FromMilliseconds(80), TimeSpan.FromMilliseconds(160), TimeSpan.FromMilliseconds(320)];

    public async Task<Outcome<TokenAnswer>> HandleAsync(OAuthRequest request, Client client, TokenRequestContext caller, CancellationToken cancel)
    {
        var application = client.Application;
        if ((await tickets.ReadAsync(request, application, cancel)).IsRefused(out var refusal, out var ticket))
        {
            return refusal;
        }

        // Without a code the ticket alone says who this is, so its Mini Program is the one that proved it.
        var code = request["code"];
        var appid = ticket is not null && code is null ? ticket.Identity.OpenId.Issuer : request["appid"];
        if ((await providers.ChooseAsync(application, appid, request["provider"], cancel)).IsRefused(out refusal, out var program))
        {
            return refusal;
        }

        if (application.DisableSignin || application.OrganizationDisablesSignin)
        {
            return GateRefusal.SignInOff.ToGrant();
        }

        // As at Casdoor, a Mini Program gets no scope, even if it requests one. The exception is the scopes of our own API.
        var signIn = new SignIn(
            client, caller, SigninProfile.Of(request["username"], request["avatar"]), request["username"],
            application.IsSelfRegistered ? "" : Scopes.OnlyApi(request["scope"] ?? ""), FirstSignin.Of(application, program));
        if (ticket is not null && code is null)
        {
            return request["create_account"] == "true" ? await CreateAsync(signIn, ticket) : BindingTicketProofs.NeedsAccount;
        }

        if (code is null || code.Length > LongestCode || code.Any(char.IsControl))
        {
            return code is null ? OAuthError.InvalidGrant("code is missing: call wx.login and send its code", "缺少 code，请调用 wx.login 并发送其 code") : WeChatRefusals.CodeUsed;
        }

        var hash = CodeExchanges.HashOf(application.ClientId, program.Provider.ClientId, code);
        // Once the code is used at WeChat, the sign-in is completed even if the phone has disconnected.
        var exchanged = await exchanges.ExchangeAsync(hash, program.Provider, code, caller.Address);
        if (!exchanged.IsRefused(out refusal, out var proof))
        {
            var identity = WeChatIdentity.Of(application.OrganizationId, program.Provider, proof.OpenId, proof.UnionId);
            return await SignInAsync(() => PlanAsync(signIn, identity, program), signIn, hash, ticket);
        }

        return WeChatRefusals.IsUsedCode(refusal) && await UserOfUsedCodeAsync(hash, caller.Address, cancel) is { } again
            ? await SignInAsync(() => accounts.PlanAgainAsync(again, signIn.Profile, caller.Address, CancellationToken.None), signIn, hash, ticket)
            : refusal;
    }

    /// <summary>The user of an identity, or what an unknown person is answered.</summary>
    private async Task<Outcome<AccountPlan>> PlanAsync(SignIn signIn, WeChatIdentity identity, MiniProgram program)
    {
        var first = signIn.First;
        var plan = await accounts.PlanAsync(
            identity, signIn.Profile, signIn.Username, signIn.Client.Application, first.Creates, signIn.Caller.Address, CancellationToken.None);
        return plan is not null ? plan
            : first.GivesTickets ? await tickets.OfferAsync(signIn.Client.Application, identity, program.Provider.Id, first.MayCreate)
            : FirstSignin.SignUpOff;
    }

    /// <summary>A new user of the identity that a ticket proves; the ticket is spent by it.</summary>
    private async Task<Outcome<TokenAnswer>> CreateAsync(SignIn signIn, IdentityProof ticket)
    {
        if (!signIn.First.MayCreate)
        {
            return signIn.First.GivesTickets ? BindingTicketProofs.NeedsAccount : FirstSignin.SignUpOff;
        }

        return await SignInAsync(
            async () => await accounts.PlanAsync(
                ticket.Identity, signIn.Profile, signIn.Username, signIn.Client.Application, true, signIn.Caller.Address, CancellationToken.None) is { IsNew: true } plan
                ? plan
                // A user has got the identity since the ticket was made.
                : BindingTicketProofs.Invalid,
            signIn, null, ticket);
    }

    /// <summary>
    /// The user that another node signed in with this code (docs/design/identity.md). The two requests of a double tap can reach two nodes
    /// at the same instant: then the sign-in of the other node is between WeChat's answer and its commit, and this node waits for it.
    /// </summary>
    private async Task<string?> UserOfUsedCodeAsync(string hash, string address, CancellationToken cancel)
    {
        var since = (clock.GetUtcNow() - CodeExchanges.Remembered).ToUnixTimeMilliseconds();
        for (var look = 0; ; look++)
        {
            var user = await database.ReadAsync(c => Grants.UserOfCodeAsync(c, hash, address, since), cancel);
            if (user is not null || look == Waits.Length)
            {
                return user;
            }

            await Task.Delay(Waits[look], clock, cancel);
        }
    }

    /// <summary>Sign, then write; when the data changed since it was read, the sign-in runs again from its read.</summary>
    private async Task<Outcome<TokenAnswer>> SignInAsync(Func<Task<Outcome<AccountPlan>>> read, SignIn signIn, string? codeHash, IdentityProof? ticket)
    {
        var outcome = await Repeated.RunAsync<Outcome<TokenAnswer>>(async _ =>
        {
            if ((await read()).IsRefused(out var refusal, out var plan))
            {
                return refusal;
            }

            var start = new GrantRequest(signIn.Client, plan.User, Kind.Type, signIn.Scope, signIn.Caller) { CodeHash = codeHash, UserAddress = signIn.Caller.Address };
            if ((await gate.JudgeAsync(start.Attempt, CancellationToken.None)).IsRefused(out var closed, out var admission))
            {
                return closed.ToGrant();
            }

            var (grant, tokens) = await grants.SignAsync(start, admission, CancellationToken.None);
            var written = await database.WriteAsync<Outcome<TokenAnswer>?>(async (connection, transaction) =>
            {
                if (!await accounts.WriteAsync(plan, connection, transaction))
                {
                    return Written.Rollback<Outcome<TokenAnswer>?>(null);
                }

                if (ticket is not null && await tickets.SpendAsync(connection, transaction, start, ticket, plan.IsNew, ProofMethods.WeChatCode) is { } invalid)
                {
                    return Written.Rollback<Outcome<TokenAnswer>?>(invalid);
                }

                await GrantIssuer.WriteAsync(connection, transaction, start, grant, tokens, plan.IsNew ? "new-user" : "signin");
                return Written.Commit<Outcome<TokenAnswer>?>(tokens.Answer);
            });
            if (plan.IsNew && written is { Refusal: null })
            {
                tally.Count(Measures.NewUsers, plan.User.OrganizationId, Kind.Label);
            }

            return written;
        });
        return outcome ?? OAuthError.Unavailable("the account is being changed: try again", "账号正在变更，请重试", TimeSpan.FromSeconds(1));
    }

    /// <summary>What the request says, beside its proof.</summary>
    private sealed record SignIn(Client Client, TokenRequestContext Caller, SigninProfile Profile, string? Username, string Scope, FirstSignin First);
}
