using Postern.Server.Data;
using Postern.Server.Hosting;
using Postern.Server.OpenApi;

namespace Postern.Server.Casdoor.Rows;

/// <summary>
/// <c>GET /files/…</c>: an uploaded file, for whoever knows its address. Somebody uploaded it, so it is never a page of this
/// origin: pictures are shown, everything else is saved, and nothing in it runs.
/// </summary>
internal static class FileEndpoint
{
    private static readonly string[] GetAndHead = ["GET", "HEAD"];

    public static void MapFiles(this IEndpointRouteBuilder routes) => routes.MapMethods(FileStore.Route + "{name}", GetAndHead, ServeAsync).Describe(
        new("Resource", "An uploaded file, for whoever knows its address") { Credentials = Credentials.None, Answers = [Reply.File("application/octet-stream")] });

    private static async Task ServeAsync(HttpContext context)
    {
        var name = (string)context.Request.RouteValues["name"]!;
        var extension = Path.GetExtension(name);
        var id = name[..^extension.Length];
        var found = FileStore.IsId(id)
            ? await context.RequestServices.GetRequiredService<Database>().ReadAsync(c => Files.FindAsync(c, id), context.RequestAborted)
            : null;
        var file = found?.Extension == extension ? new FileInfo(context.RequestServices.GetRequiredService<FileStore>().PathOf(id)) : null;
        if (file is not { Exists: true })
        {
            await Problems.WriteAsync(context, StatusCodes.Status404NotFound, "there is nothing at this address");
            return;
        }

        var (response, picture) = (context.Response, FileTypes.PictureOf(extension));
        response.ContentType = picture ?? "application/octet-stream";
        response.ContentLength = file.Length;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
        response.Headers.CacheControl = "public, max-age=86400";
        if (picture is null)
        {
            response.Headers.ContentDisposition = $"attachment; filename=\"{id}{extension}\"";
        }

        if (HttpMethods.IsGet(context.Request.Method))
        {
            await response.SendFileAsync(file.FullName, context.RequestAborted);
        }
    }
}
