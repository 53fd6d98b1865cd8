using System.Collections.Concurrent;

namespace Postern.WeChat.Sandbox.Platform;

/// <summary>Tokens of <c>stable_token</c>: the same one until five minutes before its end, as WeChat documents it.</summary>
internal sealed class StableTokens(SandboxClock clock)
{
    public const int ForcedPerDay = 20;
    public static readonly TimeSpan BetweenForced = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, State> _byApp = new(StringComparer.Ordinal);

    public (string Text, int ExpiresIn) Give(string appId, bool force)
    {
        var state = _byApp.GetOrAdd(appId, static _ => new State());
        lock (state)
        {
            var now = clock.Now;
            if (force && state.MayForce(now))
            {
                state.Before = state.Current?.VoidFrom(now);
                state.Current = null;
            }

            if (state.Current is null || state.Current.End - now < AccessTokens.Overlap)
            {
                state.Before = state.Current ?? state.Before;
                state.Current = new Token(AccessTokens.NewText(), now + AccessTokens.Life, now + AccessTokens.Life);
            }

            return (state.Current.Text, (int)(state.Current.End - now).TotalSeconds);
        }
    }

    public int Verdict(string appId, string text)
    {
        if (!_byApp.TryGetValue(appId, out var state))
        {
            return 40001;
        }

        lock (state)
        {
            var token = state.Current?.Text == text ? state.Current : state.Before?.Text == text ? state.Before : null;
            return token?.VerdictAt(clock.Now) ?? 40001;
        }
    }

    private sealed class State
    {
        private DateTimeOffset _lastForced = DateTimeOffset.MinValue;
        private DateTime _day;
        private int _forcedToday;

        public Token? Current { get; set; }

        public Token? Before { get; set; }

        public bool MayForce(DateTimeOffset now)
        {
            // WeChat's day is Beijing's.
            var day = now.ToOffset(TimeSpan.FromHours(8)).Date;
            if (day != _day)
            {
                (_day, _forcedToday) = (day, 0);
            }

            if (_forcedToday >= ForcedPerDay || now - _lastForced < BetweenForced)
            {
                return false;
            }

            _forcedToday++;
            _lastForced = now;
            return true;
        }
    }
}
