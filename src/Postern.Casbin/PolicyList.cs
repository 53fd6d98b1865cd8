using System.Globalization;
using Postern.Casbin.Expressions;

namespace Postern.Casbin;

/// <summary>The policies of a model, in the order in which they are asked.</summary>
internal sealed class PolicyList
{
    private readonly List<Policy> policies;
    private readonly Dictionary<string, RoleLinks> roles;
    private readonly CasbinModel model;
    private readonly int effect;

    private PolicyList(CasbinModel model, List<Policy> policies, Dictionary<string, RoleLinks> roles)
    {
        (this.model, this.policies, this.roles) = (model, policies, roles);
        effect = FieldOf(model, "eft");
    }

    public IReadOnlyList<Policy> Policies => policies;

    /// <summary>What judging one request by all of them costs at most.</summary>
    public long Steps { get; private set; }

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
        var list = new PolicyList(model, [], model.RoleDefinitions.ToDictionary(d => d.Key, _ => new RoleLinks(), StringComparer.Ordinal));
        var rules = new Dictionary<string, (Node, int)>(StringComparer.Ordinal);
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

    /// <summary>The same policies, with more links beside those that they have.</summary>
    public Reading<PolicyList> With(IEnumerable<IReadOnlyList<string>> links)
    {
        var copied = roles.ToDictionary(r => r.Key, r => r.Value.Copy(), StringComparer.Ordinal);
        // By this effect the links decide the order of the policies too.
        var list = new PolicyList(model, model.Effect == Effect.SubjectPriority ? [.. policies] : policies, copied) { Steps = Steps };
        foreach (var link in links)
        {
            if (list.AddLink(link) is { } refusal)
            {
                return Reading<PolicyList>.Refused(refusal);
            }
        }

        return model.Effect == Effect.SubjectPriority && list.Sort() is { } unsorted ? Reading<PolicyList>.Refused(unsorted) : list;
    }

    private string? AddPolicy(IReadOnlyList<string> row, Dictionary<string, (Node, int)> rules)
    {
        var expected = model.PolicyFields.Count;
        if (row.Count - 1 < expected || HasMoreThan(row, expected))
        {
            return $"invalid policy size: expected {expected}, got {row.Count - 1}, pvals: {Shown.Short(Shown.List(row.Skip(1)))}";
        }

        var values = new string[expected];
        for (var i = 0; i < expected; i++)
        {
            values[i] = row[i + 1];
        }

        var steps = model.Matcher.Steps;
        Node?[] own = [];
        if (model.Matcher.Rules.Count > 0)
        {
            own = new Node?[expected];
            foreach (var index in model.Matcher.Rules)
            {
                (own[index], var more) = RuleOf(values[index], rules);
                steps += more;
            }
        }

        var eft = effect < 0 ? "allow" : values[effect];
        policies.Add(new(values, eft == "allow", eft == "deny", own, steps));
        Steps += steps;
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

    private (Node Rule, int Steps) RuleOf(string text, Dictionary<string, (Node, int)> rules)
    {
        if (!rules.TryGetValue(text, out var rule))
        {
            rules[text] = rule = text.Length > CasbinModel.LongestText ? (new RefusedRule("The rule of a policy is too long."), 1)
                : ExpressionReader.Read(text, model.RuleNames).IsRefused(out var refusal, out var expression)
                    ? (new RefusedRule($"The rule {Shown.Short(text)} of a policy: {refusal}."), 1)
                    : (expression.Root, expression.Steps);
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
