using System.Globalization;
using Postern.Casbin.Expressions;

namespace Postern.Casbin;

/// <summary>The policies of a model, in the order in which they are asked.</summary>
internal sealed class PolicyList
{
    private readonly List<Policy> policies = [];
    private readonly Dictionary<string, RoleLinks> roles;
    private readonly CasbinModel model;
    private readonly int effect;

    private PolicyList(CasbinModel model)
    {
        this.model = model;
        effect = FieldOf(model, "eft");
        roles = model.RoleDefinitions.ToDictionary(d => d.Key, _ => new RoleLinks(), StringComparer.Ordinal);
    }

    public IReadOnlyList<Policy> Policies => policies;

    public IReadOnlyDictionary<string, RoleLinks> Roles => roles;

    /// <summary>The place of a field in a policy, or -1.</summary>
    public static int FieldOf(CasbinModel model, string name)
    {
        for (var i = 0; i < model.PolicyFields.Count; i++)
        {
            if (model.PolicyFields[i] == name && name.Length > 0)
            {
                return i;
            }
        }

        return -1;
    }

    public static Reading<PolicyList> Read(CasbinModel model, IEnumerable<IReadOnlyList<string>> rows)
    {
        var list = new PolicyList(model);
        var rules = new Dictionary<string, Node>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            var refusal = row.Count == 0 ? "A policy is empty." : row[0] == "p" ? list.AddPolicy(row, rules) : list.AddLink(row);
            if (refusal is not null)
            {
                return Reading<PolicyList>.Refused(refusal);
            }
        }

        return list.Sort() is { } unsorted ? Reading<PolicyList>.Refused(unsorted) : list;
    }

    private string? AddPolicy(IReadOnlyList<string> row, Dictionary<string, Node> rules)
    {
        var expected = model.PolicyFields.Count;
        if (row.Count - 1 < expected || HasMoreThan(row, expected))
        {
            return $"invalid policy size: expected {expected}, got {row.Count - 1}, pvals: {Shown.List(row.Skip(1))}";
        }

        var values = new string[expected];
        for (var i = 0; i < expected; i++)
        {
            values[i] = row[i + 1];
        }

        Node?[] own = [];
        if (model.Matcher.Rules.Count > 0)
        {
            own = new Node?[expected];
            foreach (var index in model.Matcher.Rules)
            {
                own[index] = RuleOf(values[index], rules);
            }
        }

        var eft = effect < 0 ? "allow" : values[effect];
        policies.Add(new(values, eft == "allow", eft == "deny", own));
        return null;
    }

    private string? AddLink(IReadOnlyList<string> row)
    {
        if (!roles.TryGetValue(row[0], out var links))
        {
            return $"A policy of the type {Shown.Short(row[0])} has no definition in the model.";
        }

        var places = model.RoleDefinitions[row[0]];
        if (row.Count - 1 < places || row.Skip(1).Take(places).Any(string.IsNullOrEmpty))
        {
            return $"The policy {Shown.Short(Shown.List(row))} has fewer values than the role definition has places.";
        }

        links.Add(row[1], row[2], places == 3 ? row[3] : "");
        return null;
    }

    /// <summary>What storage pads a policy with does not count.</summary>
    private static bool HasMoreThan(IReadOnlyList<string> row, int expected)
    {
        for (var i = expected + 1; i < row.Count; i++)
        {
            if (!string.IsNullOrEmpty(row[i]))
            {
                return true;
            }
        }

        return false;
    }

    private Node RuleOf(string text, Dictionary<string, Node> rules)
    {
        if (!rules.TryGetValue(text, out var rule))
        {
            rules[text] = rule = text.Length > CasbinModel.LongestText ? new RefusedRule("The rule of a policy is too long.")
                : ExpressionReader.Read(text, model.RuleNames).IsRefused(out var refusal, out var expression)
                    ? new RefusedRule($"The rule {Shown.Short(text)} of a policy: {refusal}.")
                    : expression.Root;
        }

        return rule;
    }

    /// <summary>By the field priority, the lowest number first, or by subject; policies of one rank stay as they came.</summary>
    private string? Sort()
    {
        var priority = FieldOf(model, "priority");
        if (model.Effect == Effect.SubjectPriority)
        {
            return SortBySubject();
        }

        if (model.Effect != Effect.Priority || priority < 0)
        {
            return null;
        }

        var ranks = new Dictionary<Policy, long>(ReferenceEqualityComparer.Instance);
        foreach (var policy in policies)
        {
            if (!long.TryParse(policy.Values[priority], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var rank))
            {
                return $"The priority {Shown.Short(policy.Values[priority])} of a policy is no whole number.";
            }

            ranks[policy] = rank;
        }

        Arrange(ranks);
        return null;
    }

    private string? SortBySubject()
    {
        if (!roles.TryGetValue("g", out var links))
        {
            return "The effect subjectPriority needs the role definition g.";
        }

        var (subject, domain) = (Math.Max(FieldOf(model, "sub"), 0), model.RoleDefinitions["g"] == 3 ? FieldOf(model, "dom") : -1);
        var heights = new Dictionary<(string, string), long>();
        var ranks = new Dictionary<Policy, long>(ReferenceEqualityComparer.Instance);
        foreach (var policy in policies)
        {
            var key = (policy.Values[subject], domain < 0 ? "" : policy.Values[domain]);
            if (!heights.TryGetValue(key, out var height))
            {
                if (links.HeightOf(key.Item1, key.Item2) is not { } found)
                {
                    return $"The roles of {Shown.Short(key.Item1)} inherit each other in a circle, or too far, for the effect subjectPriority.";
                }

                heights[key] = height = found;
            }

            ranks[policy] = -height;
        }

        Arrange(ranks);
        return null;
    }

    private void Arrange(Dictionary<Policy, long> ranks)
    {
        var arranged = policies.OrderBy(p => ranks[p]).ToList();
        policies.Clear();
        policies.AddRange(arranged);
    }
}
