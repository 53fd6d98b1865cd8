namespace Postern.Casbin.Expressions;

internal sealed class Equality(Node left, Node right, bool whenEqual) : Node
{
    public override Value Evaluate(Scope scope)
    {
        var (a, b) = (left.Evaluate(scope), right.Evaluate(scope));
        return a.Kind == ValueKind.Refused ? a : b.Kind == ValueKind.Refused ? b : a.IsFinal ? a : b.IsFinal ? b
            : scope.Charge(a, b) ?? Value.Of(Value.AreEqual(a, b) == whenEqual);
    }
}

/// <summary><c>&lt; &lt;= &gt; &gt;=</c> between two numbers, or two texts by their characters.</summary>
internal sealed class Order(Node left, Node right, string symbol) : Node
{
    public override Value Evaluate(Scope scope)
    {
        var (a, b) = (left.Evaluate(scope), right.Evaluate(scope));
        if (a.Kind == ValueKind.Refused || b.Kind == ValueKind.Refused)
        {
            return a.Kind == ValueKind.Refused ? a : b;
        }

        return (a.Kind, b.Kind) switch
        {
            (ValueKind.Unknown, _) or (_, ValueKind.Unknown) => default,
            (ValueKind.Number, ValueKind.Number) => Value.Of(Holds(a.Number.CompareTo(b.Number))),
            (ValueKind.Text, ValueKind.Text) => scope.Charge(a, b) ?? Value.Of(Holds(string.CompareOrdinal(a.Text, b.Text))),
            _ => Value.Refused($"The sides of {symbol} are neither two numbers nor two texts."),
        };
    }

    private bool Holds(int comparison) => symbol switch
    {
        "<" => comparison < 0,
        "<=" => comparison <= 0,
        ">" => comparison > 0,
        _ => comparison >= 0,
    };
}

/// <summary><c>+ - * /</c> of numbers; <c>+</c> joins when a side is a text.</summary>
internal sealed class Arithmetic(Node left, Node right, char symbol) : Node
{
    private const int LongestText = 10_000;

    public override Value Evaluate(Scope scope)
    {
        var (a, b) = (left.Evaluate(scope), right.Evaluate(scope));
        if (a.Kind == ValueKind.Refused || b.Kind == ValueKind.Refused)
        {
            return a.Kind == ValueKind.Refused ? a : b;
        }

        return (a.Kind, b.Kind) switch
        {
            (ValueKind.Unknown, _) or (_, ValueKind.Unknown) => default,
            (ValueKind.Number, ValueKind.Number) => Computed(a.Number, b.Number),
            (ValueKind.Text, _) or (_, ValueKind.Text) when symbol == '+' => Joined(a, b),
            _ => Value.Refused($"The sides of {symbol} are not two numbers."),
        };
    }

    /// <summary>What is divided by zero is no number, and no comparison may be made with it.</summary>
    private Value Computed(double a, double b)
    {
        var result = symbol switch
        {
            '+' => a + b,
            '-' => a - b,
            '*' => a * b,
            _ => a / b,
        };
        return double.IsFinite(result) ? Value.Of(result) : Value.Refused($"The result of {symbol} is no finite number.");
    }

    private static Value Joined(in Value a, in Value b)
    {
        var text = Shown.Notation(a) + Shown.Notation(b);
        return text.Length <= LongestText ? Value.Of(text) : Value.Refused($"The text that + makes is longer than {LongestText} characters.");
    }
}

internal sealed class Negative(Node inner) : Node
{
    public override Value Evaluate(Scope scope)
    {
        var value = inner.Evaluate(scope);
        return value.IsFinal ? value : value.Kind == ValueKind.Number ? Value.Of(-value.Number) : Value.Refused("What follows - is no number.");
    }
}
