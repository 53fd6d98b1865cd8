using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.Requests;

/// <summary>
/// Whether the user must be asked. An administrator speaks for an application that they made: its users are asked where it wants one of
/// its consent scopes (Casdoor's <c>customScopes</c>) that they have not allowed yet, and where the client asks for it. For a client that
/// registered itself they are asked for everything that they have not allowed yet.
/// </summary>
/// <param name="IsNeeded">The user must be asked.</param>
public sealed record ConsentNeeds(bool IsNeeded)
{
    /// <summary>What is kept when the user agrees; null where their answer is not remembered.</summary>
    public Consent? Allowing { get; init; }

    /// <summary>What they allowed before; null = nothing.</summary>
    public Consent? Before { get; init; }

    public static async Task<ConsentNeeds> OfAsync(Database database, AuthorizationRequest request, User user, CancellationToken cancel)
    {
        var application = request.Application;
        IReadOnlyList<string> asked = ConsentWords.Of(request);
        if (!application.IsSelfRegistered)
        {
            asked = [.. asked.Intersect(application.ConsentScopes())];
            if (asked.Count == 0)
            {
                return new(request.Asks("consent"));
            }
        }
        else if (!IsKnown(application, request.Target.RedirectUri))
        {
            return new(true);
        }

        var allowing = new Consent
        {
            UserId = user.Id,
            ApplicationId = application.Id,
            Origin = application.IsSelfRegistered ? RedirectUris.OriginOf(request.Target.RedirectUri) : "",
            ClientHash = Consents.HashOf(application),
            Scope = string.Join(' ', asked),
            CreatedTime = 0,
        };
        var before = await database.ReadAsync(c => Consents.FindAsync(c, allowing), cancel);
        var allowed = Scopes.Words(before?.Scope ?? "");
        return new(request.Asks("consent") || asked.Any(word => !allowed.Contains(word))) { Allowing = allowing, Before = before };
    }

    /// <summary>What the page shows about this request, so that an answer to another one is not taken for one to this.</summary>
    public static string ShownFor(AuthorizationRequest request) =>
        Consents.HashOf([Consents.HashOf(request.Application), request.Target.RedirectUri, .. ConsentWords.Of(request)]);

    /// <summary>
    /// Whether it is certain that the answer reaches the client which was allowed, and not another program that uses its public client id
    /// (RFC 8252 §8.6): only the owner of a site answers at its https address, and only the client has its secret or key.
    /// </summary>
    private static bool IsKnown(Application application, string redirectUri) =>
        (redirectUri.StartsWith("https:", StringComparison.OrdinalIgnoreCase) && !RedirectUris.StaysOnThisComputer(redirectUri))
        || !ClientSecretRule.MayBeginWithout(application.TokenEndpointAuthMethod);
}
