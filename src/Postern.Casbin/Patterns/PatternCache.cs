using System.Collections.Concurrent;
using Postern.Casbin.Expressions;

namespace Postern.Casbin.Patterns;

/// <summary>Patterns in the form that is matched, because a request meets the same ones with every policy.</summary>
internal sealed class PatternCache
{
    /// <summary>A request may bring patterns of its own; those of policies are soon here again.</summary>
    private const int Most = 20_000;

    private readonly ConcurrentDictionary<(Dialect, string), Reading<Pattern>> patterns = [];

    public Value Matches(Dialect dialect, string text, string pattern)
    {
        if (!patterns.TryGetValue((dialect, pattern), out var known))
        {
            known = Pattern.Read(dialect, pattern);
            if (patterns.Count >= Most)
            {
                patterns.Clear();
            }

            patterns[(dialect, pattern)] = known;
        }

        return known.IsRefused(out var refusal, out var read) ? Value.Refused(refusal) : read.Matches(text);
    }
}
