using System.Text.Json.Nodes;
using Postern.Casbin.Expressions;

namespace Postern.Casbin;

/// <summary>A model with its policies. Immutable, and safe to be asked by many at once, so it is worth keeping.</summary>
public sealed class Enforcer
{
    private readonly PatternCache patterns;
    private readonly PolicyList list;

    private Enforcer(CasbinModel model, PolicyList list, PatternCache patterns) => (Model, this.list, this.patterns) = (model, list, patterns);

    public CasbinModel Model { get; }

    /// <summary>How many policies a request is judged by.</summary>
    public int Count => list.Policies.Count;

    /// <summary>What judging one request costs at most, of <see cref="Allowance.MostSteps"/>.</summary>
    public long Steps => Model.Matcher.UsesPolicy ? Math.Max(list.Steps, Model.Matcher.Steps) : Model.Matcher.Steps;

    /// <summary>
    /// The policies of a model, each a list whose first item is its type: <c>p, alice, data1, read</c>;
    /// <c>g, alice, admin</c>. Empty values after the last field do not count.
    /// </summary>
    public static Reading<Enforcer> Create(CasbinModel model, IEnumerable<IReadOnlyList<string>> policies) =>
        PolicyList.Read(model, policies).IsRefused(out var refusal, out var list) ? Reading<Enforcer>.Refused(refusal) : new Enforcer(model, list, new());

    /// <summary>One that judges by the same policies and by more links of roles; the policies are not read again.</summary>
    public Reading<Enforcer> With(IEnumerable<IReadOnlyList<string>> links) =>
        list.With(links).IsRefused(out var refusal, out var more) ? Reading<Enforcer>.Refused(refusal) : new Enforcer(Model, more, patterns);

    /// <summary>Judges a request of texts, in the order of <see cref="CasbinModel.RequestFields"/>.</summary>
    public Verdict Enforce(params IReadOnlyList<string> values) => Judge([.. values.Select(Value.Of)], new());

    /// <summary>Judges a request of JSON values: texts, numbers, or objects whose fields the matcher reads.</summary>
    public Verdict Enforce(IReadOnlyList<JsonNode?> values) => Enforce(values, new Allowance());

    /// <summary>The same, as one of the requests of a call that share its allowance.</summary>
    public Verdict Enforce(IReadOnlyList<JsonNode?> values, Allowance allowance) => Judge([.. values.Select(RequestValues.Of)], allowance);

    /// <summary>Every value of a field of the policies, once: of <c>sub</c> all subjects, of <c>obj</c> all objects, of <c>act</c> all actions.</summary>
    public IReadOnlyList<string> ValuesOf(string field)
    {
        var index = PolicyList.FieldOf(Model, field);
        return index < 0 ? [] : [.. list.Policies.Select(p => p.Values[index]).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Every role that somebody has by a role definition, once.</summary>
    public IReadOnlyList<string> AllRoles(string definition = "g") => list.Roles.TryGetValue(definition, out var links) ? [.. links.Roles] : [];

    /// <summary>The roles of a user by <c>g</c>, also those that roles inherit; of one domain, where the definition has them.</summary>
    public IReadOnlyList<string> ImplicitRoles(string user, string domain = "")
    {
        if (!list.Roles.TryGetValue("g", out var links))
        {
            return [];
        }

        var roles = links.InheritedBy(user, Model.RoleDefinitions["g"] == 3 ? domain : "");
        roles.Remove(user);
        return [.. roles];
    }

    /// <summary>
    /// The policies whose subject is the user or one of the user's roles, each as its values, those that deny too. With a domain only
    /// that domain's, where policies have a field <c>dom</c>.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<string>> ImplicitPermissions(string user, string domain = "")
    {
        var subjects = ImplicitRoles(user, domain).Append(user).ToHashSet(StringComparer.Ordinal);
        var (subject, place) = (Math.Max(PolicyList.FieldOf(Model, "sub"), 0), domain.Length == 0 ? -1 : PolicyList.FieldOf(Model, "dom"));
        return [.. list.Policies.Where(p => subjects.Contains(p.Values[subject]) && (place < 0 || p.Values[place] == domain)).Select(p => p.Values.AsReadOnly())];
    }

    private Verdict Judge(Value[] request, Allowance allowance)
    {
        foreach (var value in request)
        {
            if (value.Kind == ValueKind.Refused)
            {
                return Verdict.Refused(value.Refusal);
            }
        }

        if (request.Length != Model.RequestFields.Count)
        {
            // Casbin's own sentence, which clients know.
            return Verdict.Refused($"invalid request size: expected {Model.RequestFields.Count}, got {request.Length}, rvals: {Shown.Short(Shown.List(request.Select(Shown.Notation)))}");
        }

        var scope = new Scope(request, list.Roles, patterns, allowance);
        return Model.Matcher.UsesPolicy && list.Policies.Count > 0 ? JudgeByPolicies(scope) : JudgeOnce(scope);
    }

    private Verdict JudgeByPolicies(Scope scope)
    {
        var allowed = false;
        for (var i = 0; i < list.Policies.Count; i++)
        {
            var policy = list.Policies[i];
            if ((scope.Allowance.Take(policy.Steps) ?? (i % 8 == 0 ? scope.Allowance.Look() : null)) is { } spent)
            {
                return Verdict.Refused(spent);
            }

            scope.Policy = policy;
            if (!Matches(scope, out var refusal))
            {
                if (refusal is not null)
                {
                    return Verdict.Refused(refusal);
                }

                continue;
            }

            if (policy.IsDeny && Model.Effect != Effect.AllowOverride)
            {
                return new(false, null);
            }

            allowed |= policy.IsAllow;
            if (allowed && Model.Effect is Effect.AllowOverride or Effect.Priority or Effect.SubjectPriority)
            {
                return new(true, null);
            }
        }

        return new(allowed || Model.Effect == Effect.DenyOverride, null);
    }

    /// <summary>
    /// A matcher that looks at no policy is its own verdict. One that does, and finds none, is judged by what it says of the
    /// request alone: where it compares with a policy it does not match, be it with empty texts.
    /// </summary>
    private Verdict JudgeOnce(Scope scope)
    {
        if ((scope.Allowance.Take(Model.Matcher.Steps) ?? scope.Allowance.Look()) is { } spent)
        {
            return Verdict.Refused(spent);
        }

        var matches = Matches(scope, out var refusal);
        return refusal is not null ? Verdict.Refused(refusal) : new(matches || Model.Effect == Effect.DenyOverride, null);
    }

    private bool Matches(Scope scope, out string? refusal)
    {
        var value = Model.Matcher.Root.Evaluate(scope);
        refusal = value.Kind switch
        {
            ValueKind.Refused => value.Refusal,
            ValueKind.Truth or ValueKind.Number or ValueKind.Unknown => null,
            _ => "The result of the matcher is neither true nor false.",
        };
        return value.IsTrue || (value.Kind == ValueKind.Number && value.Number != 0);
    }
}
