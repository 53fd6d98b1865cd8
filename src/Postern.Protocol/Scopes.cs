namespace Postern.Protocol;

/// <summary>Scope strings: words separated by blanks (RFC 6749 §3.3).</summary>
public static class Scopes
{
    /// <summary>The scope of a refreshed token: what was asked for where it lies within the grant; null where it would widen (RFC 6749 §6).</summary>
    public static string? Narrow(string granted, string? requested)
    {
        if (string.IsNullOrEmpty(requested))
        {
            return granted;
        }

        var allowed = Words(granted);
        return Words(requested).All(allowed.Contains) ? requested : null;
    }

    public static bool Contains(string scope, string word) => Words(scope).Contains(word);

    private static HashSet<string> Words(string scope) =>
        [.. scope.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
}
