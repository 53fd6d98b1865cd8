using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Directory.Objects.Kinds;
using Postern.Protocol;

namespace Postern.Directory.Objects;

/// <summary>Which texts a property takes.</summary>
public enum TextKind
{
    Plain,

    /// <summary>With tabs and line ends.</summary>
    Multiline,

    /// <summary>http, https, or a reference relative to the page: what a browser may follow.</summary>
    Address,

    /// <summary>An address, or the picture itself (<c>data:image/</c>), which Casdoor's console keeps for logos and avatars.</summary>
    Picture,

    /// <summary>Also a host, or an app's own scheme (RFC 8252 §7.1); never a script.</summary>
    Link,
}

/// <summary>How long, how large and how many the values of a property may be, declared in its notation (<see cref="ObjectShape"/>).</summary>
/// <param name="Text">Which texts.</param>
/// <param name="Bytes">The most bytes of UTF-8 of one text.</param>
/// <param name="Least">The smallest number.</param>
/// <param name="Most">The largest number.</param>
/// <param name="Entries">The most entries of a list or a map.</param>
public sealed record PropertyLimits(TextKind Text, int Bytes, double Least, double Most, int Entries)
{
    /// <summary>Names of users, organizations and everything that is looked up by name.</summary>
    public const int Name = 255;

    /// <summary>A text where its notation says nothing else, and a value of a map.</summary>
    public const int OneLine = 1_000;

    public const int ManyLines = 64 * 1024;
    public const int Address = 2_048;
    public const int Picture = 128 * 1024;

    /// <summary>Entries of a list or a map where its notation says nothing else.</summary>
    public const int Several = 1_000;

    /// <summary>The whole numbers that every JSON reader keeps (RFC 8259 §6).</summary>
    public const double Whole = 9_007_199_254_740_991;

    private const double Fraction = 1e15;

    private static readonly string[] ScriptSchemes = ["javascript", "vbscript", "data", "blob", "file", "about", "view-source"];

    /// <summary>The type on the wire and the limits, from a notation without its <c>!</c>.</summary>
    internal static (string Type, PropertyLimits Limits) Read(string notated)
    {
        var open = notated.IndexOf('(', StringComparison.Ordinal);
        var (type, said) = open < 0 ? (notated, "") : (notated[..open], notated[(open + 1)..^1]);
        var isList = type.EndsWith("[]", StringComparison.Ordinal);
        var (text, bytes) = (isList ? type[..^2] : type) switch
        {
            "N" => (TextKind.Plain, Name),
            "T" => (TextKind.Multiline, ManyLines),
            "U" => (TextKind.Address, Address),
            "P" => (TextKind.Picture, Picture),
            "L" => (TextKind.Link, Address),
            _ => (TextKind.Plain, OneLine),
        };
        var largest = type == "I" ? Whole : Fraction;
        var limits = new PropertyLimits(text, bytes, -largest, largest, Several);
        if (said.Length > 0)
        {
            var range = said.Split("..");
            var last = double.Parse(range[^1], CultureInfo.InvariantCulture);
            limits = range.Length == 2 ? limits with { Least = double.Parse(range[0], CultureInfo.InvariantCulture), Most = last }
                : isList || type is "M" or "A" ? limits with { Entries = (int)last }
                : limits with { Bytes = (int)last };
        }

        var wire = (isList ? type[..^2] : type) is "N" or "T" or "U" or "P" or "L" ? "S" + (isList ? "[]" : "") : type;
        return (wire, limits);
    }

    /// <summary>The sentence for a value of the right type that is outside the limits, however deep; or null.</summary>
    /// <param name="name">As the sentence says it.</param>
    /// <param name="property">The declaration.</param>
    /// <param name="value">Of the declared type.</param>
    internal static LocalizedText? Refuse(string name, ShapeProperty property, JsonNode value)
    {
        var limits = property.Limits;
        switch (value)
        {
            case JsonArray list when list.Count > limits.Entries:
                return new LocalizedText($"{name} must have at most {limits.Entries} entries", $"{name} 最多 {limits.Entries} 项");
            case JsonArray list:
                var part = Parts.Find(property.Type.EndsWith("[]", StringComparison.Ordinal) ? property.Type[..^2] : "");
                return list.Index().Select(i => i.Item switch
                {
                    JsonObject entry when part is not null => RefuseAll($"{name}[{i.Index}].", part, entry),
                    JsonValue one when property.Type is "S[]" or "F[]" => limits.RefuseValue($"{name}[{i.Index}]", one),
                    _ => null,
                }).FirstOrDefault(r => r is not null);
            case JsonObject map when map.Count > limits.Entries:
                return new LocalizedText($"{name} must have at most {limits.Entries} entries", $"{name} 最多 {limits.Entries} 项");
            case JsonObject map when property.Type == "M":
                return map.Any(p => Encoding.UTF8.GetByteCount(p.Key) > Name) ? new LocalizedText(
                    $"a name in {name} must be at most {Name} bytes of UTF-8 long",
                    $"{name} 中的名称最多 {Name} 字节（UTF-8）")
                    : map.Select(p => p.Value is JsonValue one ? limits.RefuseValue($"{name}.{p.Key}", one) : null).FirstOrDefault(r => r is not null);
            case JsonObject map:
                return Parts.Find(property.Type) is { } shape ? RefuseAll($"{name}.", shape, map) : null;
            default:
                return limits.RefuseValue(name, (JsonValue)value);
        }
    }

    /// <summary>Each known property of a document; the names of the others are bounded too.</summary>
    internal static LocalizedText? RefuseAll(string prefix, ObjectShape shape, JsonObject document)
    {
        foreach (var (key, value) in document)
        {
            if (shape.Find(key) is not { } property)
            {
                if (Encoding.UTF8.GetByteCount(key) > Name)
                {
                    return new LocalizedText($"the name of a property must be at most {Name} bytes of UTF-8 long", $"属性名称最多 {Name} 字节（UTF-8）");
                }
            }
            else if (value is not null && Refuse(prefix + property.Name, property, value) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private LocalizedText? RefuseValue(string name, JsonValue value) => value.GetValueKind() switch
    {
        JsonValueKind.Number => ObjectShape.TryFloat(value, out var number) && number >= Least && number <= Most ? null
            : new LocalizedText(
                string.Create(CultureInfo.InvariantCulture, $"{name} must be between {Least:0.###} and {Most:0.###}"),
                string.Create(CultureInfo.InvariantCulture, $"{name} 必须在 {Least:0.###} 到 {Most:0.###} 之间")),
        JsonValueKind.String => RefuseText(name, value.GetValue<string>()),
        _ => null,
    };

    private LocalizedText? RefuseText(string name, string text) =>
        text.Length > Bytes || Encoding.UTF8.GetByteCount(text) > Bytes ? new LocalizedText(
            $"{name} must be at most {Bytes} bytes of UTF-8 long",
            $"{name} 最多 {Bytes} 字节（UTF-8）")
        : Text is TextKind.Address or TextKind.Picture or TextKind.Link && text.Any(char.IsControl) ? new LocalizedText(
            $"{name} must not contain control characters",
            $"{name} 不能包含控制字符")
        : Text switch
        {
            TextKind.Address => IsAddress(text) ? null : new LocalizedText(
                $"{name} must be empty or an http or https address",
                $"{name} 必须为空，或为 http 或 https 地址"),
            TextKind.Picture => IsAddress(text) || IsImage(text) ? null : new LocalizedText(
                $"{name} must be empty, an http or https address, or a data:image/ picture",
                $"{name} 必须为空，或为 http、https 地址或 data:image/ 图片"),
            TextKind.Link => IsLink(text) ? null : new LocalizedText($"{name} must not be a script or a data address", $"{name} 不能是脚本或 data 地址"),
            _ => null,
        };

    /// <summary>
    /// Relative, http or https. A browser overlooks blanks before a scheme and control characters inside of it (WHATWG URL §4.4), so
    /// neither is taken.
    /// </summary>
    private static bool IsAddress(string text) => SchemeOf(text) is "" or "http" or "https";

    private static bool IsImage(string text) => text.StartsWith("data:image/", StringComparison.OrdinalIgnoreCase);

    private static bool IsLink(string text) => SchemeOf(text) is { } scheme && !ScriptSchemes.Contains(scheme, StringComparer.Ordinal);

    /// <summary>In lower case; "" where the text has none, and null where a browser could read another one than we do.</summary>
    private static string? SchemeOf(string text)
    {
        // Pages trim more than browsers do: every blank of Unicode, and the byte order mark.
        if (text.Length > 0 && (char.IsWhiteSpace(text[0]) || char.GetUnicodeCategory(text[0]) == UnicodeCategory.Format))
        {
            return null;
        }

        var end = text.AsSpan().IndexOfAny(":/?#");
        return end <= 0 || text[end] != ':' || !char.IsAsciiLetter(text[0]) || text[..end].Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('+' or '-' or '.'))
            ? "" : text[..end].ToLowerInvariant();
    }
}
