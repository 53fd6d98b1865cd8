using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Tests.Fixtures;

namespace Postern.Tests.OpenApi;

/// <summary>The document as a client reads it, and whether an answer is what it promises.</summary>
internal sealed class ServedDocument(JsonNode root)
{
    public JsonNode Root => root;

    public JsonObject Paths => root["paths"]!.AsObject();

    public static async Task<ServedDocument> OfAsync(TestServer server) =>
        new(JsonNode.Parse((await server.GetAsync("/openapi/v1.json")).Text)!);

    /// <summary>Every operation with its method and path.</summary>
    public IEnumerable<(string Method, string Path, JsonNode Operation)> Operations =>
        Paths.SelectMany(p => p.Value!.AsObject().Select(o => (o.Key.ToUpperInvariant(), p.Key, o.Value!)));

    public JsonNode Schema(string name) => root["components"]!["schemas"]![name] ?? throw new InvalidOperationException($"there is no schema {name}");

    /// <summary>The schema of an answer with the status 200.</summary>
    public JsonNode AnswerOf(string method, string path) =>
        Paths[path]![method.ToLowerInvariant()]!["responses"]!["200"]!["content"]!["application/json"]!["schema"]!;

    /// <summary>Whether the answer of this status may have this media type: under its status, or as a refusal. No body has no type.</summary>
    public bool Says(string method, string path, int status, string? mediaType) =>
        mediaType is null || new[] { status.ToString(System.Globalization.CultureInfo.InvariantCulture), "default" }
            .Any(s => Paths[path]?[method.ToLowerInvariant()]?["responses"]?[s]?["content"]?[mediaType] is not null);

    /// <summary>The names of the properties of a schema, or of its items.</summary>
    public IEnumerable<string> PropertiesOf(JsonNode? schema) =>
        schema is null ? []
        : schema["$ref"] is { } reference ? PropertiesOf(Schema(reference.ToString().Split('/')[^1]))
        : schema["items"] is { } items ? PropertiesOf(items)
        : (schema["properties"] as JsonObject ?? []).Select(p => p.Key).Concat((schema["allOf"] as JsonArray ?? []).SelectMany(PropertiesOf));

    /// <summary>The parameters of an operation's query.</summary>
    public static IEnumerable<string> QueryOf(JsonNode operation) =>
        (operation["parameters"] as JsonArray ?? []).Where(p => p!["in"]?.ToString() == "query").Select(p => p!["name"]!.ToString());

    /// <summary>The properties of whatever bodies an operation takes.</summary>
    public IEnumerable<string> BodyOf(JsonNode operation) =>
        (operation["requestBody"]?["content"] as JsonObject ?? []).SelectMany(c => PropertiesOf(c.Value?["schema"])).Distinct(StringComparer.Ordinal);

    /// <summary>What of a value is otherwise than a schema has it; empty where all is well.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="value">The value.</param>
    /// <param name="where">The value's place.</param>
    /// <param name="isWhole">Whether what the schema requires must be there.</param>
    public IReadOnlyList<string> Judge(JsonNode schema, JsonNode? value, string where = "$", bool isWhole = true)
    {
        if (schema["$ref"] is { } reference)
        {
            return Judge(Schema(reference.ToString().Split('/')[^1]), value, where, isWhole);
        }

        if (schema["oneOf"] is JsonArray alternatives)
        {
            var judged = alternatives.Select(a => Judge(a!, value, where, isWhole)).ToList();
            return judged.Count(j => j.Count == 0) == 1 ? [] : [$"{where} is {judged.Count(j => j.Count == 0)} of {judged.Count} alternatives", .. judged.SelectMany(j => j)];
        }

        var found = new List<string>();
        foreach (var part in schema["allOf"] as JsonArray ?? [])
        {
            found.AddRange(Judge(part!, value, where, isWhole));
        }

        string[] types = schema["type"] switch { JsonArray several => [.. several.Select(t => t!.ToString())], null => [], var one => [one.ToString()] };
        if (types.Length > 0 && !types.Contains(TypeOf(value)) && !(types.Contains("number") && TypeOf(value) == "integer"))
        {
            return [.. found, $"{where} is {TypeOf(value)} instead of {string.Join('|', types)}"];
        }

        if (schema["enum"] is JsonArray values && !values.Any(v => JsonNode.DeepEquals(v, value)))
        {
            found.Add($"{where} is none of {values.ToJsonString()}");
        }

        if (value is JsonArray list && schema["items"] is { } items)
        {
            found.AddRange(list.SelectMany((item, i) => Judge(items, item, $"{where}[{i}]", isWhole)));
        }

        if (value is JsonObject document)
        {
            var properties = schema["properties"] as JsonObject ?? [];
            found.AddRange((isWhole ? schema["required"] as JsonArray ?? [] : []).Where(r => !document.ContainsKey(r!.ToString())).Select(r => $"{where}.{r} is absent"));
            foreach (var (name, inner) in document)
            {
                var its = properties[name] ?? schema["additionalProperties"];
                found.AddRange(its is JsonObject ? Judge(its, inner, $"{where}.{name}", isWhole) : []);
            }
        }

        return found;
    }

    private static string TypeOf(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "null",
        JsonValueKind.String => "string",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Array => "array",
        JsonValueKind.Object => "object",
        _ => value.ToJsonString().Contains('.', StringComparison.Ordinal) ? "number" : "integer",
    };
}
