using System.Text.Json.Nodes;
using Postern.Casbin;
using Postern.Directory.Objects;
using Postern.Protocol;

namespace Postern.CasdoorApi.Enforcement;

/// <summary>Permissions as policies of a model: who × where × what × how, one rule for each.</summary>
internal static class PermissionPolicies
{
    private static readonly string[] Lists = ["users", "groups", "roles"];

    /// <param name="model">The model of all of them.</param>
    /// <param name="permissions">What the rules are made of.</param>
    /// <param name="most">How many rules there may be. No more than these are ever made: a permission of long lists means billions.</param>
    /// <param name="refusal">The sentence that refuses them.</param>
    /// <returns>The rules, or null.</returns>
    public static IReadOnlyList<string[]>? Of(CasbinModel model, IEnumerable<JsonObject> permissions, int most, out LocalizedText? refusal)
    {
        var rules = new List<string[]>();
        foreach (var permission in permissions.Where(IsInForce))
        {
            var effect = ObjectTarget.Text(permission, "effect").ToLowerInvariant() is "deny" ? "deny" : "allow";
            // Without the field a rule could only allow.
            if (effect == "deny" && !model.PolicyFields.Contains("eft"))
            {
                var name = ObjectTarget.Text(permission, "name");
                refusal = new($"the permission {name} denies, and its model has no policy field eft to say so", $"权限 {name} 为拒绝，但其模型没有策略字段 eft");
                return null;
            }

            var who = Lists.SelectMany(list => EnforceEndpoints.Texts(permission, list));
            string[] domains = [.. EnforceEndpoints.Texts(permission, "domains").DefaultIfEmpty("")];
            var made =
                from subject in who
                from domain in domains
                from resource in EnforceEndpoints.Texts(permission, "resources")
                from action in EnforceEndpoints.Texts(permission, "actions")
                select Rule(model, subject, domain, resource, action, effect);
            rules.AddRange(made.Take(most - rules.Count + 1));
            if (rules.Count > most)
            {
                refusal = new LocalizedText(
                    $"the permissions come to more than {Postern.Storage.Tables.Policies.Most} rules: name fewer users, or give them a role",
                    $"这些权限合计超过 {Postern.Storage.Tables.Policies.Most} 条规则：请减少用户，或改用角色");
                return null;
            }
        }

        refusal = null;
        return rules;
    }

    /// <summary>The subject's roles as the model's role definition has them; with domains, in each that a permission could ask for.</summary>
    public static IEnumerable<string[]> LinksOf(CasbinModel model, string subject, IReadOnlyDictionary<string, IReadOnlyList<string>> names, IEnumerable<JsonObject> permissions)
    {
        if (!model.RoleDefinitions.TryGetValue("g", out var places) || !names.TryGetValue(subject, out var held))
        {
            return [];
        }

        return places < 3
            ? held.Select(name => new[] { "g", subject, name })
            : from domain in permissions.SelectMany(p => EnforceEndpoints.Texts(p, "domains")).Distinct(StringComparer.Ordinal)
              from name in held
              select new[] { "g", subject, name, domain };
    }

    private static string[] Rule(CasbinModel model, string subject, string domain, string resource, string action, string effect) =>
        ["p", .. model.PolicyFields.Select((field, place) => field switch
        {
            "sub" => subject,
            "dom" or "domain" => domain,
            "obj" => resource,
            "act" => action,
            "eft" => effect,
            // A field of another name is what stands in its place.
            _ => place switch { 0 => subject, 1 => resource, 2 => action, _ => "" },
        })];

    private static bool IsInForce(JsonObject permission) =>
        permission["isEnabled"] is JsonValue value && value.TryGetValue<bool>(out var isEnabled) && isEnabled && ObjectTarget.Text(permission, "state") is "" or "Approved";
}
