using System.Text.Json;
using System.Text.Json.Nodes;

namespace Postern.Directory.Objects;

/// <summary>
/// A secret that is a text, or a list or map in which the values are secret and the names are not: HTTP headers as
/// <c>[{"name": "Authorization", "value": "***"}]</c> or <c>{"Authorization": "***"}</c>.
/// </summary>
internal static class SecretValues
{
    private const string Name = "name";
    private const string Value = "value";

    /// <summary>As readers see it.</summary>
    public static JsonNode? Mask(JsonNode? secret) => secret switch
    {
        JsonArray list => new JsonArray([.. list.Select(item => item is JsonObject entry
            ? new JsonObject(entry.Select(p => KeyValuePair.Create(p.Key, p.Key == Name ? p.Value?.DeepClone() : Mask(p.Value))))
            : Mask(item))]),
        JsonObject map => new JsonObject(map.Select(p => KeyValuePair.Create(p.Key, Mask(p.Value)))),
        JsonValue text when text.GetValueKind() == JsonValueKind.String => text.GetValue<string>().Length == 0 ? "" : ObjectStore.Masked,
        _ => secret?.DeepClone(),
    };

    /// <summary>Gives a changed list or map the known value back wherever it says <c>***</c>; where none is known, nothing.</summary>
    /// <param name="known">All secrets of the object that are kept together.</param>
    /// <param name="changed">Those of them that change.</param>
    public static void Keep(JsonObject known, JsonObject changed)
    {
        foreach (var (property, secret) in changed)
        {
            if (secret is JsonArray list)
            {
                foreach (var entry in list.OfType<JsonObject>().Where(e => IsMask(e[Value])))
                {
                    entry[Value] = (known[property] as JsonArray ?? []).OfType<JsonObject>()
                        .FirstOrDefault(k => JsonNode.DeepEquals(k[Name], entry[Name]))?[Value]?.DeepClone() ?? "";
                }
            }
            else if (secret is JsonObject map)
            {
                foreach (var name in map.Where(p => IsMask(p.Value)).Select(p => p.Key).ToList())
                {
                    map[name] = (known[property] as JsonObject)?[name]?.DeepClone() ?? "";
                }
            }
        }
    }

    private static bool IsMask(JsonNode? value) => value?.GetValueKind() == JsonValueKind.String && value.GetValue<string>() == ObjectStore.Masked;
}
