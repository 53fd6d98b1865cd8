namespace Postern.Casbin;

/// <summary>What a request came to. One that could not be judged is not allowed, so that who overlooks the refusal is still safe.</summary>
/// <param name="IsAllowed">Whether the policies allow it.</param>
/// <param name="Refusal">Why it could not be judged; null when it was.</param>
public readonly record struct Verdict(bool IsAllowed, string? Refusal)
{
    internal static Verdict Refused(string refusal) => new(false, refusal);
}
