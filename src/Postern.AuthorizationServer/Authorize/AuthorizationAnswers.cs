using Microsoft.AspNetCore.WebUtilities;
using Postern.AuthorizationServer.Pages;
using Postern.AuthorizationServer.Requests;
using Postern.Protocol;

namespace Postern.AuthorizationServer.Authorize;

/// <summary>
/// Sends the authorization response to the client's redirect address, in the requested response mode. Every response names the issuer,
/// so that a client of several servers knows which one sent it (RFC 9207).
/// </summary>
internal static class AuthorizationAnswers
{
    /// <param name="context">The request.</param>
    /// <param name="target">Where to.</param>
    /// <param name="answer">Its parameters; state and iss are added.</param>
    /// <param name="brand">For the page, where there is one.</param>
    /// <param name="language">For the page.</param>
    /// <param name="isSent">Whether a form is sent by the page itself; false: by its button alone.</param>
    public static Task WriteAsync(
        HttpContext context, AuthorizationTarget target, IEnumerable<KeyValuePair<string, string>> answer, Brand brand, Language language, bool isSent = true)
    {
        var parameters = Complete(context, target, answer);
        if (target.ResponseMode == AuthorizationRequest.FormPost)
        {
            return ContinuePages.FormPost(language, brand, target.RedirectUri, parameters, isSent).WriteAsync(context);
        }

        var address = AddressOf(target, parameters);
        if (target.Waiting == WaitingWindow.Opener)
        {
            return WindowPages.Opener(language, brand, target, address, parameters).WriteAsync(context);
        }

        if (target.Waiting == WaitingWindow.Parent && parameters.Find(p => p.Key == "error") is { Value: { } refusal })
        {
            return WindowPages.Frame(language, brand, target, refusal).WriteAsync(context);
        }

        // A browser applies the form's own rule (CSP form-action) to the redirect that follows a form, so a hosted page
        // continues by GET.
        if (HttpMethods.IsPost(context.Request.Method))
        {
            return ContinuePages.GoOn(language, brand, address).WriteAsync(context);
        }

        context.Response.StatusCode = StatusCodes.Status302Found;
        context.Response.Headers.Location = address;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        return Task.CompletedTask;
    }

    /// <summary>The way to the client for a user who trusts its address.</summary>
    public static Html LinkOf(HttpContext context, AuthorizationTarget target, OAuthError refusal, Language language) => Html.Of(
        $"""
        <p class="note">{(language == Language.Chinese ? "未经验证的应用，网址：" : "An unverified application, at")} <strong>{RedirectUris.OriginOf(target.RedirectUri)}</strong></p>
        <a class="button quiet" href="{AddressOf(target, Complete(context, target, OfRefusal(refusal)))}">{(language == Language.Chinese ? "返回该应用" : "Back to that application")}</a>
        """);

    public static IEnumerable<KeyValuePair<string, string>> OfRefusal(OAuthError refusal) =>
        [KeyValuePair.Create("error", refusal.Code), KeyValuePair.Create("error_description", refusal.Description)];

    private static List<KeyValuePair<string, string>> Complete(HttpContext context, AuthorizationTarget target, IEnumerable<KeyValuePair<string, string>> answer)
    {
        var parameters = answer.ToList();
        if (target.State.Length > 0)
        {
            parameters.Add(KeyValuePair.Create("state", target.State));
        }

        parameters.Add(KeyValuePair.Create("iss", context.RequestServices.GetRequiredService<AuthorizationServerOptions>().Origin));
        return parameters;
    }

    private static string AddressOf(AuthorizationTarget target, List<KeyValuePair<string, string>> parameters)
    {
        var query = QueryHelpers.AddQueryString("", parameters!)[1..];
        return target.ResponseMode == AuthorizationRequest.Fragment ? $"{target.RedirectUri}#{query}"
            : target.RedirectUri + (target.RedirectUri.Contains('?', StringComparison.Ordinal) ? "&" : "?") + query;
    }
}
