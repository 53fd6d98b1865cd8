namespace Postern.Casbin.Expressions;

/// <summary>
/// <c>a &amp;&amp; b &amp;&amp; c</c>, from the left, no further than the first that is false. What is unknown is false only beside what is
/// false.
/// </summary>
internal sealed class Every(Node[] parts) : Node
{
    public override Value Evaluate(Scope scope)
    {
        var result = Value.True;
        foreach (var part in parts)
        {
            var value = part.Evaluate(scope);
            if (value.IsFalse || value.Kind == ValueKind.Refused)
            {
                return value;
            }

            if (!value.IsTrue && value.Kind != ValueKind.Unknown)
            {
                return Value.Refused("A side of && is neither true nor false.");
            }

            result = value.IsTrue ? result : value;
        }

        return result;
    }
}

/// <summary><c>a || b || c</c>, from the left, no further than the first that is true.</summary>
internal sealed class Some(Node[] parts) : Node
{
    public override Value Evaluate(Scope scope)
    {
        var result = Value.False;
        foreach (var part in parts)
        {
            var value = part.Evaluate(scope);
            if (value.IsTrue || value.Kind == ValueKind.Refused)
            {
                return value;
            }

            if (!value.IsFalse && value.Kind != ValueKind.Unknown)
            {
                return Value.Refused("A side of || is neither true nor false.");
            }

            result = value.IsFalse ? result : value;
        }

        return result;
    }
}

internal sealed class Not(Node inner) : Node
{
    public override Value Evaluate(Scope scope)
    {
        var value = inner.Evaluate(scope);
        return value.IsFinal ? value : value.Kind == ValueKind.Truth ? Value.Of(value.IsFalse) : Value.Refused("What follows ! is neither true nor false.");
    }
}

/// <summary><c>a in (b, c)</c>, where a list of the request stands for its items.</summary>
internal sealed class Among(Node sought, Node[] items) : Node
{
    public override Value Evaluate(Scope scope)
    {
        var value = sought.Evaluate(scope);
        if (value.IsFinal)
        {
            return value;
        }

        var result = Value.False;
        foreach (var item in items)
        {
            var other = item.Evaluate(scope);
            if (other.Kind == ValueKind.Refused)
            {
                return other;
            }

            if (other.Size > 1 && scope.Allowance.Take(other.Size) is { } refusal)
            {
                return Value.Refused(refusal);
            }

            if (other.Kind == ValueKind.List ? other.Items.Any(o => Value.AreEqual(value, o)) : Value.AreEqual(value, other))
            {
                return Value.True;
            }

            result = other.Kind == ValueKind.Unknown ? other : result;
        }

        return result;
    }
}
