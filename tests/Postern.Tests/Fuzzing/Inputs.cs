using System.Text;
using System.Text.Json.Nodes;
using CsCheck;

namespace Postern.Tests.Fuzzing;

/// <summary>Inputs that are nearly right: good ones with a few edits, and what readers have often failed at.</summary>
internal static class Inputs
{
    private static readonly string[] Nasty =
    [
        "", " ", "\0", "\r\n", "\n", "\t", "\uFEFF", "\u200B", "\u202E", "\uD800", "\uDC00", "\uFFFF", "é", "小明", "😀", "İ", "ß", "%", "%00", "%2", "%zz", "%u0041", "%C0%80", "+", "&", "=", ";", "?", "#", "/", "\\", "//", "..", "../",
        "\"", "'", "\"\"", "''", "`", "<", ">", "(", ")", "((((((((", "[", "]", "[[[[[[[[", "{", "}", "{{", ":", ",", ",,,,", ".", "-", "--", "_", "*", "**", "$", "${", "${A||", "^", "|", "!", "@", "~",
        "null", "true", "false", "NaN", "Infinity", "-0", "0", "1e400", "-1", "2147483648", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "1e18", "0.1", "1.0", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z",
        "10000-01-01T00:00:00Z", "a/b", "a/b/c", "/", "admin/", "/admin", "built-in/admin", "admin", "*", "javascript:alert(1)", "http://[::1", "http://127.0.0.1:99999/", "data:,", "select", "' or 1=1 --",
        "AAAA", "AA==", "e30", "e30.e30.", "....", "eyJhbGciOiJub25lIn0.e30.", "__proto__", "constructor",
    ];

    /// <summary>A short text of any kind.</summary>
    public static readonly Gen<string> Token = Gen.OneOf(
        Gen.OneOf(Nasty),
        Gen.Char.Array[0, 12].Select(c => new string(c)),
        Gen.Char['\u0020', '\u007E'].Array[0, 24].Select(c => new string(c)),
        Gen.Select(Gen.OneOf(Nasty), Gen.Int[2, 300], (one, times) => string.Concat(Enumerable.Repeat(one, times))),
        Gen.Long.Select(l => l.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    /// <summary>A text that has its encoding: no half of a pair, which no request can carry.</summary>
    public static readonly Gen<string> Whole = Token.Select(t => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(t)));

    /// <summary>One of the good texts with up to six edits.</summary>
    public static Gen<string> Near(params string[] good) =>
        Gen.Select(Gen.OneOf(good), Edit(good).Array[0, 6], (text, edits) => edits.Aggregate(text, (t, edit) => edit(t)));

    public static Gen<byte[]> Near(params byte[][] good)
    {
        var edit = Gen.Select(Gen.Int[0, 4], Gen.Double.Unit, Gen.Int[1, 64], Gen.Byte, Gen.OneOf(good), (kind, place, length, value, other) => (Func<byte[], byte[]>)(bytes =>
        {
            var (from, to) = Range(bytes.Length, place, length);
            return kind switch
            {
                0 => [.. bytes[..from], .. bytes[to..]],
                1 => [.. bytes[..to], .. bytes[from..]],
                2 => [.. bytes[..from], value, .. bytes[from..]],
                3 => [.. bytes[..from], .. other[Math.Min(from, other.Length)..]],
                _ => [.. bytes[..from], .. bytes[from..to].Select(b => (byte)(b ^ value)), .. bytes[to..]],
            };
        }));
        return Gen.Select(Gen.OneOf(good), edit.Array[0, 5], (bytes, edits) => edits.Aggregate(bytes, (b, e) => e(b)));
    }

    /// <summary>Any JSON text, right or nearly.</summary>
    public static readonly Gen<string> Json = Gen.Recursive<string>((depth, inner) => depth > 4
        ? Gen.OneOf("null", "true", "0", "\"\"", "[]", "{}")
        : Gen.Frequency(
            (3, Whole.Select(t => System.Text.Json.JsonSerializer.Serialize(t))),
            (2, Gen.OneOf("null", "true", "false", "0", "-1", "1.5", "1e400", "9223372036854775807", "9223372036854775808", "\"\\ud800\"", "\"\\u0000\"", "[]", "{}", "01", "tru", "\"")),
            (1, inner.Array[0, 5].Select(items => $"[{string.Join(',', items)}]")),
            (1, Gen.Select(Whole, inner, (name, value) => $"{System.Text.Json.JsonSerializer.Serialize(name)}:{value}").Array[0, 5].Select(fields => $"{{{string.Join(',', fields)}}}"))));

    /// <summary>A JWT that nobody signed: a header and a payload of the good ones, where some members have any value.</summary>
    public static Gen<string> Jwt(string header, string payload) =>
        Gen.Select(NearObject(header), NearObject(payload), Gen.OneOf("", "AAAA", "*"), (h, p, signature) => $"{Base64(h)}.{Base64(p)}.{signature}");

    /// <summary>The text of a JSON object in which up to three members have any value.</summary>
    public static Gen<string> NearObject(string good)
    {
        var names = JsonNode.Parse(good)!.AsObject().Select(p => p.Key).ToArray();
        return Gen.Select(Gen.OneOf(names), Json).Array[0, 3].Select(changes =>
        {
            var text = JsonNode.Parse(good)!.AsObject().ToDictionary(p => p.Key, p => p.Value?.ToJsonString() ?? "null");
            foreach (var (name, value) in changes)
            {
                text[name] = value;
            }

            return $"{{{string.Join(',', text.Select(p => $"\"{p.Key}\":{p.Value}"))}}}";
        });
    }

    private static string Base64(string text) => System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private static Gen<Func<string, string>> Edit(string[] good) =>
        Gen.Select(Gen.Int[0, 5], Gen.Double.Unit, Gen.Int[1, 40], Token, Gen.OneOf(good), (kind, place, length, token, other) => (Func<string, string>)(text =>
        {
            var (from, to) = Range(text.Length, place, length);
            return kind switch
            {
                0 => text[..from] + text[to..],
                1 => text[..to] + text[from..],
                2 => text[..from] + token + text[to..],
                3 => text[..from] + other[Math.Min(from, other.Length)..],
                4 => text[..from],
                _ => text[..from] + token + text[from..],
            };
        }));

    private static (int From, int To) Range(int length, double place, int most)
    {
        var from = (int)(place * length);
        return (from, Math.Min(length, from + most));
    }
}
