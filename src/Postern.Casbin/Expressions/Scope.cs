
namespace Postern.Casbin.Expressions;

/// <summary>What one request is judged by: its values, the policy whose turn it is, the roles. Not shared between threads.</summary>
internal sealed class Scope(Value[] request, IReadOnlyDictionary<string, RoleLinks> roles, PatternCache patterns, Allowance allowance)
{
    private const int StepsOfRole = 20;

    private readonly Dictionary<(string Role, string Name, string Domain), HashSet<string>> inherited = [];
    private (string Role, string Name, string Domain) latest;
    private HashSet<string>? latestRoles;

    public Value[] Request { get; } = request;

    public PatternCache Patterns { get; } = patterns;

    /// <summary>What the call that the request belongs to may still cost.</summary>
    public Allowance Allowance { get; } = allowance;

    /// <summary>How many patterns that are dear to prepare this request has prepared.</summary>
    public int LargePatterns { get; set; }

    /// <summary>Null when there are no policies: what a matcher says of one is then unknown.</summary>
    public Policy? Policy { get; set; }

    /// <summary>Null, or the refusal where looking at both values is more than the call may still cost.</summary>
    public Value? Charge(in Value a, in Value b) =>
        Math.Min(a.Size, b.Size) is var steps and > 1 && Allowance.Take(steps) is { } refusal ? Value.Refused(refusal) : null;

    public Value Inherits(string role, string name, string other, string domain)
    {
        if (string.Equals(name, other, StringComparison.Ordinal))
        {
            return Value.True;
        }

        // A matcher asks about the same subject with every policy.
        if (latestRoles is null || latest.Name != name || latest.Domain != domain || latest.Role != role)
        {
            latest = (role, name, domain);
            if (!inherited.TryGetValue(latest, out latestRoles))
            {
                // A matcher may ask about another name with every policy, and what each inherits is kept.
                inherited[latest] = latestRoles = roles[role].InheritedBy(name, domain);
                if (Allowance.Take((long)StepsOfRole * (latestRoles.Count + 1)) is { } refusal)
                {
                    return Value.Refused(refusal);
                }
            }
        }

        return Value.Of(latestRoles.Contains(other));
    }
}
