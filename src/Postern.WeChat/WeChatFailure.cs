namespace Postern.WeChat;

/// <summary>Who must act on a failure.</summary>
public enum WeChatFailureKind
{
    /// <summary>The user: the code is wrong, expired or used; call <c>wx.login</c> again.</summary>
    CodeRefused,

    /// <summary>Nobody: WeChat refuses this person's sign-in.</summary>
    RiskyUser,

    /// <summary>Time: WeChat is busy, limited, unreachable, or answers nonsense.</summary>
    Busy,

    /// <summary>An operator: appid, secret, whitelist, permissions.</summary>
    Misconfigured,
}

/// <param name="Kind">Who must act.</param>
/// <param name="ErrCode">WeChat's number; 0 where WeChat gave none.</param>
/// <param name="Reason">Our words for a log: no secret, code or URL.</param>
/// <param name="RetryAfter">When a new try makes sense, where that is known.</param>
public sealed record WeChatFailure(WeChatFailureKind Kind, int ErrCode, string Reason, TimeSpan? RetryAfter = null);

/// <summary>A value or a failure.</summary>
public readonly struct WeChatResult<T>
{
    private readonly T? value;
    private readonly WeChatFailure? failure;

    private WeChatResult(T? value, WeChatFailure? failure) => (this.value, this.failure) = (value, failure);

    public bool Succeeded => failure is null;

    public T Value => failure is null ? value! : throw new InvalidOperationException("A failure has no value.");

    public WeChatFailure Failure => failure ?? throw new InvalidOperationException("A success has no failure.");

    public static implicit operator WeChatResult<T>(T value) => new(value, null);

    public static implicit operator WeChatResult<T>(WeChatFailure failure) => new(default, failure);
}
