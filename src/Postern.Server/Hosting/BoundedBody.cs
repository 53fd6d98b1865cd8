namespace Postern.Server.Hosting;

internal static class BoundedBody
{
    /// <summary>The whole body; null where it is larger than <paramref name="largest"/> bytes.</summary>
    public static async Task<byte[]?> ReadAsync(HttpRequest request, int largest, CancellationToken cancel)
    {
        if (request.ContentLength > largest)
        {
            return null;
        }

        // A length that was told is read in one go, which all clients of the hot path do.
        if (request.ContentLength is { } length)
        {
            var whole = new byte[length];
            await request.Body.ReadExactlyAsync(whole, cancel);
            return whole;
        }

        using var body = new MemoryStream();
        var chunk = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(chunk, cancel)) > 0)
        {
            if (body.Length + read > largest)
            {
                return null;
            }

            body.Write(chunk, 0, read);
        }

        return body.ToArray();
    }
}
