using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.AuthorizationServer.Http;
using Postern.AuthorizationServer.Http.Inputs;
using Postern.Directory.Objects;

namespace Postern.CasdoorApi.Calls;

/// <summary>The JSON body of a write. What it is decides, not its content type: an SDK posts JSON as text (docs/casdoor-compatibility.md).</summary>
public static class RequestBody
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    /// <param name="context">The request.</param>
    /// <param name="type">Casdoor's name of what it should be, for the message.</param>
    public static async Task<Prepared<JsonObject>> ReadAsync(HttpContext context, string type)
    {
        var read = await ReadNodeAsync(context);
        return read.Value is not { } node ? new Prepared<JsonObject>(null, read.Refusal)
            : node is JsonObject document ? document
            : new Prepared<JsonObject>(null, $"json: cannot unmarshal {Casual(node.GetValueKind())} into Go value of type object.{type}");
    }

    /// <summary>A body that must be a list.</summary>
    public static async Task<Prepared<JsonArray>> ReadArrayAsync(HttpContext context)
    {
        var read = await ReadNodeAsync(context);
        return read.Value is not { } node ? new Prepared<JsonArray>(null, read.Refusal)
            : node is JsonArray list ? list
            : new Prepared<JsonArray>(null, $"json: cannot unmarshal {Casual(node.GetValueKind())} into Go value of type []interface {{}}");
    }

    private static async Task<Prepared<JsonNode>> ReadNodeAsync(HttpContext context)
    {
        if (await BoundedBody.ReadAsync(context) is not { } whole)
        {
            return new(null, "the body is larger than " + BodyLimits.Show(BodyLimits.Of(context)));
        }

        var bytes = whole.AsMemory();
        if (bytes.Span.Trim(" \t\r\n"u8).IsEmpty)
        {
            return new(null, "unexpected end of JSON input");
        }

        try
        {
            using var document = JsonDocument.Parse(bytes, Options);
            if (RefuseText(document.RootElement, HoldsObject(context)) is { } refusal)
            {
                return new(null, refusal);
            }

            return document.RootElement.ValueKind switch
            {
                JsonValueKind.Object => JsonObject.Create(document.RootElement.Clone())!,
                JsonValueKind.Array => JsonArray.Create(document.RootElement.Clone())!,
                JsonValueKind.Null => new Prepared<JsonNode>(null, "the body is null"),
                _ => JsonValue.Create(document.RootElement.Clone())!,
            };
        }
        catch (InvalidOperationException)
        {
            // The reader finds half a surrogate pair only when the text is asked for.
            return new(null, "invalid character in string: not Unicode text");
        }
        catch (JsonException e)
        {
            return new(null, e.LineNumber is null ? "the body has a property twice, or is not JSON" : $"the body is not JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}");
        }
    }

    /// <summary>The object of a kind, whose properties have lengths of their own.</summary>
    private static bool HoldsObject(HttpContext context) =>
        context.GetEndpoint()?.Metadata is { } metadata
        && (metadata.GetMetadata<Admitted>()?.Kind is not null || metadata.GetMetadata<Operation>()?.Body?.EndsWith(Operation.Fields, StringComparison.Ordinal) == true);

    /// <summary>No database of ours keeps U+0000 in text, also where it is only looked up; and no text is longer than its name allows.</summary>
    private static string? RefuseText(JsonElement value, bool isObject, string place = "the body")
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                var text = value.GetString()!;
                return text.Contains('\0', StringComparison.Ordinal) ? "U+0000 is not allowed in " + place
                    : isObject ? null : InputLimits.RefuseJson(place, text)?.English;
            case JsonValueKind.Array:
                return value.EnumerateArray().Select(item => RefuseText(item, isObject, place)).FirstOrDefault(r => r is not null);
            case JsonValueKind.Object:
                foreach (var property in value.EnumerateObject())
                {
                    if (!isObject && InputLimits.RefuseJson(property.Name, "") is { } tooLong)
                    {
                        return tooLong.English;
                    }

                    if (property.Name.Contains('\0', StringComparison.Ordinal))
                    {
                        return "U+0000 is not allowed in " + property.Name.Replace("\0", "", StringComparison.Ordinal);
                    }

                    if (RefuseText(property.Value, isObject, property.Name) is { } refusal)
                    {
                        return refusal;
                    }
                }

                return null;
            default:
                return null;
        }
    }

    private static string Casual(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        JsonValueKind.Null => "null",
        _ => "bool",
    };
}
