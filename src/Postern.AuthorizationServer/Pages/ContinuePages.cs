using Postern.Protocol;

namespace Postern.AuthorizationServer.Pages;

/// <summary>Pages between a hosted form and the client that continue automatically: one by GET, the other by POST.</summary>
internal static class ContinuePages
{
    private static readonly LocalizedText Going = new("Signing you in", "正在登录");
    private static readonly LocalizedText Continue = new("Continue", "继续");
    private static readonly Html Sending = Html.Of($"document.forms[0].submit()");

    public static Page GoOn(Language language, Brand brand, string address) => new(language, brand, Going, Html.Of(
        $"""
        <p class="note">{(language == Language.Chinese ? "正在返回应用。若没有自动跳转，请点击继续。" : "You are taken back to the application. If nothing happens, continue.")}</p>
        <a class="button" href="{address}">{Continue.In(language)}</a>
        """))
    { GoesOnTo = address };

    /// <summary>OAuth 2.0 Form Post Response Mode: a script sends the form, and the button where the browser runs no script.</summary>
    /// <param name="language">In which it is written.</param>
    /// <param name="brand">The name and look of the page.</param>
    /// <param name="redirectUri">Where the form is sent.</param>
    /// <param name="parameters">Its fields.</param>
    /// <param name="isSent">Whether the page has the script.</param>
    public static Page FormPost(
        Language language, Brand brand, string redirectUri, IEnumerable<KeyValuePair<string, string>> parameters, bool isSent) => new(language, brand, Going, Html.Of(
        $"""
        <p class="note">{(language == Language.Chinese ? "正在返回应用。若没有自动跳转，请点击继续：" : "You are taken back to the application. If nothing happens, continue to")} {RedirectUris.OriginOf(redirectUri)}</p>
        <form method="post" action="{redirectUri}">
        {Html.Join(parameters.Select(p => Html.Of($"""<input type="hidden" name="{p.Key}" value="{p.Value}">""")))}
        <button>{Continue.In(language)}</button>
        </form>
        """))
        { FormTarget = " " + RedirectUris.OriginOf(redirectUri), Script = isSent ? Sending : null };
}
