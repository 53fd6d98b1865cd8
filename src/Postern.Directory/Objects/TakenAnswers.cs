using System.Collections.Concurrent;
using Postern.Protocol;

namespace Postern.Directory.Objects;

/// <summary>
/// How often a caller may hear whether a value that only one may have is free. An answer tells what somebody else has: a name, an address, a
/// telephone. The first ones are for those who fill in a form; after them the answer is the same whatever the truth is.
/// </summary>
public sealed class TakenAnswers(TimeProvider clock)
{
    public static readonly LocalizedText Later = new("You have asked too often whether something is free: try again later", "查询是否已被占用的次数过多，请稍后重试");

    private const int Remembered = 50_000;

    /// <summary>Of a user about others of the organization.</summary>
    private static readonly (int Minute, int Day) OfUser = (5, 20);

    /// <summary>Of an administrator or an application about other organizations: programs try to add what may be there already.</summary>
    private static readonly (int Minute, int Day) OfAdministrator = (30, 300);

    private readonly ConcurrentDictionary<string, Count> counts = new(StringComparer.Ordinal);

    /// <summary>Whether the caller has heard enough.</summary>
    public bool IsSpent(Caller caller)
    {
        var limit = caller.IsAdmin ? OfAdministrator : OfUser;
        return !caller.IsGlobalAdmin && counts.TryGetValue(KeyOf(caller), out var known) && known.In(Now) is var count && (count.InMinute >= limit.Minute || count.InDay >= limit.Day);
    }

    /// <summary>Counts one answer; false where it may not be given any more.</summary>
    public bool Admit(Caller caller)
    {
        if (IsSpent(caller))
        {
            return false;
        }

        if (counts.Count >= Remembered)
        {
            counts.Clear();
        }

        var now = Now;
        counts.AddOrUpdate(KeyOf(caller), _ => new Count(now, 1, 1), (_, known) => known.In(now) is var count ? count with { InMinute = count.InMinute + 1, InDay = count.InDay + 1 } : known);
        return true;
    }

    private long Now => clock.GetUtcNow().ToUnixTimeSeconds() / 60;

    private static string KeyOf(Caller caller) => caller.User?.Id ?? caller.Application?.Id ?? "";

    /// <summary>Fixed windows: each minute and each day begins with nothing.</summary>
    private readonly record struct Count(long Minute, int InMinute, int InDay)
    {
        private const int MinutesOfDay = 24 * 60;

        public Count In(long now) => new(now, now == Minute ? InMinute : 0, now / MinutesOfDay == Minute / MinutesOfDay ? InDay : 0);
    }
}
