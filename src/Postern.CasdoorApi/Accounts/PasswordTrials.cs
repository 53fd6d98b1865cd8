using Postern.AuthorizationServer.SignIn;
using Postern.CasdoorApi.Calls;
using Postern.Directory.Credentials;
using Postern.Directory.Objects;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Secrets;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.Accounts;

/// <summary>What became of a password that was tried: right, or wrong, or not compared because too many were wrong before.</summary>
/// <param name="IsRight">It is the user's.</param>
/// <param name="Wait">How long none is compared; null where it was compared.</param>
/// <param name="Wrong">What a sign-in would say of a wrong one; null where it was not wrong, or not compared.</param>
internal readonly record struct PasswordTrial(bool IsRight, LocalizedText? Wait, LocalizedText? Wrong);

/// <summary>Compares a user's password for somebody who is signed in already, under the lock-out of sign-ins.</summary>
internal sealed class PasswordTrials(Database database, PasswordChecks checks, SecretStore secrets, TimeProvider clock)
{
    /// <param name="context">For the record.</param>
    /// <param name="caller">Who tries.</param>
    /// <param name="user">Whose password.</param>
    /// <param name="password">In clear text.</param>
    /// <param name="action">How the record of a wrong one calls it.</param>
    public async Task<PasswordTrial> TryAsync(HttpContext context, Caller caller, User user, string password, string action)
    {
        // A stolen token must not be a way to guess the password without a limit.
        var rule = LockOutRule.Of(caller.Client);
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (rule.IsFrozen(user.SigninWrongTimes, user.LastSigninWrongTime, now))
        {
            return new(false, rule.Wait(user.LastSigninWrongTime, now), null);
        }

        var salt = await database.ReadAsync(c => Organizations.PasswordSaltAsync(c, secrets, user.Owner), context.RequestAborted);
        var check = await checks.CheckAsync(new(user.Owner, user.Name), user, password, salt ?? "", context.RequestAborted);
        if (check.IsRight)
        {
            return await database.WriteAsync(async (connection, transaction) => Written.Commit(await LockOut.ClearAsync(connection, user, rule, now, transaction)))
                ? new(true, null, null)
                : new(false, rule.Wait(now, now), null);
        }

        var record = ObjectRecords.Of(context, caller, action, new ObjectId(user.Owner, user.Name)) with { ObjectRow = new(ObjectKinds.User.Name, user.Id), Detail = check.Detail, Verdict = Verdicts.Refused };
        var counted = await database.WriteAsync(async (connection, transaction) =>
        {
            var times = await LockOut.CountAsync(connection, user.Id, rule, now, transaction);
            if (times is not null)
            {
                await Records.AddAsync(connection, record, transaction);
            }

            return Written.Commit(times);
        });
        return counted is { } count ? new(false, null, rule.Remaining(count)) : new(false, rule.Wait(now, now), null);
    }
}
