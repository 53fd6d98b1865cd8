using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Postern.Casbin;

/// <summary>The JSON values of a request as values of expressions.</summary>
internal static class RequestValues
{
    private const int Deepest = 64;

    public static Value Of(JsonNode? node)
    {
        try
        {
            return Of(node, 0);
        }
        catch (InvalidOperationException)
        {
            // A JsonNode finds half of a surrogate pair only when its text is asked for.
            return Value.Refused("A text of the request is not Unicode text.");
        }
    }

    private static Value Of(JsonNode? node, int depth)
    {
        if (depth > Deepest)
        {
            return Value.Refused($"A value of the request nests deeper than {Deepest} levels.");
        }

        return node switch
        {
            null => Value.Nothing,
            JsonObject fields => Object(fields, depth),
            JsonArray items => List(items, depth),
            _ => Plain(node),
        };
    }

    private static Value Plain(JsonNode node) => node.GetValueKind() switch
    {
        JsonValueKind.String => Value.Of(node.GetValue<string>()),
        JsonValueKind.Number => double.TryParse(node.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? Value.Of(number)
            : Value.Refused("A number of the request is too large."),
        JsonValueKind.True => Value.True,
        JsonValueKind.False => Value.False,
        _ => Value.Nothing,
    };

    private static Value List(JsonArray items, int depth)
    {
        var values = new Value[items.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Of(items[i], depth + 1);
            if (values[i].Kind == ValueKind.Refused)
            {
                return values[i];
            }
        }

        return Value.Of(values);
    }

    /// <summary>Field names count without their case, so two that differ in nothing else are refused.</summary>
    private static Value Object(JsonObject fields, int depth)
    {
        var values = new Dictionary<string, Value>(StringComparer.OrdinalIgnoreCase);
        try
        {
            foreach (var (name, node) in fields)
            {
                var value = Of(node, depth + 1);
                if (value.Kind == ValueKind.Refused)
                {
                    return value;
                }

                if (!values.TryAdd(name, value))
                {
                    return Twice(name);
                }
            }
        }
        catch (ArgumentException)
        {
            // A JsonObject looks for names that occur twice only when it is first read.
            return Twice("");
        }

        return Value.Of(values);
    }

    private static Value Twice(string name) => Value.Refused(name.Length == 0 ? "An object of the request has a field twice." : $"An object of the request has the field {Shown.Short(name)} twice.");
}
