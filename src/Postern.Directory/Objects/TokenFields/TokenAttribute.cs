using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Protocol;

namespace Postern.Directory.Objects.TokenFields;

/// <summary>A claim that an application adds to its tokens of format <c>JWT-Custom</c>.</summary>
public sealed record TokenAttribute(string Name, string Category, string Value, string Type)
{
    private const string ExistingField = "Existing Field";
    private const string PropertyPrefix = "Properties.";

    /// <summary>The field of the user that gives it its value, by category or as a text that is nothing else; null for another text.</summary>
    public string? Field => Category == ExistingField ? Value
        : Value is "$user.owner" or "$user.name" or "$user.id" or "$user.email" or "$user.phone" or "$user.roles" or "$user.groups" or "$user.permissions" ? Value["$user.".Length..]
        : null;

    public bool IsExistingField => Category == ExistingField;

    public LocalizedText? Refusal => ReservedClaims.Refuse(Name, Field);

    public static IEnumerable<TokenAttribute> Read(string json) => Items(json, JsonValueKind.Object)
        .Select(a => new TokenAttribute(Text(a, "name"), Text(a, "category"), Text(a, "value"), Text(a, "type"))).Where(a => a.Name.Length > 0);

    /// <summary>Whether a token field is a property of the user's own.</summary>
    public static bool IsOwnProperty(string field) => field.StartsWith(PropertyPrefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>The claim that a token field gives: of a property of the user's own, its name.</summary>
    public static string ClaimOf(string field) =>
        IsOwnProperty(field) ? field[PropertyPrefix.Length..]
        : field.Length == 0 ? "" : char.ToLowerInvariant(field[0]) + field[1..];

    public static IEnumerable<string> ReadFields(string json) => Items(json, JsonValueKind.String).Select(f => f.GetString()!);

    /// <summary>Why a token field may not be one: a property of the user's own has the name of a claim that means something else.</summary>
    public static LocalizedText? RefuseField(string field) =>
        IsOwnProperty(field) ? ReservedClaims.Refuse(ClaimOf(field), field) : null;

    /// <summary>Judges both lists as they are to be written.</summary>
    public static LocalizedText? Refuse(JsonNode? attributes, JsonNode? fields) =>
        Read(attributes?.ToJsonString() ?? "").Select(a => a.Refusal).FirstOrDefault(r => r is not null) is { } refusal
            ? new LocalizedText($"tokenAttributes: {refusal.English}", $"tokenAttributes：{refusal.Chinese}")
        : ReadFields(fields?.ToJsonString() ?? "").Select(RefuseField).FirstOrDefault(r => r is not null) is { } wrong
            ? new LocalizedText($"tokenFields: {wrong.English}", $"tokenFields：{wrong.Chinese}")
        : null;

    /// <summary>An application without what <see cref="Refuse"/> refuses in it.</summary>
    public static JsonObject WithoutRefused(JsonObject application)
    {
        var rest = (JsonObject)application.DeepClone();
        (rest["tokenAttributes"] as JsonArray)?.RemoveAll(a => a is JsonObject && Read(new JsonArray(a.DeepClone()).ToJsonString()).Any(r => r.Refusal is not null));
        (rest["tokenFields"] as JsonArray)?.RemoveAll(f => f?.GetValueKind() == JsonValueKind.String && RefuseField(f.GetValue<string>()) is not null);
        return rest;
    }

    private static List<JsonElement> Items(string json, JsonValueKind kind)
    {
        if (json.Length == 0)
        {
            return [];
        }

        using var document = JsonDocument.Parse(json);
        return document.RootElement.ValueKind == JsonValueKind.Array ? [.. document.RootElement.EnumerateArray().Where(i => i.ValueKind == kind).Select(i => i.Clone())] : [];
    }

    private static string Text(JsonElement attribute, string name) =>
        attribute.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
