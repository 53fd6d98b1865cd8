using System.Data.Common;
using Dapper;
using Postern.AuthorizationServer.Refusals;
using Postern.AuthorizationServer.SignIn.Gate;
using Postern.AuthorizationServer.Statistics;
using Postern.Directory.Credentials;
using Postern.Directory.Statistics;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Secrets;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.SignIn;

/// <summary>A sign-in with name and password: the user, the address it comes from, and the path that the audit trail records.</summary>
public sealed record PasswordAttempt(string Organization, string Name, string Password, string Address, string Path)
{
    /// <summary>The browser's session that begins with it; null where none shall.</summary>
    public SessionOrder? Session { get; init; }
}

/// <summary>A session to begin: whether it outlives the browser, and the one that it replaces there.</summary>
public sealed record SessionOrder(bool IsPersistent, string? Replaced);

/// <summary>What became of it: an admission and the session that was asked for, or the sentence of the refusal.</summary>
public sealed record PasswordOutcome(Admission? Admission, NewSession? Session, LocalizedText Refusal)
{
    /// <summary>What a refusal is counted under.</summary>
    public string Cause { get; init; } = FailureReasons.WrongPassword;

    /// <summary>The gate's refusal, where the application or the right password met one.</summary>
    public GateRefusal? Gate { get; init; }

    /// <summary>The user who proved the present password and must only choose a new one.</summary>
    public User? MustChange { get; init; }

    /// <summary>The answer to give instead of the sentence: this address was refused too often.</summary>
    public OAuthError? TooMany { get; init; }

    public static PasswordOutcome Refused(LocalizedText sentence) => new(null, null, sentence);

    public static PasswordOutcome Refused(GateRefusal refusal) => new(null, null, refusal.Sentence) { Cause = refusal.Cause, Gate = refusal };
}

/// <summary>
/// The one way to sign in by password: wrong passwords are counted per address and per user, of names that do not exist too, and a right
/// password passes the gate.
/// </summary>
public sealed class PasswordSignIn(
    Database database, PasswordChecks checks, SecretStore secrets, Sessions sessions, SignInGate gate, RefusalRateLimiter guesses, UnknownUserLockout unknown, RefusalCounts refusals,
    AuditedRefusals known, StatisticsCounter tally, AuthorizationServerOptions options, TimeProvider clock)
{
    internal static readonly GateRefusal PasswordOff = GateRefusal.SignInOff with
    {
        Sentence = new("The login method: login with password is not enabled for the application", "该应用未启用密码登录"),
        Detail = "sign-in by password is off",
    };

    private const string RefusedAction = "signin-refused";

    public async Task<PasswordOutcome> SignInAsync(Application application, PasswordAttempt attempt, CancellationToken cancel)
    {
        if ((GateRules.JudgeApplication(application, attempt.Address) ?? (application.EnablePassword ? null : PasswordOff)) is { } closed)
        {
            await known.AddAsync(Record(application, attempt, closed), application.ClientId, closed.Cause);
            return Tallied(application, attempt, PasswordOutcome.Refused(closed));
        }

        if (guesses.Judge(attempt.Address, application.ClientId) is { } tooMany)
        {
            return PasswordOutcome.Refused(LocalizedText.None) with { TooMany = tooMany };
        }

        var (proved, refused) = await ProveAsync(application, attempt, cancel);
        var outcome = refused ?? await AcceptAsync(proved!, attempt);
        if (outcome is { Admission: null, Gate: not { AsksForPassword: true } })
        {
            guesses.Note(attempt.Address, application.ClientId);
        }

        return Tallied(application, attempt, outcome);
    }

    private PasswordOutcome Tallied(Application application, PasswordAttempt attempt, PasswordOutcome outcome)
    {
        if (SignInMethod.OfPath(attempt.Path) is { } door)
        {
            // A typed organization name is not counted: it could be any text.
            var organization = outcome.Admission?.User.OrganizationId ?? (attempt.Organization == application.Organization ? application.OrganizationId : "");
            tally.Count(outcome.Admission is null ? Measures.Failures : Measures.SignIns, organization, outcome.Admission is null ? outcome.Cause : door);
        }

        return outcome;
    }

    private async Task<(Proved? Proved, PasswordOutcome? Refusal)> ProveAsync(Application application, PasswordAttempt attempt, CancellationToken cancel)
    {
        var rule = LockOutRule.Of(application);
        var form = SignInNames.Form(attempt.Name);
        var (user, salt) = await database.ReadAsync(async c =>
            (await SignInNames.FindAsync(c, attempt.Organization, attempt.Name), await Organizations.PasswordSaltAsync(c, secrets, attempt.Organization)), cancel);
        if (user is { IsDeleted: true } || (user is { IsDemo: true } && !options.HasSandbox))
        {
            user = null;
        }

        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (user is not null && rule.IsFrozen(user.SigninWrongTimes, user.LastSigninWrongTime, now))
        {
            await known.AddAsync(Record(user, attempt, now, "locked out"), application.ClientId, "frozen");
            return (null, PasswordOutcome.Refused(rule.Wait(user.LastSigninWrongTime, now)) with { Cause = FailureReasons.LockedOut });
        }

        if (user is null && unknown.Frozen(attempt.Organization, form, rule, now) is { } frozen)
        {
            await known.CountAsync(attempt.Organization, form, RefusedAction, application.ClientId, "frozen", now);
            return (null, PasswordOutcome.Refused(frozen) with { Cause = FailureReasons.LockedOut });
        }

        // An unknown name takes the same time and waits in the same queue, so that neither reveals which users exist. Organizations
        // that do not exist share one turn: any caller can invent them.
        var owner = salt is null ? PasswordOwner.Unknown : new PasswordOwner(attempt.Organization, form);
        var check = await checks.CheckAsync(owner, user, attempt.Password, salt ?? "", cancel);
        now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (user is null)
        {
            return (null, await RefuseUnknownAsync(application, rule, attempt, now));
        }

        if (!check.IsRight)
        {
            return (null, await RefuseAsync(application, user, rule, attempt, check.Detail, now));
        }

        var verdict = await gate.JudgeAsync(new SignInAttempt(application, user, attempt.Address, attempt.Path)
        {
            UserAddress = attempt.Address,
            IsByPassword = true,
        }, cancel);
        return verdict.IsRefused(out var refusal, out var admission)
            ? (null, PasswordOutcome.Refused(refusal) with { MustChange = refusal.AsksForPassword ? user : null })
            : (new Proved(admission, rule, check.NewHash, now), null);
    }

    /// <summary>Waits for the disk as a user's refusal does, so that the time reveals nothing. Not one row each: any caller could fill the disk.</summary>
    private async Task<PasswordOutcome> RefuseUnknownAsync(Application application, LockOutRule rule, PasswordAttempt attempt, long now)
    {
        await database.WriteAsync(async (connection, transaction) =>
        {
            await Records.CountRefusalsAsync(connection, application.ClientId, "unknown_user", now / 60_000, 1, transaction);
            return Written.Commit(true);
        });
        return PasswordOutcome.Refused(unknown.Count(attempt.Organization, SignInNames.Form(attempt.Name), rule, now));
    }

    private async Task<PasswordOutcome> RefuseAsync(Application application, User user, LockOutRule rule, PasswordAttempt attempt, string detail, long now)
    {
        var times = await database.WriteAsync(async (connection, transaction) =>
        {
            var counted = await LockOut.CountAsync(connection, user.Id, rule, now, transaction);
            if (counted is not null)
            {
                await Records.AddAsync(connection, Record(user, attempt, now, detail), transaction);
            }

            return Written.Commit(counted);
        });
        if (times is { } count)
        {
            return PasswordOutcome.Refused(rule.Remaining(count));
        }

        refusals.Add(application.ClientId, "frozen");
        return PasswordOutcome.Refused(rule.Wait(now, now)) with { Cause = FailureReasons.LockedOut };
    }

    private async Task<PasswordOutcome> AcceptAsync(Proved proved, PasswordAttempt attempt)
    {
        var (admission, rule, newHash, now) = proved;
        var user = admission.User;
        var session = attempt.Session is { } order ? sessions.Prepare(admission, order.IsPersistent, Sessions.PasswordMethod) : null;
        var newPassword = newHash is null ? null : secrets.Protect(SecretColumn.UserPassword, user.Id, newHash);
        var isWritten = await database.WriteAsync(async (connection, transaction) =>
        {
            if (!await LockOut.ClearAsync(connection, user, rule, now, transaction, newPassword))
            {
                return Written.Rollback(false);
            }

            await NoteAsync(connection, user.Id, attempt.Address, now, transaction);
            if (session is not null)
            {
                await BrowserSessions.AddAsync(connection, session, transaction);
                if (attempt.Session?.Replaced is { } replaced)
                {
                    await BrowserSessions.EndAsync(connection, replaced, transaction);
                }
            }

            await Records.AddAsync(connection, Record(user, attempt, now, ""), transaction);
            return Written.Commit(true);
        });
        // Between our read and the write the user was frozen, forbidden or given another password.
        return isWritten ? new PasswordOutcome(admission, session, LocalizedText.None) : PasswordOutcome.Refused(new LocalizedText("password or code is incorrect", "用户名或密码错误"));
    }

    private static Task<int> NoteAsync(DbConnection connection, string id, string address, long now, DbTransaction transaction) => connection.ExecuteAsync(
        "update users set last_signin_time = @now, last_signin_ip = @address where id = @id", new { id, now, address }, transaction);

    /// <summary>Closed for every user, so no user was looked for and the record names none.</summary>
    private AuditRecord Record(Application application, PasswordAttempt attempt, GateRefusal closed) => new()
    {
        Organization = application.Organization,
        CreatedTime = clock.GetUtcNow().ToUnixTimeMilliseconds(),
        ClientIp = attempt.Address,
        User = "",
        Method = HttpMethods.Post,
        RequestUri = attempt.Path,
        Action = RefusedAction,
        Verdict = Verdicts.Refused,
        Target = application.Name,
        Detail = closed.Detail,
    };

    private static AuditRecord Record(User user, PasswordAttempt attempt, long now, string refusal) => new()
    {
        Organization = user.Owner,
        CreatedTime = now,
        ClientIp = attempt.Address,
        User = user.Name,
        UserId = user.Id,
        Method = HttpMethods.Post,
        RequestUri = attempt.Path,
        Action = refusal.Length == 0 ? "signin" : RefusedAction,
        Verdict = refusal.Length == 0 ? Verdicts.Ok : Verdicts.Refused,
        Target = $"{user.Owner}/{user.Name}",
        Detail = refusal,
    };

    /// <summary>A right password of a user who may sign in.</summary>
    private sealed record Proved(Admission Admission, LockOutRule Rule, string? NewHash, long Now);
}
