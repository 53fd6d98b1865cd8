using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Protocol;

namespace Postern.Directory.Objects;

/// <summary>
/// Taken out of nicknames and refused everywhere else (docs/design/errors.md): what is one line here becomes a line of a log, a
/// header or a terminal. An import is not asked: it takes what another server kept.
/// </summary>
public static class ControlCharacters
{
    /// <summary>A nickname without them; one that shows nothing is none.</summary>
    public static string TakeOut(string nickname)
    {
        var kept = nickname.Any(IsTakenOut) ? string.Concat(nickname.Where(c => !IsTakenOut(c))) : nickname;
        return string.IsNullOrWhiteSpace(kept) ? "" : kept;
    }

    /// <summary>The sentence that names the property which has one, or null. Properties that Casdoor does not know are a client's own.</summary>
    public static LocalizedText? Refuse(ObjectKind kind, JsonObject document)
    {
        foreach (var (property, value) in document)
        {
            if (kind.Shape.Find(property) is not { } known)
            {
                continue;
            }

            var isMultiline = known.Limits.Text == TextKind.Multiline;
            if (Texts(value).Any(text => text.Any(c => char.IsControl(c) && !(isMultiline && c is ('\t' or '\r' or '\n')))))
            {
                return isMultiline
                    ? new LocalizedText($"{property} must not contain control characters other than tabs and line ends", $"{property} 不能包含制表符和换行以外的控制字符")
                    : new LocalizedText($"{property} must not contain control characters", $"{property} 不能包含控制字符");
            }
        }

        return null;
    }

    private static bool IsTakenOut(char c) =>
        char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static IEnumerable<string> Texts(JsonNode? value) => value switch
    {
        JsonValue text when text.GetValueKind() == JsonValueKind.String => [text.GetValue<string>()],
        JsonArray list => list.OfType<JsonValue>().Where(i => i.GetValueKind() == JsonValueKind.String).Select(i => i.GetValue<string>()),
        _ => [],
    };
}
