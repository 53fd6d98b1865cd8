using System.Globalization;
using Postern.Casbin.Expressions;

namespace Postern.Casbin;

/// <summary>
/// A model: what a request and a policy consist of, which name inherits from which, when a policy matches a request, and how the matching
/// ones make a verdict. Immutable; it is read once for any number of policies.
/// </summary>
public sealed class CasbinModel
{
    /// <summary>The longest text of a model, in characters.</summary>
    public const int LongestText = 32_768;

    private const string Request = "request_definition";
    private const string PolicySection = "policy_definition";
    private const string Roles = "role_definition";
    private const string EffectSection = "policy_effect";
    private const string Matchers = "matchers";
    private const int MostFields = 32;

    private static readonly (string Section, string Key)[] Required = [(Request, "r"), (PolicySection, "p"), (EffectSection, "e"), (Matchers, "m")];

    private CasbinModel(IReadOnlyList<string> requestFields, IReadOnlyList<string> policyFields, IReadOnlyDictionary<string, int> roles, Effect effect, Expression matcher) =>
        (RequestFields, PolicyFields, RoleDefinitions, Effect, Matcher) = (requestFields, policyFields, roles, effect, matcher);

    /// <summary>The fields of <c>r</c>, in the order of a request's values.</summary>
    public IReadOnlyList<string> RequestFields { get; }

    /// <summary>The fields of <c>p</c>, in the order of a policy's values. One without a name only takes its place.</summary>
    public IReadOnlyList<string> PolicyFields { get; }

    /// <summary>The role definitions, <c>g</c> and so on, with their number of places: 2, or 3 with a domain.</summary>
    public IReadOnlyDictionary<string, int> RoleDefinitions { get; }

    internal Effect Effect { get; }

    internal Expression Matcher { get; }

    internal Names RuleNames => new(RequestFields, PolicyFields, RoleDefinitions, MayEval: false);

    /// <summary>Reads a model, or says what in it is wrong or not supported, and where.</summary>
    public static Reading<CasbinModel> Parse(string text)
    {
        if (text.Length > LongestText)
        {
            return Reading<CasbinModel>.Refused($"The model is longer than {LongestText} characters.");
        }

        if (ModelText.Read(text).IsRefused(out var refusal, out var read))
        {
            return Reading<CasbinModel>.Refused(refusal);
        }

        var entries = read.Entries.ToList();
        var missing = Required.Where(r => !entries.Any(e => e.Section == r.Section && e.Key == r.Key && e.Value.Length > 0)).Select(r => r.Section).ToList();
        if (missing.Count > 0)
        {
            // Casbin's own sentence, which clients know.
            return Reading<CasbinModel>.Refused($"missing required sections: {string.Join(',', missing)}");
        }

        foreach (var (section, key, _, line) in entries)
        {
            if (!Required.Contains((section, key)) && (section != Roles || !IsRoleKey(key)))
            {
                return Reading<CasbinModel>.Refused($"Line {line} of the model: [{Shown.Short(section)}] {Shown.Short(key)} is not supported.");
            }
        }

        return Build(entries);
    }

    private static Reading<CasbinModel> Build(List<(string Section, string Key, string Value, int Line)> entries)
    {
        (string Section, string Key, string Value, int Line) Of(string key) => entries.First(e => e.Key == key && e.Section != Roles);
        Reading<CasbinModel> Refuse((string Section, string Key, string Value, int Line) entry, string why) =>
            Reading<CasbinModel>.Refused($"Line {entry.Line} of the model, [{entry.Section}] {Shown.Short(entry.Key)}: {why}.");

        var (r, p, e, m) = (Of("r"), Of("p"), Of("e"), Of("m"));
        if (Fields(r.Value, mayBeUnnamed: false).IsRefused(out var wrong, out var requestFields))
        {
            return Refuse(r, wrong);
        }

        if (Fields(p.Value, mayBeUnnamed: true).IsRefused(out wrong, out var policyFields))
        {
            return Refuse(p, wrong);
        }

        var roles = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var entry in entries.Where(one => one.Section == Roles))
        {
            var places = entry.Value.Split(',', StringSplitOptions.TrimEntries);
            if (places.Length is not (2 or 3) || places.Any(place => place != "_"))
            {
                return Refuse(entry, "only _, _ and _, _, _ are supported");
            }

            roles[entry.Key] = places.Length;
        }

        if (Effects.Find(e.Value) is not { } effect)
        {
            return Refuse(e, $"the effect {Shown.Short(e.Value)} is not supported");
        }

        return ExpressionReader.Read(m.Value, new(requestFields, policyFields, roles, MayEval: true)).IsRefused(out wrong, out var matcher)
            ? Refuse(m, wrong)
            : new CasbinModel(requestFields, policyFields, roles, effect, matcher);
    }

    private static Reading<string[]> Fields(string text, bool mayBeUnnamed)
    {
        var fields = text.Split(',', StringSplitOptions.TrimEntries);
        for (var i = 0; i < fields.Length; i++)
        {
            fields[i] = fields[i] == "\"\"" ? "" : fields[i];
            var field = fields[i];
            if (field.Length == 0 ? !mayBeUnnamed : !char.IsLetter(field[0]) || field.Any(c => !char.IsLetterOrDigit(c) && c != '_'))
            {
                return Reading<string[]>.Refused($"{(field.Length == 0 ? "a field without a name" : Shown.Short(field))} is not supported");
            }
        }

        if (fields.Length > MostFields)
        {
            return Reading<string[]>.Refused($"more than {MostFields} fields are not supported");
        }

        var twice = fields.Where(f => f.Length > 0).GroupBy(f => f, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1);
        return twice is null ? fields : Reading<string[]>.Refused($"the field {twice.Key} stands twice");
    }

    private static bool IsRoleKey(string key) =>
        key == "g" || (key.Length is 2 or 3 && key[0] == 'g' && int.TryParse(key.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 2);
}
