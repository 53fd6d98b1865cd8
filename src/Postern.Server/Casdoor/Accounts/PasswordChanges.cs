using Postern.Server.Casdoor.Objects;
using Postern.Server.Data;
using Postern.Server.SignIn;

namespace Postern.Server.Casdoor.Accounts;

/// <summary>What a password in a body of <c>update-user</c> means.</summary>
internal readonly record struct PasswordJudgement(bool IsUnchanged, string? Refusal);

/// <summary>
/// A user sets his first password here shortly after a sign-in; a later one goes through <c>set-password</c>, which asks
/// for the present one. The official example sends the present one with every save, so that one changes nothing.
/// </summary>
internal sealed class PasswordChanges(Database database, PasswordChecks checks, TimeProvider clock)
{
    private static readonly TimeSpan RecentSignIn = TimeSpan.FromMinutes(10);

    public async Task<PasswordJudgement> JudgeAsync(HttpContext context, UpdateTarget target, string password)
    {
        // Not asked of the present one, which changes nothing: the organization may have come to ask more since.
        if (!target.IsByAdmin && target.User.Password.Length > 0)
        {
            return await TryPresentAsync(context, target, password);
        }

        if (PasswordOptions.Refuse(target.Organization?.PasswordOptions ?? "[]", password) is { } weak)
        {
            return new(false, weak);
        }

        if (target.IsByAdmin)
        {
            return default;
        }

        if (target.Items.Refuse("password", password, target.IsOrganizationAdmin) is { } refusal)
        {
            return new(false, refusal);
        }

        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        return now - await SignInTimeAsync(target.Caller, context.RequestAborted) <= RecentSignIn.TotalMilliseconds
            ? default
            : new(false, "The Password can be set within ten minutes of a sign-in: sign in again first");
    }

    private async Task<PasswordJudgement> TryPresentAsync(HttpContext context, UpdateTarget target, string password)
    {
        // A stolen token must not be a way to guess the password without a limit.
        var (user, rule) = (target.User, LockOutRule.Of(target.Caller.Client));
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (rule.IsFrozen(user.SigninWrongTimes, user.LastSigninWrongTime, now))
        {
            return new(false, "The Password cannot be tried now. " + rule.Wait(user.LastSigninWrongTime, now).English);
        }

        var salt = await database.ReadAsync(c => Organizations.PasswordSaltAsync(c, user.Owner), context.RequestAborted);
        if ((await checks.CheckAsync(user, password, salt, context.RequestAborted)).IsRight)
        {
            return await database.WriteAsync(async (connection, transaction) =>
                Written.Keep(await LockOut.ClearAsync(connection, user, rule, now, transaction)))
                ? new(true, null)
                : new(false, "The Password cannot be tried now. " + rule.Wait(now, now).English);
        }

        var record = ObjectRecords.Of(context, target.Caller, "update-user-refused", new ObjectId(user.Owner, user.Name)) with { Detail = "wrong password", Verdict = Verdicts.Refused };
        await database.WriteAsync(async (connection, transaction) =>
        {
            var counted = await LockOut.CountAsync(connection, user.Id, rule, now, transaction);
            if (counted is not null)
            {
                await Records.AddAsync(connection, record, transaction);
            }

            return Written.Keep(counted);
        });
        return new(false, "The Password is not the present one: a new one is set through set-password");
    }

    private async Task<long> SignInTimeAsync(Caller caller, CancellationToken cancel) =>
        caller.Token is { } token
            ? (await database.ReadAsync(c => Grants.FindAsync(c, token.GrantId), cancel))?.AuthTime ?? 0
            : caller.SessionTime;
}
