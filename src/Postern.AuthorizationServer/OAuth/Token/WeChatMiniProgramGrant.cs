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
    MiniProgramProviders providers, CodeExchanges exchanges, MiniProgramAccounts accounts, GrantIssuer grants, SignInGate gate, StatisticsCounter tally, Database database, TimeProvider clock) : IGrantHandler
{
    // The provider, which the application must have, is what allows it.
    public static readonly GrantKind Kind = new(GrantTypes.WeChatMiniProgram, "mini_program", typeof(WeChatMiniProgramGrant))
    {
        MustBeListed = false,
        BeginsSignIn = true,
    };

    private const int Tries = 3;
    private const int LongestCode = 256;

    // Some 600 ms in all: several commits long, and not so long that a code which is simply spent feels like a hang.
    private static readonly TimeSpan[] Waits =
        [TimeSpan.FromMilliseconds(40), TimeSpan.FromMilliseconds(80), TimeSpan.FromMilliseconds(160), TimeSpan.FromMilliseconds(320)];

    public async Task<Outcome<TokenAnswer>> HandleAsync(OAuthRequest request, Client client, TokenRequestContext caller, CancellationToken cancel)
    {
        var application = client.Application;
        if ((await providers.ChooseAsync(application, request["appid"], request["provider"], cancel)).IsRefused(out var refusal, out var program))
        {
            return refusal;
        }

        if (application.DisableSignin || application.OrganizationDisablesSignin)
        {
            return GateRefusal.SignInOff.ToGrant();
        }

        var code = request["code"];
        if (code is null || code.Length > LongestCode || code.Any(char.IsControl))
        {
            return code is null ? OAuthError.InvalidGrant("code is missing: call wx.login and send its code", "缺少 code，请调用 wx.login 并发送其 code") : WeChatRefusals.CodeUsed;
        }

        var profile = SigninProfile.Of(request["username"], request["avatar"]);
        var hash = CodeExchanges.HashOf(application.ClientId, program.Provider.ClientId, code);
        // Once the code is used at WeChat, the sign-in is completed even if the phone has disconnected.
        var exchanged = await exchanges.ExchangeAsync(hash, program.Provider, code, caller.Address);
        Func<Task<Outcome<AccountPlan>>> plan;
        if (exchanged.IsRefused(out refusal, out var proof))
        {
            if (!WeChatRefusals.IsUsedCode(refusal) || await UserOfUsedCodeAsync(hash, caller.Address, cancel) is not { } again)
            {
                return refusal;
            }

            plan = () => accounts.PlanAgainAsync(again, profile, caller.Address, CancellationToken.None);
        }
        else
        {
            var identity = WeChatIdentity.Of(application.OrganizationId, program.Provider, proof.OpenId, proof.UnionId);
            // No sign-in ever creates a user in built-in: its administrators control the whole installation.
            var mayCreate = application.EnableSignUp && program.CanSignUp && application.Organization != Organizations.BuiltIn;
            plan = () => accounts.PlanAsync(identity, profile, request["username"], application, mayCreate, caller.Address, CancellationToken.None);
        }

        // As at Casdoor, a Mini Program gets no scope, even if it requests one. The exception is the scopes of our own API.
        var scope = application.IsSelfRegistered ? "" : Scopes.OnlyApi(request["scope"] ?? "");
        return await SignInAsync(plan, client, scope, caller, hash);
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
    private async Task<Outcome<TokenAnswer>> SignInAsync(Func<Task<Outcome<AccountPlan>>> read, Client client, string scope, TokenRequestContext caller, string codeHash)
    {
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            if ((await read()).IsRefused(out var refusal, out var plan))
            {
                return refusal;
            }

            var start = new GrantRequest(client, plan.User, Kind.Type, scope, caller) { CodeHash = codeHash, UserAddress = caller.Address };
            if ((await gate.JudgeAsync(start.Attempt, CancellationToken.None)).IsRefused(out var closed, out var admission))
            {
                return closed.ToGrant();
            }

            var (grant, tokens) = await grants.SignAsync(start, admission, CancellationToken.None);
            var isWritten = await database.WriteAsync(async (connection, transaction) =>
            {
                if (!await accounts.WriteAsync(plan, connection, transaction))
                {
                    return Written.Rollback(false);
                }

                await GrantIssuer.WriteAsync(connection, transaction, start, grant, tokens, plan.IsNew ? "new-user" : "signin");
                return Written.Commit(true);
            });
            if (isWritten)
            {
                if (plan.IsNew)
                {
                    tally.Count(Measures.NewUsers, plan.User.OrganizationId, Kind.Label);
                }

                return tokens.Answer;
            }
        }

        return OAuthError.Unavailable("the account is being changed: try again", "账号正在变更，请重试", TimeSpan.FromSeconds(1));
    }
}
