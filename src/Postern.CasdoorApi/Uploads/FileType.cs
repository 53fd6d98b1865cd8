using System.Buffers;
using Postern.AuthorizationServer.Pages;

namespace Postern.CasdoorApi.Uploads;

/// <summary>How an uploaded file is served. Every type is taken; what a browser could run is only ever a download.</summary>
/// <param name="Type">The media type.</param>
/// <param name="Policy">The content security policy (CSP Level 3).</param>
internal sealed record FileType(string Type, string Policy)
{
    private const int LongestExtension = 16;

    /// <summary>Without scripts and without an origin: an SVG picture is a document that could run one.</summary>
    private const string Picture = "sandbox; default-src 'none'; style-src 'unsafe-inline'";

    /// <summary>A browser's own player and reader stand in a page of this address, which a sandbox would keep them from.</summary>
    private const string Player = "default-src 'none'; media-src 'self'; object-src 'self'; style-src 'unsafe-inline'";

    private static readonly SearchValues<char> AllowedInExtension = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789");
    private static readonly FileType Download = new("application/octet-stream", "sandbox; default-src 'none'");
    private static readonly FileType PlainText = new("text/plain; charset=utf-8", "sandbox; default-src 'none'; style-src 'unsafe-inline'");

    private static readonly Dictionary<string, FileType> Inline = new(StringComparer.Ordinal)
    {
        [".png"] = new("image/png", Picture), [".jpg"] = new("image/jpeg", Picture), [".jpeg"] = new("image/jpeg", Picture), [".gif"] = new("image/gif", Picture),
        [".webp"] = new("image/webp", Picture), [".bmp"] = new("image/bmp", Picture), [".avif"] = new("image/avif", Picture), [".svg"] = new("image/svg+xml", Picture),
        [".txt"] = PlainText, [".md"] = PlainText, [".csv"] = PlainText, [".log"] = PlainText, [".json"] = PlainText,
        [".pdf"] = new("application/pdf", Player),
        [".mp3"] = new("audio/mpeg", Player), [".m4a"] = new("audio/mp4", Player), [".aac"] = new("audio/aac", Player), [".wav"] = new("audio/wav", Player), [".ogg"] = new("audio/ogg", Player),
        [".mp4"] = new("video/mp4", Player), [".mov"] = new("video/quicktime", Player), [".webm"] = new("video/webm", Player),
    };

    /// <summary>Whether a browser shows it in place of saving it.</summary>
    public bool IsInline => this != Download;

    /// <summary>Casdoor's <c>fileType</c>: the first half of the media type.</summary>
    public string Kind => Type[..Type.IndexOf('/', StringComparison.Ordinal)];

    public static FileType Of(string extension) => Inline.GetValueOrDefault(extension, Download);

    /// <summary>The extension that a file is kept with: the name's where it is a plain one, else that of a picture's first bytes.</summary>
    /// <param name="name">As the client calls the file.</param>
    /// <param name="head">The first bytes.</param>
    public static string ExtensionOf(string name, ReadOnlySpan<byte> head)
    {
        var extension = Path.GetExtension(name).ToLowerInvariant();
        return extension.Length is > 1 and <= LongestExtension && extension.AsSpan(1).ContainsAnyExcept(AllowedInExtension) is false ? extension
            : Logos.TypeOf(head) is { Length: > 0 } picture ? Inline.First(i => i.Value.Type == picture).Key
            : "";
    }

    /// <summary>Whether the first bytes are those of a picture of the type that the extension says.</summary>
    public static bool IsPicture(string extension, ReadOnlySpan<byte> head) =>
        Of(extension).Type is var type && type.StartsWith("image/", StringComparison.Ordinal) && type == Logos.TypeOf(head);
}
