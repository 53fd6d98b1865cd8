using Postern.Protocol;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.OAuth;

/// <summary>
/// The access that tokens give to our own API (docs/tokens.md). It is determined when a token is issued and stored in its row; the
/// audience is checked again when the token is read.
/// </summary>
internal static class OpenedApi
{
    /// <summary>
    /// Whether a token for this audience is for us (RFC 9068 §4): for its client, as Casdoor's tokens are, or for our API under
    /// one of the names that our metadata gives it (RFC 9728 §2).
    /// </summary>
    public static bool IsFor(AuthorizationServerOptions options, Application application, string audience) =>
        audience == application.ClientId || audience == options.Origin || audience == options.Origin + "/" || audience == ResourceOf(options, application);

    /// <summary>Our API as the application's own document of it names it.</summary>
    public static string ResourceOf(AuthorizationServerOptions options, Application application) =>
        $"{options.Origin}/.well-known/{Uri.EscapeDataString(application.Name)}";

    /// <summary>The access of a token of this scope under this grant; the grant type shows whether the token was exchanged.</summary>
    public static Opens Of(AuthorizationServerOptions options, Application application, Grant grant, string scope) => Of(
        options, application, grant.Resource, scope, isChosen: grant.GrantType == GrantTypes.TokenExchange || !Scopes.AreSame(scope, grant.Scope));

    /// <param name="options">Our origin.</param>
    /// <param name="application">The client.</param>
    /// <param name="resource">What the token is for (RFC 8707 §2); empty = its client.</param>
    /// <param name="scope">The token's.</param>
    /// <param name="isChosen">See <see cref="Scopes.Opened"/>.</param>
    public static Opens Of(AuthorizationServerOptions options, Application application, string resource, string scope, bool isChosen) =>
        resource.Length == 0 || IsFor(options, application, resource) ? Scopes.Opened(scope, isChosen) : Opens.Nothing;
}
