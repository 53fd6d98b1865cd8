using Postern.Protocol;
using Postern.Storage.Bounded;

namespace Postern.AuthorizationServer.SignIn;

/// <summary>
/// Wrong passwords of names that no user has, counted like those of users: the messages and the lock-out must not reveal which names
/// exist. The oldest names are forgotten first, and each attempt costs one password hash: before a flood of other names
/// pushes a name out, its lock-out has ended.
/// </summary>
public sealed class UnknownUserLockout(CacheBudget budget)
{
    private readonly BoundedCache<(long Times, long Last)> counts = budget.Share<(long, long)>(25);

    /// <summary>The sentence of a name that is frozen; null where it may be tried. Asked before the password is compared, as for users: the time must not tell either.</summary>
    public LocalizedText? Frozen(string organization, string name, LockOutRule rule, long now) =>
        counts.TryGet(CacheKey.Of(organization, name), out var known) && rule.IsFrozen(known.Times, known.Last, now) ? rule.Wait(known.Last, now) : null;

    /// <summary>The sentence for one more try.</summary>
    public LocalizedText Count(string organization, string name, LockOutRule rule, long now)
    {
        var isFrozen = false;
        var (times, last) = counts.Update(CacheKey.Of(organization, name), (isKnown, known) =>
        {
            isFrozen = isKnown && rule.IsFrozen(known.Times, known.Last, now);
            return isFrozen ? known : !isKnown || known.Times >= rule.Limit ? (1, now) : (known.Times + 1, now);
        });
        return isFrozen ? rule.Wait(last, now) : rule.Remaining(times);
    }
}
