using Postern.AuthorizationServer.Http;
using Postern.CasdoorApi.Objects;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.Uploads;

/// <summary>
/// <c>GET /files/…</c>: an uploaded file, for anyone who knows its address. It is never a page of this origin: pictures, text, PDF,
/// audio and video are shown, everything else is saved, and nothing in it runs a script (<see cref="FileType"/>).
/// </summary>
internal static class FileEndpoint
{
    private static readonly string[] GetAndHead = ["GET", "HEAD"];

    public static void MapFiles(this IEndpointRouteBuilder routes) => routes.MapMethods(FileStore.Route + "{name}", GetAndHead, ServeAsync).Describe(
        new("Resource", "An uploaded file, for every caller who has its address") { Credentials = Credentials.None, Answers = [Reply.File("application/octet-stream")] });

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

        var (headers, type) = (context.Response.Headers, FileType.Of(extension));
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = type.Policy;
        headers.CacheControl = "public, max-age=86400";
        // Players ask for parts of a file (RFC 9110 §14).
        await Results.File(file.FullName, type.Type, type.IsInline ? null : id + extension, enableRangeProcessing: true).ExecuteAsync(context);
    }
}
