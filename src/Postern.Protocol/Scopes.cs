using System.Buffers;
using System.Text.RegularExpressions;

namespace Postern.Protocol;

/// <summary>Scope strings: words separated by blanks (RFC 6749 §3.3).</summary>
public static class Scopes
{
    public const string OpenId = "openid";
    public const string OfflineAccess = "offline_access";

    /// <summary>OpenID Connect's own (Core §5.4, §11); every application may be asked for them.</summary>
    public static readonly IReadOnlyList<string> Standard = [OpenId, "email", "profile", "address", "phone", OfflineAccess];

    private const int LongestScope = 1000;
    private static readonly SearchValues<char> PatternCharacters = SearchValues.Create("\\^$.*+?()[]{}|");

    /// <summary>The scope of a refreshed token: what was asked for where it lies within the grant; null where it would widen (RFC 6749 §6).</summary>
    public static string? Narrow(string granted, string? requested)
    {
        if (string.IsNullOrEmpty(requested))
        {
            return granted;
        }

        var allowed = Words(granted).ToHashSet(StringComparer.Ordinal);
        return Words(requested).All(allowed.Contains) ? requested : null;
    }

    /// <summary>
    /// What an application may be asked for (contract 1.3): anything where it lists no scopes, else each word must be listed,
    /// or be a pattern that stands for all listed ones that it matches. Null where a word is none of that.
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
            var found = listed.Contains(word) || Standard.Contains(word) ? [word] : Matching(listed, word);
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

    private static List<string> Matching(IReadOnlyCollection<string> listed, string pattern)
    {
        if (!pattern.AsSpan().ContainsAny(PatternCharacters))
        {
            return [];
        }

        try
        {
            // Whoever asks wrote it: this engine's time is bounded by the length of the text.
            var matcher = new Regex($"^(?:{pattern})\\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return [.. listed.Where(name => matcher.IsMatch(name))];
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return [];
        }
    }
}
