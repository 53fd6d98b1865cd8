using Postern.Protocol;
using Postern.Server.Hosting;

namespace Postern.Server.SignIn.Pages;

/// <summary>Pages between a form of ours and the client: one goes on by itself, the other posts when its button is pressed.</summary>
internal static class ContinuePages
{
    private static readonly Sentence Going = new("Signing you in", "正在登录");
    private static readonly Sentence Continue = new("Continue", "继续");

    public static Page GoOn(Language language, Brand brand, string address) => new(language, brand, Going, Html.Of(
        $"""
        <p class="note">{(language == Language.Chinese ? "正在返回应用。若没有自动跳转，请点击继续。" : "You are taken back to the application. If nothing happens, continue.")}</p>
        <a class="button" href="{address}">{Continue.In(language)}</a>
        """))
    { GoesOnTo = address };

    /// <summary>OAuth 2.0 Form Post Response Mode, without a script: the person presses the button.</summary>
    public static Page FormPost(Language language, Brand brand, string redirectUri, IEnumerable<KeyValuePair<string, string>> parameters) => new(language, brand, Going, Html.Of(
        $"""
        <p class="note">{(language == Language.Chinese ? "点击继续，返回应用：" : "Continue to go back to the application at")} {RedirectUris.OriginOf(redirectUri)}</p>
        <form method="post" action="{redirectUri}">
        {Html.Join(parameters.Select(p => Html.Of($"""<input type="hidden" name="{p.Key}" value="{p.Value}">""")))}
        <button>{Continue.In(language)}</button>
        </form>
        """))
    { FormTarget = " " + RedirectUris.OriginOf(redirectUri) };
}
