using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Directory.Objects.Kinds;

namespace Postern.Directory.Objects;

/// <summary>
/// The forms in which client libraries write a value, brought into ours, at every depth: <c>[]</c> for an empty map, <c>[""]</c> for
/// an empty list, null for what is not set, keys in another case (docs/casdoor-compatibility.md, "Bodies").
/// </summary>
public static class SentForms
{
    /// <summary>The document with Casdoor's spelling and our forms. What has the wrong type stays as it is; the decoder refuses it.</summary>
    public static JsonObject Read(ObjectShape shape, JsonObject sent)
    {
        var document = new JsonObject();
        foreach (var (key, value) in sent)
        {
            var property = shape.NameOf(key);
            if ((property == key || !(sent.ContainsKey(property) || IsAnother(key, property, value))) && !(value is null && shape.IsScalar(property)))
            {
                document[property] = shape.Find(property) is { } known ? Read(known.Type, value) : value?.DeepClone();
            }
        }

        return document;
    }

    /// <summary>What was sent, with the keys that the client does not know: a key that is missing stays as it is shown.</summary>
    public static JsonNode? Complete(string type, JsonNode? shown, JsonNode? sent)
    {
        if (shown is JsonObject known && sent is JsonObject one && Parts.Find(type) is not null)
        {
            return Complete(Parts.Find(type)!, known, one);
        }

        if (shown is not JsonArray list || sent is not JsonArray items || !IsList(type) || Parts.Find(ItemOf(type)) is not { } part)
        {
            return sent?.DeepClone();
        }

        var left = list.OfType<JsonObject>().ToList();
        return new JsonArray([.. items.Select(item =>
        {
            if (item is not JsonObject entry || left.Find(l => IsOf(part, l, entry)) is not { } found)
            {
                return item?.DeepClone();
            }

            left.Remove(found);
            return Complete(part, found, entry);
        })]);
    }

    /// <summary>Whether two values say the same: a list, a map or an object that is not set is so in every form of it.</summary>
    public static bool IsSame(string type, JsonNode? shown, JsonNode? sent)
    {
        if (JsonNode.DeepEquals(shown, sent) || (!IsScalar(type) && IsNothing(shown) && IsNothing(sent)))
        {
            return true;
        }

        return (shown, sent) switch
        {
            (JsonObject one, JsonObject other) when Parts.Find(type) is { } part =>
                one.Select(p => p.Key).Union(other.Select(p => p.Key)).All(key => IsSame(part.Find(key)?.Type ?? "", one[key], other[key])),
            (JsonArray one, JsonArray other) when IsList(type) => one.Count == other.Count && one.Zip(other).All(p => IsSame(ItemOf(type), p.First, p.Second)),
            _ => false,
        };
    }

    /// <summary>Null, "", 0, false, an empty list or map: what libraries write for a property that is not set.</summary>
    public static bool IsNothing(JsonNode? value) => value switch
    {
        null => true,
        JsonArray list => list.Count == 0,
        JsonObject map => map.Count == 0,
        _ => value.GetValueKind() switch
        {
            JsonValueKind.String => value.GetValue<string>().Length == 0,
            JsonValueKind.Number => ObjectShape.TryFloat(value, out var number) && number == 0,
            JsonValueKind.False => true,
            _ => false,
        },
    };

    private static JsonNode? Read(string type, JsonNode? value)
    {
        if (type == "F" && value is not null && value.GetValueKind() == JsonValueKind.Number && ObjectShape.TryFloat(value, out var fraction))
        {
            return StoredObject.Number(fraction);
        }

        if (IsScalar(type))
        {
            return value?.DeepClone();
        }

        if (IsList(type))
        {
            return value switch
            {
                JsonObject { Count: 0 } => new JsonArray(),
                JsonArray { Count: 1 } one when type == "S[]" && IsEmptyText(one[0]) => new JsonArray(),
                JsonArray items when type != "A" => new JsonArray([.. items.Select(i => Read(ItemOf(type), i))]),
                _ => IsEmptyText(value) ? new JsonArray() : value?.DeepClone(),
            };
        }

        return value switch
        {
            JsonArray { Count: 0 } => new JsonObject(),
            JsonObject { Count: 1 } map when type == "M"
                && map.TryGetPropertyValue("", out var unnamed) && (unnamed is null || IsEmptyText(unnamed)) => new JsonObject(),
            JsonObject map when Parts.Find(type) is { } part => Read(part, map),
            _ => IsEmptyText(value) ? new JsonObject() : value?.DeepClone(),
        };
    }

    private static JsonObject Complete(ObjectShape part, JsonObject known, JsonObject sent)
    {
        var whole = new JsonObject();
        foreach (var (key, value) in sent)
        {
            whole[key] = Complete(part.Find(key)?.Type ?? "", known[key], value);
        }

        foreach (var (key, value) in known.Where(p => !sent.ContainsKey(p.Key)))
        {
            whole[key] = value?.DeepClone();
        }

        return whole;
    }

    /// <summary>Whether an entry that was sent is this one of the list: by its name, or, where entries have none, by all that was sent of it.</summary>
    private static bool IsOf(ObjectShape part, JsonObject known, JsonObject sent) => part.Has("name")
        ? !IsNothing(sent["name"]) && JsonNode.DeepEquals(known["name"], sent["name"])
        : sent.All(p => IsSame(part.Find(p.Key)?.Type ?? "", known[p.Key], p.Value));

    /// <summary>
    /// Whether a key that differs within its word is a property of the library's own: Java's <c>battleNet</c>, empty, is not
    /// <c>battlenet</c>. A capital at the beginning is how other libraries write all of their keys.
    /// </summary>
    private static bool IsAnother(string key, string property, JsonNode? value) => IsNothing(value) && !key.AsSpan(1).SequenceEqual(property.AsSpan(1));

    private static bool IsScalar(string type) => type is "S" or "B" or "I" or "F";

    private static bool IsList(string type) => type == "A" || type.EndsWith("[]", StringComparison.Ordinal);

    private static string ItemOf(string list) => list == "A" ? "" : list[..^2];

    private static bool IsEmptyText(JsonNode? value) => value?.GetValueKind() == JsonValueKind.String && value.GetValue<string>().Length == 0;
}
