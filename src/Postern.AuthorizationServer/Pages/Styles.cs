using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Postern.AuthorizationServer.Http;

namespace Postern.AuthorizationServer.Pages;

/// <summary>The style sheet of the hosted pages, and an application's colour: style is served, because the pages allow none within them.</summary>
public static class Styles
{
    private const string ThemeRoute = "/login/theme/";
    private const string Css = "text/css; charset=utf-8";
    private static readonly byte[] Sheet = Read("style.css");
    private static readonly byte[] Icon = Read("icon.svg");

    /// <summary>Changes with its content, so that it may be kept for ever.</summary>
    public static readonly string Path = $"/login/style-{Mark(Sheet)}.css";

    /// <summary>What a browser shows in the page's tab; without one it would ask for /favicon.ico.</summary>
    public static readonly string IconPath = $"/login/icon-{Mark(Icon)}.svg";

    public static string ThemePath(string color) => ThemeRoute + color[1..] + ".css";

    public static void MapStyles(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, (RequestDelegate)(context => WriteAsync(context, Sheet, Css)));
        routes.MapGet(IconPath, (RequestDelegate)(context => WriteAsync(context, Icon, "image/svg+xml")));
        routes.MapGet(ThemeRoute + "{color}.css", (RequestDelegate)ThemeAsync);
    }

    private static Task ThemeAsync(HttpContext context)
    {
        var color = "#" + (string)context.Request.RouteValues["color"]!;
        return Brand.IsColor(color)
            ? WriteAsync(context, Encoding.ASCII.GetBytes($":root {{ --accent: {color}; --on-accent: {TextOn(color)}; }}\n"), Css)
            : Problems.WriteAsync(context, StatusCodes.Status404NotFound, "there is nothing at this address");
    }

    /// <summary>Black or white, whichever is easier to read on it (WCAG 2.2, contrast ratio): one of them always has 4.5.</summary>
    private static string TextOn(string color)
    {
        var luminance = (0.2126 * Linear(color, 1)) + (0.7152 * Linear(color, 3)) + (0.0722 * Linear(color, 5));
        return 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 ? "#ffffff" : "#000000";
    }

    private static double Linear(string color, int at)
    {
        var part = int.Parse(color.AsSpan(at, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0;
        return part <= 0.04045 ? part / 12.92 : Math.Pow((part + 0.055) / 1.055, 2.4);
    }

    private static string Mark(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content))[..12];

    private static Task WriteAsync(HttpContext context, byte[] content, string contentType)
    {
        context.Response.ContentType = contentType;
        context.Response.Headers.CacheControl = Caching.Forever;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return context.Response.Body.WriteAsync(content, context.RequestAborted).AsTask();
    }

    private static byte[] Read(string file)
    {
        using var stream = typeof(Styles).Assembly.GetManifestResourceStream("Postern.AuthorizationServer.Pages." + file)!;
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
