using System.Text.Json.Nodes;
using Postern.AuthorizationServer.Http;
using Postern.AuthorizationServer.OAuth.Token;
using Postern.AuthorizationServer.SignIn;
using Postern.AuthorizationServer.SignIn.Gate;
using Postern.CasdoorApi.Accounts;
using Postern.CasdoorApi.Calls;
using Postern.Directory.Identities;
using Postern.Directory.Objects;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.OwnApi;

/// <summary>
/// The proof of the caller's own account that changes of it need: a sign-in of the last ten minutes, or in the body's <c>proof</c> the password,
/// or a code of <c>wx.login()</c> of an identity that the account has.
/// </summary>
internal sealed class AccountProofs(Database database, PasswordTrials trials, WeChatCodeProofs codes, SignInGate gate, TimeProvider clock)
{
    /// <summary>The member of a body that holds the proof.</summary>
    public const string Member = "proof";

    private static readonly OwnProblem Wrong = OwnAnswer.Refuse(
        StatusCodes.Status403Forbidden, ErrorCode.WrongCredentials.Name, new("The proof is not of this account.", "该凭证不属于此账号。"));

    /// <param name="call">The call of a user.</param>
    /// <param name="client">The client that the caller uses; null for a browser's session that names none.</param>
    /// <param name="body">What was sent.</param>
    public async Task<(AccountProof? Proof, OwnProblem? Refusal)> ProveAsync(RouteCall call, Application? client, JsonObject body)
    {
        var user = call.Caller.User!;
        if (body[Member] is JsonObject sent)
        {
            return Text(sent, "password") is { Length: > 0 } password ? await ByPasswordAsync(call, client, user, password)
                : Text(sent, "code") is { Length: > 0 } code ? await ByCodeAsync(call, client, user, code, Text(sent, "appid"))
                : (null, OwnAnswer.Invalid(new("proof needs password, or code and appid.", "proof 需要 password，或 code 与 appid。")));
        }

        var time = await call.ReadAsync(c => RecentAuthentication.TimeOfAsync(c, call.Caller));
        return RecentAuthentication.Is(time, clock.GetUtcNow())
            ? (new AccountProof(user.Id, time, ProofMethods.SignIn), null)
            : (null, OwnAnswer.AuthenticateAgain(RecentAuthentication.Limit));
    }

    private async Task<(AccountProof? Proof, OwnProblem? Refusal)> ByPasswordAsync(RouteCall call, Application? client, User user, string password)
    {
        if (password.Length > PasswordOptions.Longest || user.Password.Length == 0)
        {
            return (null, Wrong);
        }

        var trial = await trials.TryAsync(call.Context, call.Caller, user, password, "prove-account-refused");
        if (!trial.IsRight)
        {
            return (null, trial.Wait is { } wait
                ? OwnAnswer.Refuse(StatusCodes.Status429TooManyRequests, ErrorCode.TooManyRequests.Name, wait)
                : Wrong);
        }

        // A password that would not sign the user in proves nothing more here: a second factor is missing, or the password has expired.
        if (client is not null)
        {
            var address = call.Context.PeerAddress();
            var attempt = new SignInAttempt(client, user, address, call.Context.Request.Path) { UserAddress = address, IsByPassword = true };
            if ((await gate.JudgeAsync(attempt, call.Context.RequestAborted)).IsRefused(out var closed, out _))
            {
                return (null, OwnAnswer.Refuse(StatusCodes.Status403Forbidden, ErrorCode.Of(closed).Name, closed.Sentence));
            }
        }

        return (new AccountProof(user.Id, clock.GetUtcNow().ToUnixTimeMilliseconds(), ProofMethods.Password), null);
    }

    private async Task<(AccountProof? Proof, OwnProblem? Refusal)> ByCodeAsync(RouteCall call, Application? client, User user, string code, string? appid)
    {
        if (client is null)
        {
            return (null, OwnAnswer.Invalid(new("clientId is needed with a code.", "使用 code 时需要 clientId。")));
        }

        var proved = await codes.ProveAsync(client, appid, code, "account " + user.Id, call.Context.PeerAddress(), call.Context.RequestAborted);
        if (proved.IsRefused(out var refusal, out var identity))
        {
            return (null, OwnAnswer.Of(refusal));
        }

        var holder = await database.ReadAsync(c => Users.FindByIdentityAsync(c, identity.Identity.OpenId), call.Context.RequestAborted);
        return holder?.Id == user.Id ? (new AccountProof(user.Id, identity.VerifiedTime, identity.Method), null) : (null, Wrong);
    }

    private static string? Text(JsonObject body, string name) => body[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
