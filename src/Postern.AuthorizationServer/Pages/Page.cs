using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Postern.Protocol;

namespace Postern.AuthorizationServer.Pages;

/// <summary>One hosted page: it takes nothing from elsewhere, needs no script but to answer another window, and cannot be framed by others.</summary>
/// <param name="Language">In which it is written.</param>
/// <param name="Brand">The name and look of the page.</param>
/// <param name="Heading">Its title.</param>
/// <param name="Content">Below the heading.</param>
public sealed record Page(Language Language, Brand Brand, LocalizedText Heading, Html Content)
{
    public int Status { get; init; } = StatusCodes.Status200OK;

    /// <summary>The address that the browser continues to automatically; null = none.</summary>
    public string? GoesOnTo { get; init; }

    /// <summary>Origins that its forms may be sent to beside ours.</summary>
    public string FormTarget { get; init; } = "";

    /// <summary>A script that the policy permits by its hash; it holds no value from outside, so that its hash never changes.</summary>
    public Html? Script { get; init; }

    /// <summary>The one origin whose pages may frame it; null = none.</summary>
    public string? FramedBy { get; init; }

    public async Task WriteAsync(HttpContext context)
    {
        var logo = await context.RequestServices.GetRequiredService<Logos>().PathOfAsync(Brand.Logo);
        var response = context.Response;
        response.StatusCode = Status;
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentSecurityPolicy =
            $"default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'{FormTarget}; frame-ancestors {FramedBy ?? "'none'"}; base-uri 'none'{ScriptRule}";
        if (FramedBy is null)
        {
            response.Headers.XFrameOptions = "DENY";
        }

        response.Headers.XContentTypeOptions = "nosniff";
        // Addresses of pages hold codes and hints. Not no-referrer: with that a browser posts our own forms with "Origin: null"
        // (Fetch, "append a request Origin header"), as if they came from nowhere.
        response.Headers["Referrer-Policy"] = "same-origin";
        await response.Body.WriteAsync(Encoding.UTF8.GetBytes(Whole(logo).ToString()), context.RequestAborted);
    }

    private string ScriptRule => Script is null ? "" : $"; script-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Script.ToString())))}'";

    private Html Whole(string? logo) => Html.Of(
        $"""
        <!doctype html>
        <html lang="{(Language == Language.Chinese ? "zh-CN" : "en")}">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="robots" content="noindex">
        <title>{Heading.In(Language)} – {Brand.Title}</title>
        <link rel="icon" type="image/svg+xml" href="{Styles.IconPath}">
        <link rel="stylesheet" href="{Styles.Path}">
        {(Brand.Color.Length > 0 ? Html.Of($"""<link rel="stylesheet" href="{Styles.ThemePath(Brand.Color)}">""") : Html.Empty)}
        {(GoesOnTo is { } address ? Html.Of($"""<meta http-equiv="refresh" content="0; url={address}">""") : Html.Empty)}
        </head>
        <body>
        <main>
        <header>{(logo is null ? Html.Of($"""<span class="mark" aria-hidden="true">{StringInfo.GetNextTextElement(Brand.Title)}</span>""") : Html.Of($"""<img src="{logo}" alt="">"""))}<p>{Brand.Title}</p></header>
        <h1>{Heading.In(Language)}</h1>
        {Content}
        </main>
        {(Script is null ? Html.Empty : Html.Of($"<script>{Script}</script>"))}
        </body>
        </html>

        """);
}
