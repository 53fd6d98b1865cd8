namespace Postern.Protocol;

/// <summary>How long tokens live. An API that checks only the signature accepts a banned user's JWT until it expires, so the defaults are short.</summary>
public static class TokenLifetimes
{
    private const double AccessHours = 2;
    private const double RefreshHours = 720;

    // A century: more than any sensible setting, and far below the largest date.
    private const double LongestHours = 876_000;

    public static TimeSpan Access(double hours) => Hours(hours, AccessHours);

    /// <summary>Sliding: each rotation starts it anew.</summary>
    public static TimeSpan Refresh(double hours) => Hours(hours, RefreshHours);

    private static TimeSpan Hours(double hours, double absent) =>
        TimeSpan.FromHours(hours > 0 ? Math.Min(hours, LongestHours) : absent);
}
