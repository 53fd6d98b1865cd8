using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Postern.Protocol;

namespace Postern.CasdoorApi.Uploads;

/// <summary>The part <c>file</c> of a multipart body, written to disk as it arrives.</summary>
/// <param name="Name">The file name that the part says; empty where it says none.</param>
/// <param name="Size">In bytes.</param>
/// <param name="Head">Its first bytes.</param>
internal sealed record UploadedPart(string Name, long Size, byte[] Head)
{
    private const int HeadLength = 16;
    private const int Envelopes = 64 * 1024;
    private const int LongestBoundary = 70;
    private static readonly LocalizedText NoFile = new(
        "the body must be multipart/form-data with a part named file",
        "请求体必须是 multipart/form-data，且含有名为 file 的部分");

    /// <summary>Copies the part into <paramref name="target"/>, or says why not.</summary>
    /// <param name="request">Its body may be a little larger than <paramref name="largest"/>.</param>
    /// <param name="target">Takes the bytes.</param>
    /// <param name="largest">In bytes.</param>
    /// <param name="cancel">Ends it.</param>
    public static async Task<(UploadedPart? Part, LocalizedText? Refusal)> ReadAsync(HttpRequest request, Stream target, long largest, CancellationToken cancel)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 and <= LongestBoundary } boundary)
        {
            return (null, NoFile);
        }

        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } bound)
        {
            bound.MaxRequestBodySize = largest + Envelopes;
        }

        var tooLarge = new LocalizedText($"the file is larger than {largest / (1024 * 1024)} MB", $"文件大于 {largest / (1024 * 1024)} MB");
        if (request.ContentLength > largest + Envelopes)
        {
            return (null, tooLarge);
        }

        var reader = new MultipartReader(boundary, request.Body);
        while (await NextAsync(reader, cancel) is { } section)
        {
            if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition) || HeaderUtilities.RemoveQuotes(disposition.Name) != "file")
            {
                continue;
            }

            var (size, head, buffer) = (0L, new List<byte>(HeadLength), new byte[64 * 1024]);
            int read;
            while ((read = await ReadAsync(section.Body, buffer, cancel)) > 0)
            {
                size += read;
                if (size > largest)
                {
                    return (null, tooLarge);
                }

                head.AddRange(buffer.AsSpan(0, Math.Min(read, HeadLength - head.Count)));
                await target.WriteAsync(buffer.AsMemory(0, read), cancel);
            }

            var name = HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).Value ?? "";
            return read < 0 ? (null, NoFile) : (new UploadedPart(name, size, [.. head]), null);
        }

        return (null, NoFile);
    }

    // What a client sends wrong is its mistake; a disk that refuses the bytes is ours, and is not caught here.
    private static async Task<MultipartSection?> NextAsync(MultipartReader reader, CancellationToken cancel)
    {
        try
        {
            return await reader.ReadNextSectionAsync(cancel);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            return null;
        }
    }

    private static async Task<int> ReadAsync(Stream part, byte[] buffer, CancellationToken cancel)
    {
        try
        {
            return await part.ReadAsync(buffer, cancel);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            return -1;
        }
    }
}
