namespace Postern.AuthorizationServer.Http;

public static class Caching
{
    /// <summary><c>Cache-Control</c> of content that never changes under the same address.</summary>
    public const string Forever = "public, max-age=31536000, immutable";
}
