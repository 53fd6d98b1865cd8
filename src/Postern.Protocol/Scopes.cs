using System.Buffers;
using System.Text.RegularExpressions;

namespace Postern.Protocol;

/// <summary>Scope strings: words separated by blanks (RFC 6749 §3.3).</summary>
public static class Scopes
{
    public const string OpenId = "openid";
    public const string OfflineAccess = "offline_access";

    /// <summary>OpenID Connect's own (Core §5.4, §11), groups and roles; every application may be asked for them, and for those of our API.</summary>
    public static readonly IReadOnlyList<string> Standard = [OpenId, .. Claims.AskingScopes, OfflineAccess];

    /// <summary>All that the user may do with our own API (docs/tokens.md).</summary>
    public const string Api = "api";

    /// <summary>What the user may read by our own API.</summary>
    public const string ApiRead = "api:read";

    /// <summary>The scopes of our own API; a client that registered itself gets none of them.</summary>
    public static readonly IReadOnlyList<string> OfApi = [Api, ApiRead];

    private const int LongestScope = 1000;
    private static readonly SearchValues<char> PatternCharacters = SearchValues.Create("\\^$.*+?()[]{}|");

    /// <summary>
    /// The scope of a refreshed or exchanged token: the requested scope if it is within the granted one; null where it would exceed it
    /// (RFC 6749 §6). A scope of our API is within the granted one if that gives at least the same access, under any scope name.
    /// </summary>
    public static string? Narrow(string granted, Opens held, string? requested)
    {
        if (string.IsNullOrEmpty(requested))
        {
            return held == Opens.Everything ? granted : string.Join(' ', Words(granted).Where(word => MayHold(word, held)));
        }

        var allowed = Words(granted).ToHashSet(StringComparer.Ordinal);
        return Words(requested).All(word => MayHold(word, held) && (allowed.Contains(word) || OfApi.Contains(word))) ? requested : null;
    }

    /// <summary>
    /// The access that a token gives to our API. Casdoor's clients request no scope of our API and have full access; once a narrower scope
    /// was chosen for a token of a wider grant, it gives only the access of that scope.
    /// </summary>
    /// <param name="scope">The token's.</param>
    /// <param name="isChosen">The token was exchanged, or its scope is narrower than its grant's.</param>
    public static Opens Opened(string scope, bool isChosen)
    {
        var words = Words(scope);
        return words.Contains(Api) ? Opens.Everything
            : words.Contains(ApiRead) ? Opens.Reads
            : isChosen ? Opens.UserInfo : Opens.Everything;
    }

    /// <summary>Whether two texts name the same scopes: their order does not matter (RFC 6749 §3.3).</summary>
    public static bool AreSame(string one, string other) => one == other || Words(one).ToHashSet(StringComparer.Ordinal).SetEquals(Words(other));

    /// <summary>Without the scopes of our API.</summary>
    public static string WithoutApi(string scope) => string.Join(' ', Words(scope).Where(word => !OfApi.Contains(word)));

    /// <summary>
    /// The scopes that may be requested for an application: any if it lists no scopes; otherwise each scope must be listed,
    /// or be a pattern that means all listed scopes that it matches. Null if a scope is neither.
    /// </summary>
    public static string? Expand(IReadOnlyCollection<string> listed, string? requested)
    {
        if (string.IsNullOrEmpty(requested))
        {
            return "";
        }

        if (requested.Length > LongestScope || requested.Any(c => c is < ' ' or > '~' or '"'))
        {
            return null;
        }

        if (listed.Count == 0)
        {
            return requested;
        }

        var granted = new List<string>();
        foreach (var word in Words(requested))
        {
            var found = listed.Contains(word) || Standard.Contains(word) || OfApi.Contains(word) ? [word] : Matching(listed, word);
            if (found.Count == 0)
            {
                return null;
            }

            granted.AddRange(found.Where(f => !granted.Contains(f)));
        }

        return string.Join(' ', granted);
    }

    public static bool Contains(string scope, string word) => Words(scope).Contains(word);

    public static string[] Words(string scope) => scope.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The scopes of our API alone.</summary>
    public static string OnlyApi(string scope)
    {
        var words = Words(scope);
        return string.Join(' ', OfApi.Where(word => words.Contains(word)));
    }

    private static bool MayHold(string word, Opens held) => word switch
    {
        Api => held >= Opens.Everything,
        ApiRead => held >= Opens.Reads,
        _ => true,
    };

    private static List<string> Matching(IReadOnlyCollection<string> listed, string pattern)
    {
        if (!pattern.AsSpan().ContainsAny(PatternCharacters))
        {
            return [];
        }

        try
        {
            // The caller wrote the pattern: the time of this regex engine is bounded by the length of the text.
            var matcher = new Regex($"^(?:{pattern})\\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return [.. listed.Where(name => matcher.IsMatch(name))];
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return [];
        }
    }
}
