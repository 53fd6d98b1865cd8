using System.Security.Cryptography;
using System.Text;
using Microsoft.Net.Http.Headers;
using Postern.AuthorizationServer.Http;
using Postern.AuthorizationServer.Pages;
using Postern.Server.Configuration;

namespace Postern.Server.AdminConsole;

/// <summary>Serves the administrators' console: one page under all its addresses, and the files that it loads.</summary>
internal static class ConsoleEndpoints
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static void MapConsole(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/", Methods, (RequestDelegate)ShowAsync);
        foreach (var page in ConsolePages.Names)
        {
            routes.MapMethods($"/{page}/{{**rest}}", Methods, (RequestDelegate)ShowAsync);
        }

        routes.MapMethods("/assets/{file}", Methods, (RequestDelegate)SendAsync);
    }

    private static async Task ShowAsync(HttpContext context)
    {
        if (context.RequestServices.GetRequiredService<ConsoleFiles>().Index is not { } index)
        {
            await NoConsolePage.WriteAsync(context);
            return;
        }

        var options = context.RequestServices.GetRequiredService<PosternOptions>();
        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        var response = context.Response;
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        // The nonce is for the styles that the console's components add; scripts are files of ours and nothing else.
        // Pictures too: an avatar from elsewhere would tell its server which user is looked at (console/src/shell/pictures.ts shows none).
        response.Headers.ContentSecurityPolicy =
            $"default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
            + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
        response.Headers.XFrameOptions = "DENY";
        response.Headers.XContentTypeOptions = "nosniff";
        // Addresses of pages name users.
        response.Headers["Referrer-Policy"] = "same-origin";
        response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
        await SendAsync(context, Encoding.UTF8.GetBytes(index
            .Replace("__CSP_NONCE__", nonce, StringComparison.Ordinal)
            .Replace("__ORIGIN__", Html.Of($"{options.OriginFrontend}").ToString(), StringComparison.Ordinal)
            .Replace("__ISSUER__", Html.Of($"{options.Origin}").ToString(), StringComparison.Ordinal)
            .Replace("__ICON__", Styles.IconPath, StringComparison.Ordinal)));
    }

    private static async Task SendAsync(HttpContext context)
    {
        var response = context.Response;
        if (context.RequestServices.GetRequiredService<ConsoleFiles>().Find((string)context.Request.RouteValues["file"]!) is not { } file)
        {
            await Problems.WriteAsync(context, StatusCodes.Status404NotFound, "there is nothing at this address");
            return;
        }

        var (path, encoding) = Accepts(context.Request, "br") && file.Brotli is { } brotli ? (brotli, "br")
            : Accepts(context.Request, "gzip") && file.Gzip is { } gzip ? (gzip, "gzip")
            : (file.Path, null);
        response.ContentType = file.ContentType;
        response.ContentLength = new FileInfo(path).Length;
        response.Headers.ContentEncoding = encoding;
        response.Headers.Vary = HeaderNames.AcceptEncoding;
        // A file's name changes with its content.
        response.Headers.CacheControl = Caching.Forever;
        response.Headers.XContentTypeOptions = "nosniff";
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.SendFileAsync(path, context.RequestAborted);
        }
    }

    private static async Task SendAsync(HttpContext context, byte[] content)
    {
        context.Response.ContentLength = content.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(content, context.RequestAborted);
        }
    }

    private static bool Accepts(HttpRequest request, string encoding) =>
        request.GetTypedHeaders().AcceptEncoding.Any(accepted => accepted.Value.Equals(encoding, StringComparison.OrdinalIgnoreCase) && accepted.Quality is not 0);
}
