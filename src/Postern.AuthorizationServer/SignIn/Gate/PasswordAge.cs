using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.SignIn.Gate;

/// <summary>Whether a user's password must be changed before it signs in: an administrator asked for it, or it is too old.</summary>
internal static class PasswordAge
{
    private const long MillisecondsADay = 86_400_000;

    public static GateRefusal? Judge(User user, UserLimits limits, long expireDays, long now)
    {
        if (limits.NeedUpdatePassword)
        {
            return GateRefusal.PasswordChange;
        }

        var changed = limits.LastChangePasswordTime > 0 ? limits.LastChangePasswordTime : user.CreatedTime;
        return expireDays > 0 && changed + (expireDays * MillisecondsADay) <= now ? GateRefusal.PasswordExpired : null;
    }
}
