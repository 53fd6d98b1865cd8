using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.AuthorizationServer.Http;
using Postern.AuthorizationServer.Http.Inputs;
using Postern.Directory.Objects;
using Postern.Protocol;

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
            : new Prepared<JsonObject>(null, new(
                $"json: cannot unmarshal {Casual(node.GetValueKind())} into Go value of type object.{type}",
                $"JSON 类型错误：应为对象 object.{type}，实际为 {Casual(node.GetValueKind())}"));
    }

    /// <summary>A body that must be a list.</summary>
    public static async Task<Prepared<JsonArray>> ReadArrayAsync(HttpContext context)
    {
        var read = await ReadNodeAsync(context);
        return read.Value is not { } node ? new Prepared<JsonArray>(null, read.Refusal)
            : node is JsonArray list ? list
            : new Prepared<JsonArray>(null, new(
                $"json: cannot unmarshal {Casual(node.GetValueKind())} into Go value of type []interface {{}}",
                $"JSON 类型错误：应为列表，实际为 {Casual(node.GetValueKind())}"));
    }

    private static async Task<Prepared<JsonNode>> ReadNodeAsync(HttpContext context)
    {
        if (await BoundedBody.ReadAsync(context) is not { } whole)
        {
            var limit = BodyLimits.Show(BodyLimits.Of(context));
            return new(null, new($"the body is larger than {limit}", $"请求体大于 {limit}"));
        }

        var bytes = whole.AsMemory();
        if (bytes.Span.Trim(" \t\r\n"u8).IsEmpty)
        {
            return new(null, new("unexpected end of JSON input", "请求体为空，应为 JSON"));
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
                JsonValueKind.Null => new Prepared<JsonNode>(null, new("the body is null", "请求体为 null")),
                _ => JsonValue.Create(document.RootElement.Clone())!,
            };
        }
        catch (InvalidOperationException)
        {
            // The reader finds half a surrogate pair only when the text is asked for.
            return new(null, new("invalid character in string: not Unicode text", "字符串中有无效字符：不是 Unicode 文本"));
        }
        catch (JsonException e)
        {
            return new(null, e.LineNumber is null
                ? new LocalizedText("the body has a property twice, or is not JSON", "请求体中有重复的属性，或不是 JSON")
                : new LocalizedText(
                    $"the body is not JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}",
                    $"请求体不是 JSON：第 {e.LineNumber + 1} 行，第 {e.BytePositionInLine + 1} 字节"));
        }
    }

    /// <summary>The object of a kind, whose properties have lengths of their own.</summary>
    private static bool HoldsObject(HttpContext context) =>
        context.GetEndpoint()?.Metadata is { } metadata
        && (metadata.GetMetadata<Admitted>()?.Kind is not null || metadata.GetMetadata<Operation>()?.Body?.EndsWith(Operation.Fields, StringComparison.Ordinal) == true);

    /// <summary>No database of ours keeps U+0000 in text, also where it is only looked up; and no text is longer than its name allows.</summary>
    private static LocalizedText? RefuseText(JsonElement value, bool isObject, string? property = null)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                var text = value.GetString()!;
                return text.Contains('\0', StringComparison.Ordinal) ? HoldsNul(property)
                    : isObject ? null : InputLimits.RefuseJson(property, text);
            case JsonValueKind.Array:
                return value.EnumerateArray().Select(item => RefuseText(item, isObject, property)).FirstOrDefault(r => r is not null);
            case JsonValueKind.Object:
                foreach (var inner in value.EnumerateObject())
                {
                    if (!isObject && InputLimits.RefuseJson(inner.Name, "") is { } tooLong)
                    {
                        return tooLong;
                    }

                    if (inner.Name.Contains('\0', StringComparison.Ordinal))
                    {
                        return HoldsNul(inner.Name.Replace("\0", "", StringComparison.Ordinal));
                    }

                    if (RefuseText(inner.Value, isObject, inner.Name) is { } refusal)
                    {
                        return refusal;
                    }
                }

                return null;
            default:
                return null;
        }
    }

    /// <param name="property">Where it stands; null for the body itself.</param>
    private static LocalizedText HoldsNul(string? property) =>
        new($"U+0000 is not allowed in {property ?? "the body"}", $"{property ?? "请求体"}中不允许出现 U+0000");

    private static string Casual(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        JsonValueKind.Null => "null",
        _ => "bool",
    };
}
