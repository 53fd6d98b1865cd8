using System.Collections.Concurrent;
using Postern.Casbin.Patterns;

namespace Postern.Casbin.Expressions;

/// <summary>Patterns in the form that is matched, because a request meets the same ones with every policy.</summary>
internal sealed class PatternCache
{
    /// <summary>A request may bring patterns of its own; those of policies are soon here again.</summary>
    private const int MostSmall = 20_000;

    /// <summary>Each of these takes milliseconds to prepare and hundreds of kilobytes to keep.</summary>
    private const int MostLarge = 100;

    private const int StepsToPrepare = 1000;

    /// <summary>A pattern goes over a text many times faster than over policies.</summary>
    private const int CharactersOfStep = 8;

    private readonly ConcurrentDictionary<(Dialect, string), Reading<Pattern>> small = [];
    private readonly ConcurrentDictionary<(Dialect, string), Reading<Pattern>> large = [];

    public Value Matches(Scope scope, Dialect dialect, string text, string pattern)
    {
        var key = (dialect, pattern);
        if (!small.TryGetValue(key, out var known) && !large.TryGetValue(key, out known))
        {
            if ((scope.Allowance.Take(StepsToPrepare) ?? scope.Allowance.Look()) is { } spent)
            {
                return Value.Refused(spent);
            }

            known = Pattern.Read(dialect, pattern);
            var isLarge = !known.IsRefused(out _, out var made) && made.IsLarge;
            if (isLarge && ++scope.LargePatterns > MostLarge)
            {
                return Value.Refused($"The policies have more than {MostLarge} regular expressions with repeated groups.");
            }

            Keep(isLarge ? large : small, isLarge ? MostLarge : MostSmall, key, known);
        }

        return known.IsRefused(out var refusal, out var read) ? Value.Refused(refusal)
            : scope.Allowance.Take((long)read.Pieces * text.Length / CharactersOfStep) is { } tooMuch ? Value.Refused(tooMuch)
            : read.Matches(text);
    }

    private static void Keep(ConcurrentDictionary<(Dialect, string), Reading<Pattern>> patterns, int most, (Dialect, string) key, Reading<Pattern> pattern)
    {
        if (patterns.Count >= most)
        {
            patterns.Clear();
        }

        patterns[key] = pattern;
    }
}
