using System.Text.Json;
using System.Text.Json.Nodes;

namespace Postern.Directory.Objects;

/// <summary>
/// A time as a client wrote it. The column has its milliseconds, which lists are ordered and searched by; where the text is not how we
/// write them, the body keeps it beside them. When the server writes the column later, the milliseconds differ and the text is void.
/// </summary>
public static class KeptTime
{
    private const string Sent = "sent";
    private const string At = "at";

    /// <summary>What the body keeps; null where the column says it all.</summary>
    public static JsonObject? Of(string text, long milliseconds) =>
        text == Rfc3339.Of(milliseconds) ? null : new JsonObject { [Sent] = text, [At] = milliseconds };

    public static string Show(JsonNode? kept, long milliseconds) =>
        kept is JsonObject one && one[At] is JsonValue at && at.TryGetValue<long>(out var of) && of == milliseconds
            && one[Sent] is JsonValue sent && sent.TryGetValue<string>(out var text)
            ? text
            : Rfc3339.Of(milliseconds);

    /// <inheritdoc cref="Show(JsonNode, long)"/>
    public static string Show(JsonElement? kept, long milliseconds) =>
        kept is { ValueKind: JsonValueKind.Object } one && one.TryGetProperty(At, out var at) && at.TryGetInt64(out var of) && of == milliseconds
            && one.TryGetProperty(Sent, out var sent) && sent.ValueKind == JsonValueKind.String
            ? sent.GetString()!
            : Rfc3339.Of(milliseconds);
}
