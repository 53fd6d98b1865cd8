using Postern.Protocol;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.OAuth;

/// <summary>What tokens are asked for: their scope (RFC 6749 §3.3), and the API that they are for (RFC 8707 §2); "" where none is named.</summary>
public sealed record RequestedAccess(string Scope, string Resource)
{
    private const int LongestResource = 500;

    public static Outcome<RequestedAccess> Of(Application application, OAuthRequest request) =>
        Of(application, request["scope"], request["resource"]);

    public static Outcome<RequestedAccess> Of(Application application, string? scope, string? resource)
    {
        if (Scopes.Expand(application.ScopeNames(), scope) is not { } granted)
        {
            return OAuthError.InvalidScope("the requested scope is invalid or not defined in the application", "请求的 scope 无效或未在应用中定义");
        }

        // Less than requested; the answer names the granted scope (RFC 6749 §3.3). Such clients request all scopes that our metadata lists.
        if (application.IsSelfRegistered)
        {
            granted = Scopes.WithoutApi(granted);
        }

        return string.IsNullOrEmpty(resource) ? new RequestedAccess(granted, "")
            : IsResource(resource) ? new RequestedAccess(granted, resource)
            : OAuthError.InvalidTarget("resource must be an absolute URI without a fragment");
    }

    private static bool IsResource(string resource) =>
        resource.Length <= LongestResource && !resource.Any(c => c is <= ' ' or > '~')
        && Uri.TryCreate(resource, UriKind.Absolute, out var uri) && uri.Fragment.Length == 0 && uri.Scheme is not "file";
}
