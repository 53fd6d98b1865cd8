using Postern.Protocol;
using Postern.Server.Data;

namespace Postern.Server.OAuth.Authorize;

/// <summary>
/// Whether the user must be asked. An administrator speaks for an application that he made; the user is asked where it
/// wants one of its consent scopes (Casdoor's <c>customScopes</c>) that he has not allowed yet, where the client asks for it,
/// and always by an application that registered itself.
/// </summary>
/// <param name="IsNeeded">He must be asked.</param>
/// <param name="Remembered">What he will have allowed when he agrees; null where his answer is not kept.</param>
internal sealed record ConsentNeeds(bool IsNeeded, string? Remembered)
{
    public static async Task<ConsentNeeds> OfAsync(Database database, AuthorizationRequest request, User user, CancellationToken cancel)
    {
        var application = request.Application;
        if (application.IsSelfRegistered)
        {
            return new(true, null);
        }

        var sensitive = application.ConsentScopes();
        var asked = Scopes.Words(request.Requested.Scope).Where(sensitive.Contains).ToList();
        if (asked.Count == 0)
        {
            return new(request.Asks("consent"), null);
        }

        var allowed = Scopes.Words(await database.ReadAsync(c => Consents.FindAsync(c, user.Id, application.Id), cancel) ?? "");
        return new(request.Asks("consent") || asked.Exists(scope => !allowed.Contains(scope)), string.Join(' ', allowed.Union(asked)));
    }
}
