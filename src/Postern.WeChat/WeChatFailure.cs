namespace Postern.WeChat;

/// <summary>Why WeChat did not give what was asked for, in the four ways that a caller can act upon.</summary>
public enum WeChatFailureKind
{
    /// <summary>The code is spent, expired, or another app's: call <c>wx.login</c> again.</summary>
    CodeRefused,

    /// <summary>WeChat blocks the sign-in of this user.</summary>
    RiskyUser,

    /// <summary>No usable answer, or a limit was reached: later with a fresh code.</summary>
    Busy,

    /// <summary>An operator must mend something; <see cref="WeChatErrors"/> says what.</summary>
    Misconfigured,
}

/// <param name="Kind">What the caller can do about it.</param>
/// <param name="ErrCode">WeChat's number; 0 when there was no answer to take one from.</param>
/// <param name="Reason">Our own words, for logs: never a secret, a code, an openid or an address. May end in WeChat's <c>rid</c>.</param>
/// <param name="RetryAfter">Set when <paramref name="Kind"/> is <see cref="WeChatFailureKind.Busy"/>.</param>
public sealed record WeChatFailure(WeChatFailureKind Kind, int ErrCode, string Reason, TimeSpan? RetryAfter)
{
    /// <summary>Of <see cref="WeChatErrors.AddressNotListed"/>: this server's address as WeChat saw it.</summary>
    public string? RefusedAddress { get; init; }
}
