using Postern.Directory.Objects;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.Accounts;

/// <summary>What a password in a body of <c>update-user</c> means.</summary>
internal readonly record struct PasswordJudgement(bool IsUnchanged, LocalizedText? Refusal);

/// <summary>
/// Users set their first password here shortly after a sign-in; a later one goes through <c>set-password</c>, which asks
/// for the present one. The official example sends the present one with every save, so that one changes nothing.
/// </summary>
internal sealed class PasswordChanges(Database database, PasswordTrials trials, TimeProvider clock)
{
    private static readonly TimeSpan RecentSignIn = TimeSpan.FromMinutes(10);

    public async Task<PasswordJudgement> JudgeAsync(HttpContext context, UpdateTarget target, string password)
    {
        // Not asked of the present one, which changes nothing: the organization may have come to ask more since.
        if (!target.IsByAdmin && target.User.Password.Length > 0)
        {
            return await TryPresentAsync(context, target, password);
        }

        if (target.RefusePassword(password) is { } weak)
        {
            return new(false, weak);
        }

        if (target.IsByAdmin)
        {
            return default;
        }

        return new(false, await RefuseFirstAsync(target, password, context.RequestAborted));
    }

    /// <summary>Why the user may not set a first password, or null: only the sign-in shows who the caller is.</summary>
    public async Task<LocalizedText?> RefuseFirstAsync(UpdateTarget target, string password, CancellationToken cancel)
    {
        if (target.Items.Refuse("password", password, target.IsOrganizationAdmin) is { } refusal)
        {
            return refusal;
        }

        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        return now - await SignInTimeAsync(target.Caller, cancel) <= RecentSignIn.TotalMilliseconds
            ? null
            : new LocalizedText("The Password can be set within ten minutes of a sign-in: sign in again first", "登录后十分钟内才能设置密码，请先重新登录");
    }

    private async Task<PasswordJudgement> TryPresentAsync(HttpContext context, UpdateTarget target, string password)
    {
        var trial = await trials.TryAsync(context, target.Caller, target.User, password, "update-user-refused");
        return trial.IsRight ? new(true, null)
            : new(false, trial.Wait is { } wait ? new LocalizedText($"The Password cannot be tried now. {wait.English}", $"现在不能验证密码。{wait.Chinese}") : new LocalizedText(
                "The Password is not the present one: a new one is set through set-password",
                "密码与当前密码不符，新密码请通过 set-password 设置"));
    }

    private async Task<long> SignInTimeAsync(Caller caller, CancellationToken cancel) =>
        caller.Token is { } token
            ? (await database.ReadAsync(c => Grants.FindAsync(c, token.GrantId), cancel))?.AuthTime ?? 0
            : caller.SessionTime;
}
