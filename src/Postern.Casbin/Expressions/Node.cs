namespace Postern.Casbin.Expressions;

/// <summary>A part of a parsed expression. Evaluating it changes nothing but the scope.</summary>
internal abstract class Node
{
    public abstract Value Evaluate(Scope scope);
}

internal sealed class Literal(Value value) : Node
{
    public override Value Evaluate(Scope scope) => value;
}

/// <summary><c>r.sub</c>, or <c>r.sub.Age</c> of a request value that is an object.</summary>
internal sealed class RequestField(int index, string[] path) : Node
{
    public override Value Evaluate(Scope scope)
    {
        var value = scope.Request[index];
        foreach (var name in path)
        {
            if (value.Kind != ValueKind.Object)
            {
                return Value.Refused($"The request has no field {Shown.Short(name)} to compare: the value that should have it is no object.");
            }

            if (!value.Fields.TryGetValue(name, out value))
            {
                return Value.Refused($"The request has no field {Shown.Short(name)}.");
            }
        }

        return value;
    }
}

/// <summary><c>p.sub</c>.</summary>
internal sealed class PolicyField(int index) : Node
{
    public override Value Evaluate(Scope scope) => scope.Policy is { } policy ? Value.Of(policy.Values[index]) : default;
}

/// <summary><c>eval(p.sub_rule)</c>: the expression that the policy itself holds.</summary>
internal sealed class PolicyRule(int index) : Node
{
    public override Value Evaluate(Scope scope) => scope.Policy is { } policy ? policy.Rules[index]!.Evaluate(scope) : default;
}

/// <summary>An expression that could not be read: it refuses only a request that comes to it.</summary>
internal sealed class RefusedRule(string refusal) : Node
{
    public override Value Evaluate(Scope scope) => Value.Refused(refusal);
}
