namespace Postern.WeChat;

/// <summary>The one place where WeChat's error codes become ours (docs/design/errors.md).</summary>
internal static class ErrCodes
{
    public const int SystemBusy = -1;
    public const int CodeInvalid = 40029;
    public const int CodeMissing = 41008;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(3);

    public static WeChatFailureKind KindOf(int errCode) => Find(errCode) ?? WeChatFailureKind.Busy;

    public static bool IsKnown(int errCode) => Find(errCode) is not null;

    private static WeChatFailureKind? Find(int errCode) => errCode switch
    {
        CodeInvalid or 40163 or CodeMissing => WeChatFailureKind.CodeRefused,
        40226 => WeChatFailureKind.RiskyUser,
        SystemBusy or 45011 or 44990 or 45009 => WeChatFailureKind.Busy,
        40013 or 40125 or 40164 or 40243 or 41002 or 41004 or 48001 or 50002 or 89503 => WeChatFailureKind.Misconfigured,
        // The token routes say 40001 for a wrong secret; 48004, 50004 and 50007 are bans and freezes of the account.
        40001 or 48004 or 50004 or 50007 => WeChatFailureKind.Misconfigured,
        // Malformed requests: the same request would be refused for ever, so a phone must not be told to try again.
        40002 or 40097 or 43001 or 43002 or 43003 or 44002 or 47001 => WeChatFailureKind.Misconfigured,
        // WeChat adds limits and precautions without notice. "Later, with a fresh code" heals those and does no
        // harm for the rest; the number stands in the log for whoever must act on it.
        _ => null,
    };

    public static WeChatFailure ToFailure(int errCode, string rid, DateTimeOffset now)
    {
        var kind = KindOf(errCode);
        var what = kind switch
        {
            WeChatFailureKind.CodeRefused => "WeChat refused the code",
            WeChatFailureKind.RiskyUser => "WeChat blocks this user's sign-in",
            WeChatFailureKind.Misconfigured => "WeChat refused our request or credentials",
            _ when !IsKnown(errCode) => "WeChat refused with a number that we do not know",
            _ => "WeChat is busy or a limit is reached",
        };
        var reason = rid.Length == 0 ? $"{what} ({errCode})" : $"{what} ({errCode}), rid {rid}";
        return new WeChatFailure(kind, errCode, reason, kind == WeChatFailureKind.Busy ? RetryAfter(errCode, now) : null);
    }

    public static WeChatFailure NoAnswer(string reason) => new(WeChatFailureKind.Busy, 0, reason, Soon);

    private static TimeSpan RetryAfter(int errCode, DateTimeOffset now) => errCode switch
    {
        // A limit by the minute ends with the next minute.
        45011 => TimeSpan.FromSeconds(60 - now.Second),
        44990 => TimeSpan.FromSeconds(1),
        // A quota by the day; an hour is how soon an operator who cleared it is noticed.
        45009 => TimeSpan.FromHours(1),
        _ => Soon,
    };
}
