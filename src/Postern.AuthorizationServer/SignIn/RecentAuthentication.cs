using System.Data.Common;
using Postern.Directory.Identities;
using Postern.Directory.Objects;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.SignIn;

/// <summary>Whether the user proved the account a short time ago: what cannot be taken back asks for that.</summary>
public static class RecentAuthentication
{
    public static readonly TimeSpan Limit = Proof.Lifetime;

    /// <param name="authTime">When the user was authenticated, Unix milliseconds.</param>
    /// <param name="now">The present time.</param>
    public static bool Is(long authTime, DateTimeOffset now) => now.ToUnixTimeMilliseconds() - authTime <= (long)Limit.TotalMilliseconds;

    /// <summary>When the caller's user was authenticated, Unix milliseconds; 0 where nothing says it. A refresh does not change it.</summary>
    public static async Task<long> TimeOfAsync(DbConnection connection, Caller caller) =>
        caller.SessionHash is not null ? caller.SessionTime
        : caller.Token is { GrantId.Length: > 0 } token ? (await Grants.FindAsync(connection, token.GrantId))?.AuthTime ?? 0
        : 0;
}
