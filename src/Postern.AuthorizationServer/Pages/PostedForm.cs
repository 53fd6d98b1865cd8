using Postern.AuthorizationServer.Http.Inputs;
using Postern.Protocol;

namespace Postern.AuthorizationServer.Pages;

/// <summary>A form that one of our pages posted.</summary>
public static class PostedForm
{
    /// <summary>
    /// Shown when a form was served before the browser's session began or ended (in another tab, by a second press), or when its cookie was
    /// lost. Such a form has no effect; the user gets the page again.
    /// </summary>
    public static readonly LocalizedText TooOld = new(
        "This page was too old, or your browser keeps no cookies. Nothing was done: please try again.", "页面已过期，或浏览器未保存 Cookie，操作未执行，请重试。");

    /// <summary>Null where it was not ours to take: it was answered, and nothing was done.</summary>
    /// <param name="context">The request.</param>
    /// <param name="again">Answers a form of this site without a good token: shows a page, and does nothing else with what was sent.</param>
    public static async Task<IFormCollection?> ReadAsync(HttpContext context, Func<IFormCollection, Task>? again = null)
    {
        // A form on another site can send any content in a text/plain body.
        if (context.Request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true)
        {
            var tokens = context.RequestServices.GetRequiredService<FormTokens>();
            if (await TryReadAsync(context) is { } form && tokens.IsOfThisSite(context))
            {
                if (tokens.IsOurs(context, form))
                {
                    return form;
                }

                if (again is not null)
                {
                    await again(form);
                    return null;
                }
            }
        }

        await ErrorPage.WriteAsync(context, null, OAuthError.InvalidRequest(
            "this form is not one that your browser was given here, or it is too old: go back, load the page again and repeat it",
            "该表单不是由本站提供给您的浏览器，或已过期：请返回并刷新页面后重试"));
        return null;
    }

    /// <summary>Any form; null if it cannot be read: too many fields, one too long or with U+0000, or in an encoding that .NET does not read.</summary>
    public static async Task<IFormCollection?> TryReadAsync(HttpContext context)
    {
        try
        {
            return context.Request.HasFormContentType && await BoundedBody.ReadFormAsync(context) is { } form
                && form.All(p => InputLimits.Refuse(p.Key, p.Value.ToString()) is null && !p.Value.ToString().Contains('\0', StringComparison.Ordinal)) ? form : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
