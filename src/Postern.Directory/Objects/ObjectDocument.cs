using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Directory.Objects.Kinds;
using Postern.Protocol;

namespace Postern.Directory.Objects;

/// <summary>What a client sent, brought into our form: Casdoor's spelling of properties, right types, nothing that is not kept.</summary>
public static class ObjectDocument
{
    private const string Forbidden = "/?:#&%=+;";
    private static readonly SearchValues<char> ForbiddenCharacters = SearchValues.Create(Forbidden);
    private static readonly string[] NameLike = ["name", "owner", "organization"];

    /// <summary>The whole document of a new object.</summary>
    public static Prepared<JsonObject> Read(ObjectKind kind, JsonObject sent) => Judged(() =>
    {
        var document = Sent(kind, sent);
        foreach (var property in document.Select(p => p.Key).Where(kind.NeverStored.Contains).ToList())
        {
            document.Remove(property);
        }

        return (Refuse(kind, document, isView: true) ?? PropertyLimits.RefuseAll("", kind.Shape, document)) is { } refusal ? Refused(refusal) : document;
    }, sent);

    /// <summary>
    /// What of a document differs from the object as it is shown. Libraries read an object, change one property and send all of it, in a
    /// form of their own: what only repeats the object, or is not written by this way, is not looked at.
    /// </summary>
    /// <param name="kind">What it is.</param>
    /// <param name="shown">The object as it is now.</param>
    /// <param name="sent">As it came.</param>
    /// <param name="columns">The only properties to change, in camelCase or snake_case; null or empty for all that were sent.</param>
    public static Prepared<JsonObject> ReadChanges(ObjectKind kind, JsonObject shown, JsonObject sent, IReadOnlyCollection<string>? columns) => Judged(() =>
    {
        var named = columns is { Count: > 0 }
            ? columns.Select(c => c.Replace("_", "", StringComparison.Ordinal)).ToHashSet(StringComparer.OrdinalIgnoreCase)
            : null;
        var changed = new JsonObject();
        foreach (var (property, value) in Sent(kind, sent))
        {
            if ((named is not null && !named.Contains(property))
                || (property == "owner" && (kind.FixedOwner is not null || (value is not null && IsText(value, ""))))
                || (kind.KeepsWhereEmpty(property) && (value is null || IsText(value, "") || IsText(value, ObjectStore.Masked))))
            {
                continue;
            }

            var type = kind.Shape.Find(property)?.Type ?? "";
            var view = WithoutViews(kind, property, shown[property]);
            var whole = SentForms.Complete(type, view, WithoutViews(kind, property, value));
            if (SentForms.IsSame(type, view, whole))
            {
                continue;
            }

            if (!kind.IsReadOnly(property))
            {
                changed[property] = whole;
            }
            else if (named is not null)
            {
                return Refused(kind.NotChanged(property, property));
            }
        }

        return Refuse(kind, changed, isView: false) is { } refusal ? Refused(refusal) : changed;
    }, sent);

    private static JsonObject Sent(ObjectKind kind, JsonObject sent)
    {
        if (kind == ApplicationKind.Kind)
        {
            sent = (JsonObject)sent.DeepClone();
            // A text that says nothing chooses nothing.
            foreach (var (spelling, _) in sent
                .Where(p => ApplicationKind.Choices.Contains(p.Key) && (p.Value?.ToString() ?? "").Length == 0).ToList())
            {
                sent.Remove(spelling);
            }

            foreach (var (spelling, value) in sent.Where(p => p.Key.Equals("apiAccess", StringComparison.OrdinalIgnoreCase)).ToList())
            {
                if (ApplicationKind.ReadAccess(value) is { } access)
                {
                    sent[spelling] = access.DeepClone();
                }
                else
                {
                    sent.Remove(spelling);
                }
            }
        }

        return SentForms.Read(kind.Shape, sent);
    }

    private static Prepared<JsonObject> Judged(Func<Prepared<JsonObject>> read, JsonObject sent)
    {
        try
        {
            foreach (var (key, value) in sent)
            {
                if (key.Contains('\0') || HoldsNul(value))
                {
                    var shown = key.Replace("\0", "", StringComparison.Ordinal);
                    return Refused(new LocalizedText($"U+0000 is not allowed in {shown}", $"{shown} 中不允许出现 U+0000"));
                }
            }

            return read();
        }
        catch (InvalidOperationException)
        {
            // The reader finds half a surrogate pair only when the text is asked for.
            return Refused(new LocalizedText("invalid character in string: not Unicode text", "字符串中有无效字符：不是 Unicode 文本"));
        }
    }

    private static LocalizedText? Refuse(ObjectKind kind, JsonObject document, bool isView)
    {
        foreach (var (property, value) in document)
        {
            if (value is not null && kind.Shape.Refuse(kind.Type, property, value) is { } message)
            {
                return message;
            }
        }

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
                return new LocalizedText($"Field '{property}' contains forbidden characters: \"{Forbidden}\"", $"字段“{property}”含有不允许的字符：“{Forbidden}”");
            }

            if (text.Any(char.IsControl))
            {
                return new LocalizedText($"Field '{property}' must not contain control characters", $"字段“{property}”不能包含控制字符");
            }
        }

        foreach (var property in isView ? document.Select(p => p.Key).Where(p => HoldsViews(kind, p)).ToList() : [])
        {
            document[property] = WithoutViews(kind, property, document[property]);
        }

        return null;
    }

    private static bool HoldsViews(ObjectKind kind, string property) =>
        (kind == UserKind.Kind && property == "properties") || (kind == ApplicationKind.Kind && property == "providers");

    /// <summary>A copy without what is resolved at each read, masked, and never stored.</summary>
    private static JsonNode? WithoutViews(ObjectKind kind, string property, JsonNode? value)
    {
        if (value is null || !HoldsViews(kind, property))
        {
            return value;
        }

        var copy = value.DeepClone();
        foreach (var item in (copy as JsonArray ?? []).OfType<JsonObject>())
        {
            item.Remove("provider");
        }

        foreach (var key in (copy as JsonObject ?? []).Select(p => p.Key).Where(k => !UserKind.IsKeptProperty(k)).ToList())
        {
            ((JsonObject)copy).Remove(key);
        }

        return copy;
    }

    private static bool IsText(JsonNode value, string text) => value.GetValueKind() == JsonValueKind.String && value.GetValue<string>() == text;

    private static bool HoldsNul(JsonNode? node) => node switch
    {
        JsonObject o => o.Any(p => p.Key.Contains('\0') || HoldsNul(p.Value)),
        JsonArray a => a.Any(HoldsNul),
        JsonValue v when v.GetValueKind() == JsonValueKind.String => v.GetValue<string>().Contains('\0'),
        _ => false,
    };

    private static Prepared<JsonObject> Refused(LocalizedText message) => new(null, message);
}
