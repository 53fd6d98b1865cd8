namespace Postern.AuthorizationServer.Http;

public static class Caching
{
    /// <summary><c>Cache-Control</c> of what is never another under the same address.</summary>
    public const string Forever = "public, max-age=31536000, immutable";
}
