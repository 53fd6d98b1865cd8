using Postern.Protocol;

namespace Postern.AuthorizationServer.Requests;

/// <summary>
/// What a request asks a user to allow, one word for each thing: scopes as they are, everything else behind a quotation mark, which no
/// scope can hold (RFC 6749 §3.3). What is added here is shown on the page, remembered, and asked for again where it was not allowed.
/// </summary>
internal static class ConsentWords
{
    /// <summary>Begins the word of an API that the tokens are for (RFC 8707).</summary>
    public const string Resource = "\"resource:";

    /// <summary>Begins the word of a claim that is asked for by its name (OpenID Connect Core §5.5) and by none of the scopes.</summary>
    public const string Claim = "\"claim:";

    public static IReadOnlyList<string> Of(AuthorizationRequest request) =>
        [.. Of(request.Requested.Scope, request.Requested.Resource), .. request.Claims.Beyond(request.Requested.Scope).Select(name => Claim + name)];

    public static IReadOnlyList<string> Of(string scope, string resource)
    {
        List<string> words = [.. Scopes.Words(scope).Distinct()];
        if (words.Count == 0)
        {
            words.Add(Scopes.OpenId);
        }

        if (resource.Length > 0)
        {
            words.Add(Resource + resource);
        }

        return words;
    }
}
