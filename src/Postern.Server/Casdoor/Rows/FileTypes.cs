using Postern.Server.SignIn.Pages;

namespace Postern.Server.Casdoor.Rows;

/// <summary>Which files are taken. Nothing that a browser runs is: no HTML, no SVG, no script.</summary>
internal static class FileTypes
{
    private static readonly Dictionary<string, string> Pictures = new(StringComparer.Ordinal)
    {
        [".png"] = "image/png", [".jpg"] = "image/jpeg", [".jpeg"] = "image/jpeg", [".gif"] = "image/gif", [".webp"] = "image/webp",
    };

    private static readonly Dictionary<string, string> Others = new(StringComparer.Ordinal)
    {
        [".pdf"] = "application", [".txt"] = "text", [".md"] = "text", [".csv"] = "text", [".json"] = "application", [".zip"] = "application", [".gz"] = "application",
        [".doc"] = "application", [".docx"] = "application", [".xls"] = "application", [".xlsx"] = "application", [".ppt"] = "application", [".pptx"] = "application",
        [".mp3"] = "audio", [".m4a"] = "audio", [".aac"] = "audio", [".wav"] = "audio", [".ogg"] = "audio",
        [".mp4"] = "video", [".mov"] = "video", [".webm"] = "video", [".bmp"] = "image", [".heic"] = "image",
    };

    /// <summary>The type of a picture that is shown in place; null where the file may only be saved.</summary>
    public static string? PictureOf(string extension) => Pictures.GetValueOrDefault(extension);

    /// <summary>Casdoor's <c>fileType</c>: the first half of a media type.</summary>
    public static string KindOf(string extension) => Pictures.ContainsKey(extension) ? "image" : Others.GetValueOrDefault(extension, "application");

    /// <summary>The extension that a file is kept with, or the sentence that refuses it.</summary>
    /// <param name="name">As the client calls it; of its extension only what the lists have is used.</param>
    /// <param name="head">The first bytes, which say whether it is a picture.</param>
    public static (string Extension, string? Refusal) Judge(string name, ReadOnlySpan<byte> head)
    {
        var extension = Path.GetExtension(name).ToLowerInvariant();
        var picture = Logos.TypeOf(head);
        if (extension.Length == 0 && picture.Length > 0)
        {
            return (Pictures.First(p => p.Value == picture).Key, null);
        }

        if (Pictures.TryGetValue(extension, out var type))
        {
            return type == picture ? (extension, null) : ("", "the file is not a picture of the type that its name says");
        }

        return !Others.ContainsKey(extension) ? ("", "files of this type are not taken: " + (extension.Length > 0 ? extension : "the name has no extension"))
            : picture.Length > 0 ? ("", "the file is a picture, which its name does not say")
            : (extension, null);
    }
}
