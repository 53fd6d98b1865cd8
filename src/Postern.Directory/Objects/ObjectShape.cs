using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Directory.Objects.Kinds;
using Postern.Protocol;

namespace Postern.Directory.Objects;

/// <summary>A property as its notation has it.</summary>
/// <param name="Name">In Casdoor's spelling.</param>
/// <param name="Type">As on the wire: S, B, I, F, A, M, O, a named shape, or a list of one.</param>
/// <param name="MayBeNull">Whether it reads as null where it was never set.</param>
/// <param name="MayBeAbsent">Whether its name ended with <c>?</c>.</param>
/// <param name="Limits">What its values may be.</param>
public sealed record ShapeProperty(string Name, string Type, bool MayBeNull, bool MayBeAbsent, PropertyLimits Limits);

/// <summary>
/// The properties of a kind, each with its type and its limits: B bool, I whole number, F number, A list, M map of texts, O object,
/// and texts: S (1,000 bytes), N a name (255 bytes), T text of several lines (64 KB), U an address, P the address of a picture, L an
/// address that may belong to an app or be a host (<see cref="PropertyLimits"/>). What is in a list or an object can be named
/// instead: <c>ProviderItem[]</c>, <c>Organization</c> (<see cref="Parts"/>). A number in parentheses is another limit: the bytes of a
/// text, the entries of a list, or a range: <c>S(8000)</c>, <c>S[](10000)</c>, <c>I(0..365)</c>. A list or map that was never set
/// reads as null, with <c>!</c> as [].
/// </summary>
public sealed class ObjectShape
{
    private readonly Dictionary<string, ShapeProperty> properties = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<ShapeProperty> declared = [];
    private readonly JsonObject empty = [];

    public ObjectShape(string notation)
    {
        foreach (var item in notation.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, notated) = (item[..item.IndexOf(' ', StringComparison.Ordinal)], item[(item.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
            var (type, limits) = PropertyLimits.Read(notated.TrimEnd('!'));
            var isScalar = type is "S" or "B" or "I" or "F";
            var property = new ShapeProperty(name.TrimEnd('?'), type, !notated.EndsWith('!') && !isScalar, name.EndsWith('?'), limits);
            properties.Add(property.Name, property);
            declared.Add(property);
            empty[property.Name] = type switch
            {
                "S" => "",
                "B" => false,
                "I" or "F" => 0,
                _ => notated.EndsWith('!') ? new JsonArray() : null,
            };
        }
    }

    /// <summary>As declared, in Casdoor's order.</summary>
    public IReadOnlyList<ShapeProperty> Properties => declared;

    public IEnumerable<string> Names => declared.Select(p => p.Name);

    /// <summary>Names of properties, as a text with blanks between them.</summary>
    public static IReadOnlySet<string> Words(string names) => names.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);

    /// <summary>A new object of Casdoor's zero values, in Casdoor's order.</summary>
    public JsonObject Zero() => (JsonObject)empty.DeepClone();

    public JsonNode? ZeroOf(string property) => empty[property]?.DeepClone();

    /// <summary>Casdoor's spelling of a property, or the given one where Casdoor has none.</summary>
    public string NameOf(string property) => properties.TryGetValue(property, out var known) ? known.Name : property;

    public bool Has(string property) => properties.ContainsKey(property);

    /// <summary>The declaration; null where Casdoor has no such property.</summary>
    public ShapeProperty? Find(string property) => properties.GetValueOrDefault(property);

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

    /// <summary>The decoder's message for a value of the wrong type, however deep, or null; unknown properties may be anything.</summary>
    /// <param name="path">Where the properties stand: the type of the object, and the properties that lead to them.</param>
    /// <param name="property">Its name.</param>
    /// <param name="value">As sent.</param>
    public LocalizedText? Refuse(string path, string property, JsonNode value)
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
            "M" => (kind == JsonValueKind.Object, "map[string]string"),
            "A" => (kind == JsonValueKind.Array, "[]object"),
            var list when list.EndsWith("[]", StringComparison.Ordinal) => (kind == JsonValueKind.Array, list switch { "S[]" => "[]string", "F[]" => "[]float64", _ => "[]object" }),
            _ => (kind == JsonValueKind.Object, "object"),
        };
        path = $"{path}.{known.Name}";
        return isRight ? RefuseInner(path, known, value) : Message(value, path, expected);
    }

    public static bool TryInteger(JsonNode value, out long number) =>
        long.TryParse(value.ToJsonString(), System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out number);

    public static bool TryFloat(JsonNode value, out double number) =>
        double.TryParse(value.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture, out number) && double.IsFinite(number);

    private static LocalizedText? RefuseInner(string path, ShapeProperty known, JsonNode value)
    {
        switch (known.Type)
        {
            case "S[]":
                return ((JsonArray)value).FirstOrDefault(i => i is not null && i.GetValueKind() != JsonValueKind.String) is { } text ? Message(text, path, "string") : null;
            case "M":
                return ((JsonObject)value).Select(p => p.Value).FirstOrDefault(i => i is not null && i.GetValueKind() != JsonValueKind.String) is { } entry ? Message(entry, path, "string") : null;
            case "F[]":
                return ((JsonArray)value).FirstOrDefault(i => i is null || i.GetValueKind() != JsonValueKind.Number || !TryFloat(i, out _)) is { } number ? Message(number, path, "float64") : null;
        }

        if (value is JsonArray list && known.Type.EndsWith("[]", StringComparison.Ordinal))
        {
            var part = Parts.Find(known.Type[..^2]);
            foreach (var item in list)
            {
                if (item is not JsonObject entry)
                {
                    return Message(item, path, "object." + known.Type[..^2]);
                }

                if (part?.RefuseAll(path, entry) is { } refusal)
                {
                    return refusal;
                }
            }
        }

        return value is JsonObject one ? Parts.Find(known.Type)?.RefuseAll(path, one) : null;
    }

    private LocalizedText? RefuseAll(string path, JsonObject entry) =>
        entry.Select(p => p.Value is null ? null : Refuse(path, p.Key, p.Value)).FirstOrDefault(r => r is not null);

    private static LocalizedText Message(JsonNode? value, string path, string expected)
    {
        var found = value?.GetValueKind() switch
        {
            null => "null",
            JsonValueKind.String => "string",
            JsonValueKind.Number => expected == "int" ? "number " + value.ToJsonString() : "number",
            JsonValueKind.True or JsonValueKind.False => "bool",
            JsonValueKind.Array => "array",
            _ => "object",
        };
        return new LocalizedText(
            $"json: cannot unmarshal {found} into Go struct field {path} of type {expected}",
            $"JSON 类型错误：{path} 应为 {expected}，实际为 {found}");
    }
}
