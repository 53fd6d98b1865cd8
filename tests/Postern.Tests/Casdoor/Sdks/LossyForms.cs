using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Directory.Objects;
using Postern.Directory.Objects.Kinds;

namespace Postern.Tests.Casdoor.Sdks;

/// <summary>How typed clients of several languages write an object that they have read.</summary>
internal static class LossyForms
{
    public static readonly (string Name, Func<ObjectShape, JsonObject, JsonObject> Of)[] All =
    [
        ("nulls as lists", (_, read) => Each(read, v => v is null ? new JsonArray() : v)),
        ("nulls as maps", (_, read) => Each(read, v => v is null ? new JsonObject() : v)),
        ("nulls as texts", (_, read) => Each(read, v => v is null ? "" : v)),
        ("nulls as zeros", (_, read) => Each(read, v => v is null ? 0 : v)),
        ("nulls as false", (_, read) => Each(read, v => v is null ? false : v)),
        ("nulls left out", (_, read) => new JsonObject(read.Where(p => p.Value is not null).Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone())))),
        ("empties as nulls", (_, read) => Each(read, v => v is JsonArray { Count: 0 } or JsonObject { Count: 0 } ? null : v)),
        ("empty maps as lists", (_, read) => Each(read, v => v is JsonObject { Count: 0 } ? new JsonArray() : v)),
        ("lists of an empty text", (shape, read) => new JsonObject(read.Select(p =>
            KeyValuePair.Create(p.Key, p.Value is null or JsonArray { Count: 0 } && shape.Find(p.Key)?.Type == "S[]" ? new JsonArray("") : p.Value?.DeepClone())))),
        ("more keys", (_, read) => With(Each(read, v => v), ("aKeyOfANewerModel", "x"), ("battleNet", ""))),
        ("another order", (_, read) => Turned(read)),
        ("capitals", (shape, read) => Spelled(shape, read, key => char.ToUpperInvariant(key[0]) + key[1..])),
        ("upper case", (shape, read) => Spelled(shape, read, key => key.ToUpperInvariant())),
        ("an older model", Older),
    ];

    /// <summary>Top level only: what is null there is a list, a map or an object that was never set.</summary>
    private static JsonObject Each(JsonObject read, Func<JsonNode?, JsonNode?> of) =>
        new(read.Select(p => KeyValuePair.Create(p.Key, of(p.Value)?.DeepClone())));

    private static JsonObject With(JsonObject one, params (string Key, string Value)[] more)
    {
        foreach (var (key, value) in more)
        {
            one[key] = value;
        }

        return one;
    }

    private static JsonObject Turned(JsonObject read) =>
        new(read.Reverse().Select(p => KeyValuePair.Create(p.Key, Deep(p.Value, Turned))));

    private static JsonObject Spelled(ObjectShape shape, JsonObject read, Func<string, string> spell) => new(read.Select(p =>
        KeyValuePair.Create(shape.Has(p.Key) ? spell(p.Key) : p.Key, PartOf(shape, p.Key) is { } part ? Deep(p.Value, one => Spelled(part, one, spell)) : p.Value?.DeepClone())));

    /// <summary>A model that knows the first and then each second key, and the name; so do its parts.</summary>
    private static JsonObject Older(ObjectShape shape, JsonObject read) => new(read.Index().Where(p => p.Index % 2 == 0 || p.Item.Key is "name" or "owner" or "id").Select(p =>
        KeyValuePair.Create(p.Item.Key, PartOf(shape, p.Item.Key) is { } part ? Deep(p.Item.Value, one => Older(part, one)) : p.Item.Value?.DeepClone())));

    private static ObjectShape? PartOf(ObjectShape shape, string key) =>
        shape.Find(key)?.Type is { } type ? Parts.Find(type.Replace("[]", "", StringComparison.Ordinal)) : null;

    private static JsonNode? Deep(JsonNode? value, Func<JsonObject, JsonObject> of) => value switch
    {
        JsonObject one => of(one),
        JsonArray list => new JsonArray([.. list.Select(i => i is JsonObject one ? of(one) : i?.DeepClone())]),
        _ => value?.DeepClone(),
    };
}
