using System.Text.Json;
using System.Text.Json.Nodes;

namespace Postern.Server.Casdoor.Objects;

/// <summary>A property as its notation has it.</summary>
/// <param name="Name">In Casdoor's spelling.</param>
/// <param name="Type">Without the <c>!</c>.</param>
/// <param name="MayBeNull">Whether it reads as null where nobody set it.</param>
/// <param name="MayBeAbsent">Whether its name ended with <c>?</c>.</param>
public sealed record ShapeProperty(string Name, string Type, bool MayBeNull, bool MayBeAbsent);

/// <summary>
/// The properties of a kind in the notation of the contract: name and S text, B bool, I integer, F float, S[] texts,
/// A list, M map of texts, O object. What is in a list or an object can be named instead: <c>ProviderItem[]</c>,
/// <c>Organization</c> (<see cref="OpenApi.Shapes"/>). A list or map that nobody set reads as null (contract 0.1), with
/// <c>!</c> as [].
/// </summary>
public sealed class ObjectShape
{
    private readonly Dictionary<string, (string Name, string Type)> properties = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<ShapeProperty> declared = [];
    private readonly JsonObject empty = [];

    public ObjectShape(string notation)
    {
        foreach (var item in notation.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, type) = (item[..item.IndexOf(' ', StringComparison.Ordinal)], item[(item.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
            var mayBeAbsent = name.EndsWith('?');
            name = name.TrimEnd('?');
            properties.Add(name, (name, Decoded(type.TrimEnd('!'))));
            declared.Add(new(name, type.TrimEnd('!'), !type.EndsWith('!') && type is not ("S" or "B" or "I" or "F"), mayBeAbsent));
            empty[name] = type switch
            {
                "S" => "",
                "B" => false,
                "I" or "F" => 0,
                _ => type.EndsWith('!') ? new JsonArray() : null,
            };
        }
    }

    /// <summary>As declared, in Casdoor's order.</summary>
    public IReadOnlyList<ShapeProperty> Properties => declared;

    public IEnumerable<string> Names => properties.Values.Select(p => p.Name);

    /// <summary>A new object of Casdoor's zero values, in Casdoor's order.</summary>
    public JsonObject Zero() => (JsonObject)empty.DeepClone();

    public JsonNode? ZeroOf(string property) => empty[property]?.DeepClone();

    /// <summary>Casdoor's spelling of a property, or the given one where Casdoor has none.</summary>
    public string NameOf(string property) => properties.TryGetValue(property, out var known) ? known.Name : property;

    public bool Has(string property) => properties.ContainsKey(property);

    public bool IsScalar(string property) => properties.TryGetValue(property, out var known) && known.Type is "S" or "B" or "I" or "F";

    /// <summary>How the values of a known property compare.</summary>
    public ColumnType TypeOf(string property) => properties[property].Type switch
    {
        "S" => ColumnType.Text,
        "B" => ColumnType.Bool,
        "I" => ColumnType.Whole,
        "F" => ColumnType.Fraction,
        _ => ColumnType.Json,
    };

    /// <summary>The decoder's message for a value of the wrong type, or null; unknown properties may be anything.</summary>
    public string? Refuse(string type, string property, JsonNode value)
    {
        if (!properties.TryGetValue(property, out var known))
        {
            return null;
        }

        var kind = value.GetValueKind();
        var (isRight, expected) = known.Type switch
        {
            "S" => (kind == JsonValueKind.String, "string"),
            "B" => (kind is JsonValueKind.True or JsonValueKind.False, "bool"),
            "I" => (kind == JsonValueKind.Number && TryInteger(value, out _), "int"),
            "F" => (kind == JsonValueKind.Number && TryFloat(value, out _), "float64"),
            "S[]" => (kind == JsonValueKind.Array, "[]string"),
            "A" => (kind == JsonValueKind.Array, "[]object"),
            "M" => (kind == JsonValueKind.Object, "map[string]string"),
            _ => (kind == JsonValueKind.Object, "object"),
        };
        if (!isRight)
        {
            return Message(value, type, known.Name, expected);
        }

        var inner = known.Type switch
        {
            "S[]" => (JsonArray)value,
            "M" => ((JsonObject)value).Select(p => p.Value),
            _ => Enumerable.Empty<JsonNode?>(),
        };
        return inner.FirstOrDefault(i => i is not null && i.GetValueKind() != JsonValueKind.String) is { } wrong
            ? Message(wrong, type, known.Name, "string")
            : null;
    }

    public static bool TryInteger(JsonNode value, out long number) =>
        long.TryParse(value.ToJsonString(), System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out number);

    public static bool TryFloat(JsonNode value, out double number) =>
        double.TryParse(value.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture, out number) && double.IsFinite(number);

    /// <summary>What the decoder judges by: it looks into lists of texts and maps only.</summary>
    private static string Decoded(string type) => type switch
    {
        "S" or "B" or "I" or "F" or "S[]" or "A" or "M" or "O" => type,
        _ => type.EndsWith("[]", StringComparison.Ordinal) ? "A" : "O",
    };

    private static string Message(JsonNode value, string type, string property, string expected)
    {
        var found = value.GetValueKind() switch
        {
            JsonValueKind.String => "string",
            JsonValueKind.Number => expected == "int" ? "number " + value.ToJsonString() : "number",
            JsonValueKind.True or JsonValueKind.False => "bool",
            JsonValueKind.Array => "array",
            _ => "object",
        };
        return $"json: cannot unmarshal {found} into Go struct field {type}.{property} of type {expected}";
    }
}
