using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Postern.AuthorizationServer.SignIn;
using Postern.Storage.Keys;

namespace Postern.AuthorizationServer.Pages;

/// <summary>
/// Antiforgery of the hosted pages: a hidden field that seals the browser's own random cookie together with its session. A
/// foreign page can make the browser send the cookie, but cannot know the field.
/// </summary>
public sealed class FormTokens(InstallationKey installation, AuthorizationServerOptions options)
{
    public const string Field = "form_token";
    private const string Cookie = "postern_form";
    private const int Length = 16;
    private readonly byte[] key = installation.For("form-token");

    /// <summary>The field for a form of this page; gives the browser its cookie where it has none.</summary>
    public Html FieldFor(HttpContext context)
    {
        var cookie = CookieOf(context.Request);
        if (cookie is null)
        {
            cookie = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Length));
            context.Response.Cookies.Append(Cookie, cookie, new CookieOptions
            {
                HttpOnly = true,
                SameSite = SameSiteMode.Lax,
                Secure = options.Origin.StartsWith("https:", StringComparison.OrdinalIgnoreCase),
                Path = "/",
            });
        }

        return Html.Of($"""<input type="hidden" name="{Field}" value="{Seal(cookie, context.Request)}">""");
    }

    /// <summary>Whether a posted form is one that we gave this browser in this session.</summary>
    public bool IsOurs(HttpContext context, IFormCollection form) =>
        IsOfThisSite(context)
        && CookieOf(context.Request) is { } cookie
        && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Seal(cookie, context.Request)), Encoding.UTF8.GetBytes(form[Field].ToString()));

    /// <summary>No browser says that another site's page posted it.</summary>
    public bool IsOfThisSite(HttpContext context) => SameOrigin.Allows(context.Request, options);

    private static string? CookieOf(HttpRequest request) => request.Cookies[Cookie] is { Length: 22 } cookie ? cookie : null;

    private string Seal(string cookie, HttpRequest request) => Base64Url.EncodeToString(
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{cookie}\n{request.Cookies[Sessions.Cookie]}")));
}
