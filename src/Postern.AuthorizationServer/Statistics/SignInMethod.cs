using Postern.AuthorizationServer.Http;

namespace Postern.AuthorizationServer.Statistics;

/// <summary>Ways in by password, as they are counted. What a grant is counted by, its handler declares.</summary>
internal static class SignInMethod
{
    /// <summary>The method of a password sign-in that no grant counts, or null.</summary>
    public static string? OfPath(string path) => path == Paths.SignIn ? "page" : path == Paths.Token ? null : "api";
}
