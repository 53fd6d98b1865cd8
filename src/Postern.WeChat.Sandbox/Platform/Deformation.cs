using System.IO.Compression;
using System.Text;

namespace Postern.WeChat.Sandbox.Platform;

/// <summary>Malformed bodies as gateways and proxies have been seen to produce them.</summary>
internal static class Deformation
{
    private const int HugeLength = 4 * 1024 * 1024;
    private const int Depth = 2000;

    public static byte[] Of(FaultBody kind, Reply reply)
    {
        var json = reply.Json;
        return kind switch
        {
            FaultBody.Empty => [],
            FaultBody.Truncated => Utf8(json[..(json.Length / 2)]),
            FaultBody.Html => Utf8("<html><body><h1>Please wait</h1></body></html>"),
            FaultBody.Huge => Utf8(Widened(json, $"\"padding\":\"{new string('x', HugeLength)}\"")),
            FaultBody.Garbled => [0xFF, 0xFE, 0x00, 0x7B, .. Utf8(json)],
            FaultBody.Deep => Utf8(Widened(json, $"\"deep\":{new string('[', Depth)}{new string(']', Depth)}")),
            FaultBody.Null => "null"u8.ToArray(),
            FaultBody.Array => Utf8($"[{json}]"),
            FaultBody.Bom => [0xEF, 0xBB, 0xBF, .. Utf8(json)],
            FaultBody.InvalidUtf8 => [.. Utf8(json[..^2]), 0xC3, 0x28, .. Utf8(json[^2..])],
            FaultBody.NoOpenId => """{"session_key":"AAAAAAAAAAAAAAAAAAAAAA==","expires_in":7200}"""u8.ToArray(),
            FaultBody.Duplicated => Utf8(Widened(json, "\"openid\":\"oSomebodyElse\"")),
            FaultBody.WrongTypes => """{"openid":12345,"session_key":["a"],"access_token":{},"expires_in":"soon"}"""u8.ToArray(),
            FaultBody.UnknownFields => Utf8(Widened(json, "\"errcode\":0,\"errmsg\":null,\"more\":{\"a\":[1,2,3]}")),
            FaultBody.ErrCodeAsText => Utf8(Widened(json, "\"errcode\":\"0\"")),
            FaultBody.Gzip => Gzip(Utf8(json)),
            FaultBody.StrangeOpenId => """{"openid":"o'<b>&amp;</b>/../x","session_key":"AAAAAAAAAAAAAAAAAAAAAA=="}"""u8.ToArray(),
            FaultBody.StrangeUnionId => """{"openid":"oStrange","unionid":"o:1","session_key":"AAAAAAAAAAAAAAAAAAAAAA=="}"""u8.ToArray(),
            FaultBody.StrangeLifetime => Utf8(Widened(json, "\"expires_in\":{\"seconds\":\"many\"}")),
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
    }

    private static string Widened(string json, string member) => $"{json[..^1]},{member}}}";

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Gzip(byte[] plain)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(plain);
        }

        return packed.ToArray();
    }
}
