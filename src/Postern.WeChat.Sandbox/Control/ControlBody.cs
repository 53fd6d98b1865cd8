using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Postern.WeChat.Sandbox.Control;

/// <summary>Reads the JSON body of a control route; what is wrong with it is said in a sentence that names the property.</summary>
internal static class ControlBody
{
    public static async Task<(T? Value, string? Refusal)> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type, CancellationToken cancel)
        where T : class
    {
        try
        {
            using var document = await JsonDocument.ParseAsync(request.Body, cancellationToken: cancel);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return (null, "the body is a JSON object");
            }

            return Misnamed(document.RootElement, type, "") is { } refusal ? (null, refusal) : (document.RootElement.Deserialize(type), null);
        }
        catch (JsonException e)
        {
            return (null, e.Path is { Length: > 2 } path ? $"{path[2..]} has a value that it cannot have" : $"the body is not JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}");
        }
    }

    /// <summary>The first property that the type does not have, or that it must have and is not there.</summary>
    private static string? Misnamed(JsonElement value, JsonTypeInfo type, string path)
    {
        if (value.ValueKind != JsonValueKind.Object || type.Kind != JsonTypeInfoKind.Object)
        {
            return null;
        }

        var sent = value.EnumerateObject().ToList();
        foreach (var property in sent)
        {
            if (Find(type, property.Name) is not { } known)
            {
                return $"there is no property {path}{property.Name}; there are {string.Join(", ", type.Properties.Select(p => path + p.Name))}";
            }

            if (Misnamed(property.Value, type.Options.GetTypeInfo(known.PropertyType), $"{path}{known.Name}.") is { } refusal)
            {
                return refusal;
            }
        }

        return type.Properties.FirstOrDefault(p => p.IsRequired && !sent.Exists(s => IsNamed(p, s.Name))) is { } missing ? $"{path}{missing.Name} is missing" : null;
    }

    private static JsonPropertyInfo? Find(JsonTypeInfo type, string name) => type.Properties.FirstOrDefault(p => IsNamed(p, name));

    private static bool IsNamed(JsonPropertyInfo property, string name) => property.Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}
