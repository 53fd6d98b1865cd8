using System.Diagnostics;

namespace Postern.Casbin;

/// <summary>
/// What one call may cost, however many requests it brings. The steps are counted, so that the same call always has the same
/// answer; the time is a second limit, for what a step counts too low. One allowance is used by one thread.
/// </summary>
/// <param name="cancel">Ends the work between two policies when nobody waits for the answer.</param>
public sealed class Allowance(CancellationToken cancel = default)
{
    /// <summary>The most steps that all policies may cost for all requests of one call: more than a million policies by a usual matcher, or 400 000 by one with a pattern.</summary>
    public const long MostSteps = 20_000_000;

    /// <summary>The longest time of one call; the steps take a tenth of it on a usual machine.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly long begun = Stopwatch.GetTimestamp();
    // As much again as the policies may cost is for what depends on the values: long texts, lists, patterns, roles.
    private long rest = 2 * MostSteps;

    /// <summary>Takes steps; null, or the sentence that ends the call.</summary>
    internal string? Take(long steps) =>
        (rest -= steps) >= 0 ? null : "The call takes too many steps: send fewer requests at once, or use shorter values and patterns.";

    /// <summary>Null, or the sentence for a call that takes too long. Asking for the time costs as much as a plain policy.</summary>
    internal string? Look()
    {
        cancel.ThrowIfCancellationRequested();
        return Stopwatch.GetElapsedTime(begun) <= Patience ? null : "The policies took too long to judge the call: send fewer requests at once, or use simpler patterns.";
    }
}
