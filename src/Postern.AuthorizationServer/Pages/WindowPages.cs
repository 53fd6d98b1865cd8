using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Postern.AuthorizationServer.Requests;
using Postern.Protocol;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.Pages;

/// <summary>
/// Answers that a page of ours gives to the window that opened or framed it, as Casdoor's browser libraries wait for them
/// (<c>popup=1</c>, <c>silentSignin=1</c>). A message goes to the origin of a redirect address that the application lists, and to no other.
/// </summary>
internal static class WindowPages
{
    private static readonly LocalizedText Done = new("You can close this window", "可以关闭此窗口");

    private static readonly Html ToOpener = Html.Of(
        $$"""
        const{message,origin,address}=document.querySelector("[data-message]").dataset;
        if(opener)opener.postMessage(JSON.parse(message),origin);else location.replace(address)
        """);

    private static readonly Html ToParent = Html.Of(
        $$"""
        const{message,origin}=document.querySelector("[data-message]").dataset;
        parent.postMessage(JSON.parse(message),origin)
        """);

    // A form, a link, and the pages that they lead to do not end the sign-in.
    private static readonly Html WhenClosed = Html.Of(
        $$"""
        const{message,origin}=document.querySelector("[data-message]").dataset;
        let goes=false;
        addEventListener("submit",()=>goes=true);
        addEventListener("click",e=>goes||=!!e.target.closest("a"));
        addEventListener("pagehide",()=>{if(!goes&&opener)opener.postMessage(JSON.parse(message),origin)})
        """);

    /// <summary>The code for the page that opened this window; a refusal closes the sign-in there.</summary>
    /// <param name="language">Of the page.</param>
    /// <param name="brand">Of the page.</param>
    /// <param name="target">The client; its origin receives the message.</param>
    /// <param name="address">Where a window goes on that no page opened.</param>
    /// <param name="parameters">The answer.</param>
    public static Page Opener(
        Language language, Brand brand, AuthorizationTarget target, string address, IReadOnlyCollection<KeyValuePair<string, string>> parameters)
    {
        string Value(string name) => parameters.FirstOrDefault(p => p.Key == name).Value ?? "";
        var message = Value("code") is { Length: > 0 } code
            ? new JsonObject { ["type"] = "loginSuccess", ["data"] = new JsonObject { ["code"] = code, ["state"] = Value("state") } }
            : Closed();
        return new Page(language, brand, Done, Html.Of(
            $"""
            <p role="status" data-message="{message.ToJsonString()}" data-origin="{RedirectUris.OriginOf(target.RedirectUri)}" data-address="{address}"></p>
            """))
        { Script = ToOpener };
    }

    /// <summary>For a frame in which nothing is shown: no user is signed in, or the user would have to be asked.</summary>
    public static Page Frame(Language language, Brand brand, AuthorizationTarget target, string refusal)
    {
        var origin = RedirectUris.OriginOf(target.RedirectUri);
        var data = refusal == "login_required" ? "user-not-logged-in" : refusal;
        var message = new JsonObject { ["tag"] = "Casdoor", ["type"] = "SilentSignin", ["data"] = data }.ToJsonString();
        return new Page(language, brand, Done, Html.Of($"""<p data-message="{message}" data-origin="{origin}"></p>"""))
        {
            Script = ToParent, FramedBy = origin,
        };
    }

    /// <summary>The page of a sign-in that a page of the application opened in a window tells it when the window is closed.</summary>
    public static Page TellsWhenClosed(this Page page, Application application, string returnTo)
    {
        var query = QueryHelpers.ParseQuery(returnTo.IndexOf('?', StringComparison.Ordinal) is >= 0 and var at ? returnTo[at..] : "");
        var redirectUri = query.GetValueOrDefault("redirect_uri").ToString();
        if (query.GetValueOrDefault(AuthorizationRequest.PopupParameter) != "1"
            || !IsOfSite(redirectUri) || !RedirectUris.IsListed(application.RedirectUriList(), redirectUri))
        {
            return page;
        }

        var told = Html.Of($"""<span hidden data-message="{Closed().ToJsonString()}" data-origin="{RedirectUris.OriginOf(redirectUri)}"></span>""");
        return page with { Content = Html.Join([page.Content, told]), Script = WhenClosed };
    }

    /// <summary>Whether an address is of a web site, which has an origin that messages are sent to.</summary>
    public static bool IsOfSite(string address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";

    private static JsonObject Closed() => new() { ["type"] = "windowClosed" };
}
