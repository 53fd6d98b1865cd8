using Postern.Casbin.Patterns;

namespace Postern.Casbin.Expressions;

/// <summary>What one request is judged by: its values, the policy whose turn it is, the roles. Not shared between threads.</summary>
internal sealed class Scope(Value[] request, IReadOnlyDictionary<string, RoleLinks> roles, PatternCache patterns)
{
    private readonly Dictionary<(string Role, string Name, string Domain), HashSet<string>> inherited = [];
    private (string Role, string Name, string Domain) latest;
    private HashSet<string>? latestRoles;

    public Value[] Request { get; } = request;

    public PatternCache Patterns { get; } = patterns;

    /// <summary>How many patterns that are dear to prepare this request has prepared.</summary>
    public int LargePatterns { get; set; }

    /// <summary>Null when there are no policies: what a matcher says of one is then unknown.</summary>
    public Policy? Policy { get; set; }

    public bool Inherits(string role, string name, string other, string domain)
    {
        if (string.Equals(name, other, StringComparison.Ordinal))
        {
            return true;
        }

        // A matcher asks about the same subject with every policy.
        if (latestRoles is null || latest.Name != name || latest.Domain != domain || latest.Role != role)
        {
            latest = (role, name, domain);
            if (!inherited.TryGetValue(latest, out latestRoles))
            {
                inherited[latest] = latestRoles = roles[role].InheritedBy(name, domain);
            }
        }

        return latestRoles.Contains(other);
    }
}
