namespace Postern.Casbin.Patterns;

/// <summary>
/// How much a regular expression may cost. The engine that cannot backtrack needs hundreds of kilobytes for each, which ten
/// thousand policies must not have; the other one needs little, and is fast where there is little to try.
/// </summary>
internal static class Effort
{
    private const int MostLoops = 8;
    private const long MostWays = 4096;

    /// <summary>Whether no group is repeated, and loops and alternatives leave few ways to try. The text is what .NET is given.</summary>
    public static bool IsSmall(string regex)
    {
        var alternatives = new Stack<long>([1]);
        var (loops, ways, afterGroup) = (0, 1L, false);
        for (var i = 0; i < regex.Length; i++)
        {
            var c = regex[i];
            if (c is '*' or '+' or '{' && (afterGroup || ++loops > MostLoops))
            {
                return false;
            }

            switch (c)
            {
                case '\\':
                    i++;
                    break;
                case '[':
                    i = EndOfClass(regex, i);
                    break;
                case '(':
                    alternatives.Push(1);
                    i += i + 1 < regex.Length && regex[i + 1] == '?' ? 1 : 0;
                    break;
                case '|':
                    alternatives.Push(alternatives.Pop() + 1);
                    break;
                case ')' when alternatives.Count > 1:
                    ways *= alternatives.Pop();
                    break;
                case '?':
                    ways *= 2;
                    break;
            }

            if (ways > MostWays)
            {
                return false;
            }

            afterGroup = c == ')';
        }

        return ways * alternatives.Peek() <= MostWays;
    }

    private static int EndOfClass(string regex, int start)
    {
        var i = start + 1;
        while (i < regex.Length && regex[i] != ']')
        {
            i += regex[i] == '\\' ? 2 : 1;
        }

        return i;
    }
}
