using Postern.AuthorizationServer.Http;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.Pages;

/// <summary>An error page for users, in the user's language, with a remedy.</summary>
public static class ErrorPage
{
    private static readonly LocalizedText Heading = new("This did not work", "操作未能完成");

    public static async Task WriteAsync(HttpContext context, Application? application, OAuthError error)
    {
        var brand = application is null ? Brand.Ours
            : await context.RequestServices.GetRequiredService<Database>().ReadAsync(c => Brand.OfAsync(c, application), context.RequestAborted);
        await Of(context, brand, error).WriteAsync(context);
    }

    /// <summary>Without anything that a database would have to answer: for when it does not.</summary>
    public static Page Of(HttpContext context, Brand brand, OAuthError error, string? uiLocales = null)
    {
        var language = Languages.Of(context.Request, uiLocales ?? context.Request.Query["ui_locales"]);
        RetryAfter.Set(context.Response, error.RetryAfter);
        return new Page(language, brand, Heading, Html.Of(
            $"""
            <p role="alert">{Sentence(language == Language.Chinese ? error.ChineseMessage ?? error.Description : error.Description)}</p>
            <p class="note">{(language == Language.Chinese ? "若问题持续，请将此代码告知应用的管理员：" : "If it goes on, tell the application's administrator this code:")} {error.Code}</p>
            """))
        { Status = error.Status };
    }

    /// <summary>Descriptions begin with a small letter and have no full stop, as RFC 6749's examples do. A parameter's name stays as it is.</summary>
    public static string Sentence(string description)
    {
        if (description.Length == 0 || description[^1] is '.' or '。')
        {
            return description;
        }

        var first = description.AsSpan(0, description.AsSpan().IndexOf(' ') is var at and > 0 ? at : description.Length);
        var begin = first.Contains('_') ? description[..1] : description[..1].ToUpperInvariant();
        return begin + description[1..] + (description[^1] > '\u2e7f' ? "。" : ".");
    }
}
