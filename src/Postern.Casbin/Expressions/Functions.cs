using Postern.Casbin.Patterns;

namespace Postern.Casbin.Expressions;

internal delegate Value TextFunction(Scope scope, string text, string pattern);

/// <summary>The functions that Casbin gives to every matcher, as far as they are here.</summary>
internal static class Functions
{
    public const int Arguments = 2;

    private static readonly Dictionary<string, TextFunction> ByName = new(StringComparer.Ordinal)
    {
        ["keyMatch"] = (_, text, pattern) => Value.Of(KeyMatch(text, pattern)),
        ["keyGet"] = (_, text, pattern) => Value.Of(KeyGet(text, pattern)),
        ["keyMatch2"] = (scope, text, pattern) => scope.Patterns.Matches(scope, Dialect.Colon, text, pattern),
        ["keyMatch3"] = (scope, text, pattern) => scope.Patterns.Matches(scope, Dialect.Braces, text, pattern),
        ["keyMatch4"] = (scope, text, pattern) => scope.Patterns.Matches(scope, Dialect.RepeatedBraces, text, pattern),
        ["keyMatch5"] = (scope, text, pattern) => scope.Patterns.Matches(scope, Dialect.Braces, WithoutQuery(text), pattern),
        ["regexMatch"] = (scope, text, pattern) => scope.Patterns.Matches(scope, Dialect.Regex, text, pattern),
        ["globMatch"] = (scope, text, pattern) => scope.Patterns.Matches(scope, Dialect.Glob, text, pattern),
        ["ipMatch"] = (_, text, pattern) => IpRange.Matches(text, pattern),
    };

    public static TextFunction? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>What stands before the first <c>*</c> must be the beginning; without one, all must be equal.</summary>
    private static bool KeyMatch(string text, string pattern)
    {
        var star = pattern.IndexOf('*', StringComparison.Ordinal);
        return star < 0 ? text == pattern : text.AsSpan().StartsWith(pattern.AsSpan(0, star), StringComparison.Ordinal);
    }

    /// <summary>What the <c>*</c> stands for, or "".</summary>
    private static string KeyGet(string text, string pattern)
    {
        var star = pattern.IndexOf('*', StringComparison.Ordinal);
        return star >= 0 && KeyMatch(text, pattern) ? text[star..] : "";
    }

    private static string WithoutQuery(string text)
    {
        var mark = text.IndexOf('?', StringComparison.Ordinal);
        return mark < 0 ? text : text[..mark];
    }
}
