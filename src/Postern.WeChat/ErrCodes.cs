namespace Postern.WeChat;

/// <summary>WeChat's numbers, sorted by who must act on them.</summary>
public static class ErrCodes
{
    public const int Busy = -1;
    public const int CodeUsed = 40163;

    // Minutes and seconds count from WeChat's clock, days from midnight in China: these are good first guesses.
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan NextMinute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan NextSecond = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan NextHour = TimeSpan.FromHours(1);

    public static WeChatFailure FailureOf(int errCode, string? rid)
    {
        var reason = rid is null ? $"WeChat answered {errCode}" : $"WeChat answered {errCode}, rid {rid}";
        return errCode switch
        {
            40029 or CodeUsed or 41008 => new(WeChatFailureKind.CodeRefused, errCode, reason),
            40226 => new(WeChatFailureKind.RiskyUser, errCode, reason),
            Busy => new(WeChatFailureKind.Busy, errCode, reason, Moment),
            45011 => new(WeChatFailureKind.Busy, errCode, reason, NextMinute),
            44990 => new(WeChatFailureKind.Busy, errCode, reason, NextSecond),
            45009 => new(WeChatFailureKind.Busy, errCode, reason, NextHour),
            // Setup, and calls that WeChat calls malformed: time mends neither, an operator must look.
            40001 or 40002 or 40013 or 40125 or 40164 or 40243 or 41002 or 41004 or 43001 or 43002 or 43003 or 43104 or 44002 or 47001
                or 48001 or 48004 or 50002 or 50004 or 50007 or 89503 or 89506 or 89507 => new(WeChatFailureKind.Misconfigured, errCode, reason),
            // An unknown number tells nothing of the settings; telling an operator to mend them would mislead.
            _ => new(WeChatFailureKind.Busy, errCode, reason, Moment),
        };
    }
}
