namespace Postern.Casbin.Expressions;

/// <summary><c>g(a, b)</c> or <c>g(a, b, domain)</c>: whether a is b or inherits it.</summary>
internal sealed class RoleCall(string role, Node[] arguments) : Node
{
    public override Value Evaluate(Scope scope)
    {
        var (name, other) = (arguments[0].Evaluate(scope), arguments[1].Evaluate(scope));
        var domain = arguments.Length > 2 ? arguments[2].Evaluate(scope) : Value.Of("");
        foreach (var value in (ReadOnlySpan<Value>)[name, other, domain])
        {
            if (value.Kind == ValueKind.Refused)
            {
                return value;
            }
        }

        return (name.Kind, other.Kind, domain.Kind) switch
        {
            (ValueKind.Text, ValueKind.Text, ValueKind.Text) => scope.Inherits(role, name.Text, other.Text, domain.Text),
            (ValueKind.Unknown, _, _) or (_, ValueKind.Unknown, _) or (_, _, ValueKind.Unknown) => default,
            _ => Value.Refused($"{role}: an argument is no text."),
        };
    }
}

/// <summary>One of <see cref="Functions"/>: two texts in.</summary>
internal sealed class FunctionCall(string name, TextFunction function, Node first, Node second) : Node
{
    public override Value Evaluate(Scope scope)
    {
        var (a, b) = (first.Evaluate(scope), second.Evaluate(scope));
        if (a.Kind == ValueKind.Refused || b.Kind == ValueKind.Refused)
        {
            return a.Kind == ValueKind.Refused ? a : b;
        }

        return (a.Kind, b.Kind) switch
        {
            (ValueKind.Text, ValueKind.Text) => scope.Charge(a, b) ?? function(scope, a.Text, b.Text),
            (ValueKind.Unknown, _) or (_, ValueKind.Unknown) => default,
            _ => Value.Refused($"{name}: an argument is no text."),
        };
    }
}
