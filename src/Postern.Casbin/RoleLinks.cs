namespace Postern.Casbin;

/// <summary>Which name inherits from which by one role definition, domain by domain (<c>""</c> where there are none).</summary>
internal sealed class RoleLinks
{
    /// <summary>How many links a role may be away: Casbin's bound.</summary>
    private const int Deepest = 10;

    private readonly Dictionary<(string Name, string Domain), List<string>> parents = [];
    private readonly List<string> roles = [];

    /// <summary>Every role that somebody inherits, once.</summary>
    public IEnumerable<string> Roles => roles.Distinct(StringComparer.Ordinal);

    public void Add(string name, string role, string domain)
    {
        if (!parents.TryGetValue((name, domain), out var direct))
        {
            parents[(name, domain)] = direct = [];
        }

        direct.Add(role);
        roles.Add(role);
    }

    public RoleLinks Copy()
    {
        var copy = new RoleLinks();
        foreach (var (place, direct) in parents)
        {
            copy.parents[place] = [.. direct];
        }

        copy.roles.AddRange(roles);
        return copy;
    }

    /// <summary>All roles that the name has, also through other roles; without itself unless a circle leads back to it.</summary>
    public HashSet<string> InheritedBy(string name, string domain)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var level = new List<string> { name };
        for (var depth = 0; depth < Deepest && level.Count > 0; depth++)
        {
            var next = new List<string>();
            foreach (var role in level.SelectMany(one => parents.GetValueOrDefault((one, domain), [])))
            {
                if (found.Add(role))
                {
                    next.Add(role);
                }
            }

            level = next;
        }

        return found;
    }

    /// <summary>How many links lead from the name to a role that inherits nothing, by the longest way; null if a way is a circle or too long.</summary>
    public int? HeightOf(string name, string domain)
    {
        var height = 0;
        var level = new HashSet<string>(StringComparer.Ordinal) { name };
        while (true)
        {
            level = [.. level.SelectMany(one => parents.GetValueOrDefault((one, domain), []))];
            if (level.Count == 0)
            {
                return height;
            }

            if (++height > Deepest)
            {
                return null;
            }
        }
    }
}
