using Postern.Protocol;

namespace Postern.AuthorizationServer.Http;

public static class Languages
{
    /// <summary>The supported language that the reader prefers: <c>ui_locales</c> (OpenID Connect Core §3.1.2.1) before Accept-Language.</summary>
    public static Language Of(HttpRequest request, string? uiLocales = null)
    {
        foreach (var wanted in (uiLocales ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Concat(Accepted(request)))
        {
            if (IsOf(wanted, "zh"))
            {
                return Language.Chinese;
            }

            if (IsOf(wanted, "en"))
            {
                return Language.English;
            }
        }

        return Language.English;
    }

    /// <summary>By their weight, those of the same weight in their order (RFC 9110 §12.5.4).</summary>
    private static IEnumerable<string> Accepted(HttpRequest request) =>
        request.GetTypedHeaders().AcceptLanguage.Where(l => l.Quality is not 0).OrderByDescending(l => l.Quality ?? 1).Select(l => l.Value.ToString());

    private static bool IsOf(string tag, string language) =>
        tag.StartsWith(language, StringComparison.OrdinalIgnoreCase) && (tag.Length == language.Length || tag[language.Length] == '-');
}
