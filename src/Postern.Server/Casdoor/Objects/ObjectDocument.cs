using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Server.Casdoor.Kinds;

namespace Postern.Server.Casdoor.Objects;

/// <summary>What a client sent, brought into our form: Casdoor's spelling of properties, right types, nothing that is not kept.</summary>
internal static class ObjectDocument
{
    private const string Forbidden = "/?:#&%=+;";
    private static readonly SearchValues<char> ForbiddenCharacters = SearchValues.Create(Forbidden);
    private static readonly string[] NameLike = ["name", "owner", "organization"];

    /// <param name="kind">What it is.</param>
    /// <param name="sent">As it came.</param>
    /// <param name="isBounded">Whether the limits of its properties are judged here; else the caller judges what changes.</param>
    public static Prepared<JsonObject> Read(ObjectKind kind, JsonObject sent, bool isBounded = true)
    {
        var document = new JsonObject();
        try
        {
            foreach (var (key, value) in sent)
            {
                var property = kind.Shape.NameOf(key);
                if (property.Contains('\0') || HoldsNul(value))
                {
                    return Refused("U+0000 is not allowed in " + property.Replace("\0", "", StringComparison.Ordinal));
                }

                if (kind.NeverStored.Contains(property) || (value is null && kind.Shape.IsScalar(property)))
                {
                    continue;
                }

                if (value is not null && kind.Shape.Refuse(kind.Type, property, value) is { } message)
                {
                    return Refused(message);
                }

                document[property] = value?.DeepClone();
            }

            return (RefuseValues(kind, document) ?? (isBounded ? PropertyLimits.RefuseAll("", kind.Shape, document) : null)) is { } refusal ? Refused(refusal) : document;
        }
        catch (InvalidOperationException)
        {
            // The reader finds half a surrogate pair only when the text is asked for.
            return Refused("invalid character in string: not Unicode text");
        }
    }

    private static string? RefuseValues(ObjectKind kind, JsonObject document)
    {
        foreach (var property in NameLike.Append(kind.NameProperty).Distinct())
        {
            if (document[property] is not JsonValue value)
            {
                continue;
            }

            var text = value.GetValue<string>();
            var judged = kind.NamesHoldSlashes && property == kind.NameProperty ? text.Replace("/", "", StringComparison.Ordinal) : text;
            if (judged.AsSpan().IndexOfAny(ForbiddenCharacters) >= 0)
            {
                return $"Field '{property}' contains forbidden characters: \"{Forbidden}\"";
            }

            if (text.Any(char.IsControl))
            {
                return $"Field '{property}' must not contain control characters";
            }
        }

        foreach (var column in kind.Columns.Where(c => c.Type == ColumnType.Time))
        {
            if (document[column.Property] is JsonValue time && !Rfc3339.TryRead(time.GetValue<string>(), out _))
            {
                return $"{column.Property} is not a time of RFC 3339";
            }
        }

        if (kind == UserKind.Kind && document["properties"] is JsonObject properties)
        {
            foreach (var key in properties.Select(p => p.Key).Where(k => !UserKind.IsKeptProperty(k)).ToList())
            {
                properties.Remove(key);
            }
        }

        if (kind == ApplicationKind.Kind && document["providers"] is JsonArray items)
        {
            foreach (var item in items)
            {
                // Resolved at each read, secret masked, never stored.
                item!.AsObject().Remove("provider");
            }
        }

        return null;
    }

    private static bool HoldsNul(JsonNode? node) => node switch
    {
        JsonObject o => o.Any(p => p.Key.Contains('\0') || HoldsNul(p.Value)),
        JsonArray a => a.Any(HoldsNul),
        JsonValue v when v.GetValueKind() == JsonValueKind.String => v.GetValue<string>().Contains('\0'),
        _ => false,
    };

    private static Prepared<JsonObject> Refused(string message) => new(null, message);
}
