using System.Data.Common;
using Dapper;
using Postern.Directory.Credentials;
using Postern.Protocol;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.SignIn;

/// <summary>How many wrong passwords close a user's password sign-in, and for how long.</summary>
public sealed record LockOutRule(long Limit, TimeSpan Frozen)
{
    public static readonly LockOutRule Default = new(5, TimeSpan.FromMinutes(15));

    // A year: an older version accepted any number, and the calculation must not overflow.
    private const long LongestMinutes = 525_600;

    public static LockOutRule Of(Application? application) => application is null ? Default : new(
        application.FailedSigninLimit > 0 ? application.FailedSigninLimit : Default.Limit,
        application.FailedSigninFrozenTime > 0 ? TimeSpan.FromMinutes(Math.Min(application.FailedSigninFrozenTime, LongestMinutes)) : Default.Frozen);

    public bool IsFrozen(long wrongTimes, long lastWrong, long now) => wrongTimes >= Limit && lastWrong + (long)Frozen.TotalMilliseconds > now;

    public LocalizedText Remaining(long wrongTimes)
    {
        var left = Math.Max(0, Limit - wrongTimes);
        return new($"password or code is incorrect, you have {left} remaining chances", $"用户名或密码错误，您还有 {left} 次机会");
    }

    public LocalizedText Wait(long lastWrong, long now)
    {
        var minutes = Math.Max(1, (long)Math.Ceiling((Frozen.TotalMilliseconds - (now - lastWrong)) / 60_000));
        return new(
            $"You have entered the wrong password or code too many times, please wait for {minutes} minutes and try again",
            $"密码错误次数过多，请 {minutes} 分钟后重试");
    }
}

/// <summary>
/// The count of wrong passwords. Both statements check again that the user is not frozen, so concurrent attempts cannot exceed the
/// number that the rule allows, in any order.
/// </summary>
public static class LockOut
{
    private const string Open = "(signin_wrong_times < @Limit or last_signin_wrong_time <= @thawed)";

    /// <summary>Counts a wrong password: the count so far, or null where the user is frozen.</summary>
    public static Task<long?> CountAsync(DbConnection connection, string userId, LockOutRule rule, long now, DbTransaction transaction) =>
        connection.QuerySingleOrDefaultAsync<long?>(
            $"""
            update users set signin_wrong_times = case when signin_wrong_times >= @Limit then 1 else signin_wrong_times + 1 end, last_signin_wrong_time = @now
            where id = @userId and {Open} returning signin_wrong_times
            """, new { userId, rule.Limit, now, thawed = Thawed(rule, now) }, transaction);

    /// <summary>A right password resets the count; false where the user is frozen, or was changed since it was read.</summary>
    /// <param name="connection">Of the write.</param>
    /// <param name="user">The user as it was read.</param>
    /// <param name="rule">The application's.</param>
    /// <param name="now">Unix milliseconds.</param>
    /// <param name="transaction">Of the write.</param>
    /// <param name="newHash">Ciphertext of our hash of the password where it was kept in another way; null = it stays.</param>
    public static async Task<bool> ClearAsync(DbConnection connection, User user, LockOutRule rule, long now, DbTransaction transaction, string? newHash = null) =>
        await connection.ExecuteAsync(
            $"""
            update users set signin_wrong_times = 0, password = coalesce(@newHash, password),
              password_type = case when @newHash is null then password_type else @Type end,
              password_salt = case when @newHash is null then password_salt else '' end
            where id = @Id and owner = @Owner and name = @Name and password = @Password and not is_forbidden and not is_deleted and {Open}
            """, new { user.Id, user.Owner, user.Name, user.Password, rule.Limit, thawed = Thawed(rule, now), newHash, PasswordHashes.Type }, transaction) == 1;

    private static long Thawed(LockOutRule rule, long now) => now - (long)rule.Frozen.TotalMilliseconds;
}
