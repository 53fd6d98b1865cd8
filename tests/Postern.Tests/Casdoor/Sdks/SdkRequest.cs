using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Tests.Fixtures;

namespace Postern.Tests.Casdoor.Sdks;

/// <summary>A request as a published client library sends it, byte for byte; <c>requests.json</c> holds one for each habit.</summary>
internal sealed record SdkRequest(string Name, string Sdk, string Method, string Path, string Query, IReadOnlyDictionary<string, string> Headers, JsonNode? Body)
{
    private const string Boundary = "----postern-test-boundary";

    public static IReadOnlyList<SdkRequest> All { get; } = Read();

    /// <summary>Whether a placeholder stands anywhere in it.</summary>
    public bool Needs(string placeholder) =>
        Query.Contains(placeholder, StringComparison.Ordinal) || Headers.Values.Any(v => v.Contains(placeholder, StringComparison.Ordinal))
        || Body?.ToJsonString().Contains(placeholder, StringComparison.Ordinal) == true;

    /// <summary>Sends it over a socket of its own, because no HTTP library sends an empty method, a bare <c>?</c> or a raw query.</summary>
    /// <param name="server">Where to.</param>
    /// <param name="values">What stands for the placeholders.</param>
    public async Task<SdkAnswer> SendAsync(TestServer server, IReadOnlyDictionary<string, string> values)
    {
        var (content, contentType) = ContentOf(values);
        var isChunked = Headers.GetValueOrDefault("Transfer-Encoding") == "chunked";
        var target = Fill(Path, values) + (Query.Length == 0 ? "" : Query == "?" ? "?" : "?" + Fill(Query, values));
        var head = new StringBuilder($"{Method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n");
        foreach (var (name, value) in Headers.Where(h => h.Key is not ("Content-Length" or "Content-Type")))
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {Credentials(Fill(value, values))}\r\n");
        }

        if (contentType.Length > 0)
        {
            head.Append(CultureInfo.InvariantCulture, $"Content-Type: {contentType}\r\n");
        }

        if (Method == "POST" && !isChunked)
        {
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {content.Length}\r\n");
        }

        head.Append("\r\n");
        byte[] body = isChunked
            ? [.. Encoding.ASCII.GetBytes($"{content.Length:x}\r\n"), .. content, .. "\r\n0\r\n\r\n"u8]
            : content;

        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", server.Http.BaseAddress!.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(head.ToString()));
        await stream.WriteAsync(body);
        using var all = new MemoryStream();
        await stream.CopyToAsync(all);
        return SdkAnswer.Of(all.ToArray());
    }

    private static string Fill(string text, IReadOnlyDictionary<string, string> values) =>
        values.Aggregate(text, (filled, v) => filled
            .Replace("{" + v.Key + "_ENC}", Uri.EscapeDataString(v.Value), StringComparison.Ordinal)
            .Replace("{" + v.Key + "}", v.Value, StringComparison.Ordinal));

    private static string Credentials(string value) => value switch
    {
        _ when value.StartsWith("Basic ", StringComparison.Ordinal) => "Basic " + Base64(value["Basic ".Length..]),
        _ when value.StartsWith("BasicForm ", StringComparison.Ordinal) =>
            "Basic " + Base64(string.Join(':', value["BasicForm ".Length..].Split(':', 2).Select(Uri.EscapeDataString))),
        _ => value,
    };

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private (byte[] Content, string Type) ContentOf(IReadOnlyDictionary<string, string> values)
    {
        var type = Headers.GetValueOrDefault("Content-Type", "");
        return Body?["kind"]?.GetValue<string>() switch
        {
            "json" => (Encoding.UTF8.GetBytes(Fill(Body["value"]!.ToJsonString(), values)), type),
            "raw" => (Encoding.UTF8.GetBytes(Fill(Body["text"]!.GetValue<string>(), values)), type),
            "form" => (Encoding.ASCII.GetBytes(string.Join('&', Body["fields"]!.AsObject().Select(f =>
                $"{Uri.EscapeDataString(f.Key)}={Uri.EscapeDataString(Fill(f.Value!.GetValue<string>(), values))}"))), type),
            "multipart" => (Encoding.UTF8.GetBytes(Multipart(values)), "multipart/form-data; boundary=" + Boundary),
            _ => ([], type),
        };
    }

    private string Multipart(IReadOnlyDictionary<string, string> values)
    {
        var text = new StringBuilder();
        foreach (var part in Body!["parts"]!.AsArray().OfType<JsonObject>())
        {
            text.Append(CultureInfo.InvariantCulture, $"--{Boundary}\r\nContent-Disposition: form-data; name=\"{part["name"]}\"");
            text.Append(part["filename"] is { } file ? $"; filename=\"{file}\"\r\n" : "\r\n");
            text.Append(part["contentType"] is { } type ? $"Content-Type: {type}\r\n\r\n" : "\r\n");
            text.Append(Fill((part["value"] ?? part["data"])!.GetValue<string>(), values)).Append("\r\n");
        }

        return text.Append(CultureInfo.InvariantCulture, $"--{Boundary}--\r\n").ToString();
    }

    private static List<SdkRequest> Read()
    {
        var file = Path_(RepositoryFolder.Path, "tests", "Postern.Tests", "Casdoor", "Sdks", "requests.json");
        return [.. JsonNode.Parse(File.ReadAllText(file))!.AsArray().Select(r => new SdkRequest(
            r!["name"]!.GetValue<string>(), r["sdk"]!.GetValue<string>(), r["method"]!.GetValue<string>(), r["path"]!.GetValue<string>(), r["query"]!.GetValue<string>(),
            r["headers"].Deserialize<Dictionary<string, string>>()!, r["body"]))];
    }

    private static string Path_(params string[] parts) => System.IO.Path.Combine(parts);
}

/// <summary>An answer as it came over the socket.</summary>
internal sealed record SdkAnswer(int Status, string ContentType, IReadOnlyDictionary<string, string> Headers, string Text)
{
    /// <summary>The JSON of the answer; fails the test where it is none.</summary>
    public JsonNode Json => JsonNode.Parse(Text) ?? throw new InvalidOperationException("null");

    public static SdkAnswer Of(byte[] bytes)
    {
        var end = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return new SdkAnswer(0, "", new Dictionary<string, string>(), "");
        }

        var lines = Encoding.ASCII.GetString(bytes, 0, end).Split("\r\n");
        var headers = lines.Skip(1).Select(l => l.Split(": ", 2)).GroupBy(p => p[0], StringComparer.OrdinalIgnoreCase)
            .ToDictionary(g => g.Key, g => string.Join(", ", g.Select(p => p.ElementAtOrDefault(1) ?? "")), StringComparer.OrdinalIgnoreCase);
        var body = bytes[(end + 4)..];
        return new SdkAnswer(
            int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture), headers.GetValueOrDefault("Content-Type", ""), headers,
            Encoding.UTF8.GetString(headers.GetValueOrDefault("Transfer-Encoding") == "chunked" ? Joined(body) : body));
    }

    private static byte[] Joined(byte[] chunked)
    {
        using var joined = new MemoryStream();
        for (var rest = chunked.AsSpan(); rest.IndexOf("\r\n"u8) is var line and > 0;)
        {
            var length = int.Parse(Encoding.ASCII.GetString(rest[..line]), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            joined.Write(rest.Slice(line + 2, length));
            rest = rest[(line + 2 + length + 2)..];
        }

        return joined.ToArray();
    }
}
