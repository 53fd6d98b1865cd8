using System.Text.Json.Nodes;
using Postern.Casbin;
using Xunit;

namespace Postern.UnitTests.Casbin;

/// <summary>Models and policies as an administrator writes them, and requests as one line.</summary>
internal static class Models
{
    public const string AllowOverride = "some(where (p.eft == allow))";

    public static string Text(string matcher, string request = "sub, obj, act", string policy = "sub, obj, act", string? roles = null, string effect = AllowOverride) =>
        $"[request_definition]\nr = {request}\n\n[policy_definition]\np = {policy}\n\n{(roles is null ? "" : $"[role_definition]\n{roles}\n\n")}[policy_effect]\ne = {effect}\n\n[matchers]\nm = {matcher}\n";

    public static CasbinModel Model(string text) =>
        CasbinModel.Parse(text).IsRefused(out var refusal, out var model) ? throw new InvalidOperationException(refusal) : model;

    public static string Refusal(string text)
    {
        Assert.True(CasbinModel.Parse(text).IsRefused(out var refusal, out _));
        return refusal;
    }

    /// <summary>Policies are lines of values with commas between.</summary>
    public static Enforcer Enforcer(string model, string policies) => Enforcer(Model(model), Rows(policies));

    public static Enforcer Enforcer(CasbinModel model, IEnumerable<IReadOnlyList<string>> rows) =>
        Postern.Casbin.Enforcer.Create(model, rows).IsRefused(out var refusal, out var enforcer) ? throw new InvalidOperationException(refusal) : enforcer;

    public static IEnumerable<string[]> Rows(string policies) =>
        policies.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(line => line.Split(',', StringSplitOptions.TrimEntries));

    /// <summary>Each line is a request and what must come of it: <c>alice, data1, read: allowed</c>.</summary>
    public static void Judges(Enforcer enforcer, string table)
    {
        var lines = table.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var judged = lines.Select(line => line[..line.IndexOf(": ", StringComparison.Ordinal)]).Select(request => $"{request}: {Word(enforcer.Enforce(Values(request)))}");
        Assert.Equal(lines, judged);
    }

    public static Verdict Enforce(Enforcer enforcer, string json) => enforcer.Enforce((IReadOnlyList<JsonNode?>)[.. JsonNode.Parse(json)!.AsArray()]);

    /// <summary>What an expression comes to when it is a whole matcher over <c>r.a</c> and <c>r.b</c>.</summary>
    public static Verdict Evaluate(string expression, string json = "[\"\", \"\"]") =>
        Enforce(Enforcer(Text(expression, request: "a, b", policy: "x"), ""), json);

    private static string[] Values(string request) => request.Split(',', StringSplitOptions.TrimEntries);

    private static string Word(Verdict verdict) => verdict.Refusal ?? (verdict.IsAllowed ? "allowed" : "denied");
}
