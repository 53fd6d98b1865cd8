using System.Text.RegularExpressions;

namespace Postern.Casbin.Patterns;

/// <summary>
/// A pattern ready to be matched: piece by piece if it is a plain path, else by a regular expression. One that could
/// backtrack for long runs on the engine that cannot; the other has a limit of time.
/// </summary>
internal sealed class Pattern
{
    private const int Longest = 4096;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    private readonly PathPattern? path;
    private readonly Regex? regex;
    private readonly IReadOnlyList<string> names;

    private Pattern(PathPattern? path, Regex? regex, IReadOnlyList<string> names) => (this.path, this.regex, this.names) = (path, regex, names);

    /// <summary>Whether it is a regular expression that is dear to prepare and to keep.</summary>
    public bool IsLarge => regex is { Options: var options } && options.HasFlag(RegexOptions.NonBacktracking);

    /// <summary>How many times a text is gone through to match it.</summary>
    public int Pieces => path?.Pieces ?? 1;

    public static Reading<Pattern> Read(Dialect dialect, string text)
    {
        if (text.Length > Longest)
        {
            return Reading<Pattern>.Refused($"A pattern is longer than {Longest} characters.");
        }

        if (dialect is Dialect.Colon or Dialect.Braces && PathPattern.Find(text, dialect) is { } path)
        {
            return new Pattern(path, null, []);
        }

        var names = new List<string>();
        var regex = dialect switch
        {
            Dialect.Regex => GoRegex.Translate(text),
            Dialect.Glob => Glob.Translate(text),
            _ => GoRegex.Translate(KeyPatterns.ToRegex(text, dialect, names)),
        };
        return regex.IsRefused(out var refusal, out var source)
            ? Reading<Pattern>.Refused($"The pattern {Shown.Short(text)} is not supported: {refusal}.")
            : Compile(text, source, names);
    }

    public Value Matches(string text)
    {
        try
        {
            return path is not null ? Value.Of(path.Matches(text)) : names.Count > 0 ? MatchesNames(text) : Value.Of(regex!.IsMatch(text));
        }
        catch (RegexMatchTimeoutException)
        {
            return Value.Refused("A regular expression took too long to match.");
        }
    }

    private Value MatchesNames(string text)
    {
        var match = regex!.Match(text);
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < names.Count && match.Success; i++)
        {
            var value = match.Groups[i + 1].Value;
            if (!values.TryAdd(names[i], value) && values[names[i]] != value)
            {
                return Value.False;
            }
        }

        return Value.Of(match.Success);
    }

    private static Reading<Pattern> Compile(string text, string source, List<string> names)
    {
        try
        {
            var regex = new Regex(source, (Effort.IsSmall(source) ? RegexOptions.None : RegexOptions.NonBacktracking) | RegexOptions.CultureInvariant, Patience);
            return names.Count > 0 && regex.GetGroupNumbers().Length != names.Count + 1
                ? Reading<Pattern>.Refused($"The pattern {Shown.Short(text)} is not supported: it has groups of its own beside its names.")
                : new Pattern(null, regex, names);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return Reading<Pattern>.Refused($"The pattern {Shown.Short(text)} is no regular expression that is supported.");
        }
    }
}
