namespace Postern.AuthorizationServer.Http;

/// <summary>Addresses that one part of the server gives to another: endpoints, and the pages that lead to them.</summary>
internal static class Paths
{
    public const string Token = "/api/login/oauth/access_token";
    public const string Authorize = "/login/oauth/authorize";
    public const string Consent = "/login/oauth/consent";
    public const string Device = "/login/oauth/device";
    public const string SignIn = "/login";
}
