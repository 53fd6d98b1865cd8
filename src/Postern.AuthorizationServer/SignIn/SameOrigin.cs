
namespace Postern.AuthorizationServer.SignIn;

/// <summary>Whether a browser says that a request comes from another site. A caller that sends no such header is not a browser.</summary>
public static class SameOrigin
{
    public static bool Allows(HttpRequest request, AuthorizationServerOptions options)
    {
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site is not ("" or "same-origin" or "none"))
        {
            return false;
        }

        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0
            || Is(origin, options.Origin)
            || Is(origin, options.OriginFrontend)
            // The address that the browser itself used, such as 127.0.0.1 for localhost: its cookies belong to that name.
            || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }

    private static bool Is(string origin, string ours) =>
        Uri.TryCreate(ours, UriKind.Absolute, out var uri) && origin.Equals(uri.GetLeftPart(UriPartial.Authority), StringComparison.OrdinalIgnoreCase);
}
