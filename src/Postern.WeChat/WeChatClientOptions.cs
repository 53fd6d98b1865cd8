namespace Postern.WeChat;

public sealed record WeChatClientOptions
{
    public static readonly TimeSpan LongestDeadline = TimeSpan.FromSeconds(8);

    public Uri Endpoint { get; init; } = new("https://api.weixin.qq.com");

    /// <summary>For the whole answer, body and second try included; at most <see cref="LongestDeadline"/>.</summary>
    public TimeSpan Deadline { get; init; } = LongestDeadline;

    /// <summary>The wait before the second try, jittered by half of it.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    public int LargestAnswer { get; init; } = 64 * 1024;

    /// <summary>So many calls of one appid in a row without a usable answer open its circuit.</summary>
    public int FailuresToOpen { get; init; } = 10;

    public TimeSpan OpenFor { get; init; } = TimeSpan.FromSeconds(5);

    internal void Check()
    {
        if (!Endpoint.IsAbsoluteUri || Endpoint.Scheme is not ("https" or "http"))
        {
            throw new ArgumentException("The endpoint must be an absolute http(s) address.", nameof(Endpoint));
        }

        if (Deadline <= TimeSpan.Zero || Deadline > LongestDeadline)
        {
            throw new ArgumentOutOfRangeException(nameof(Deadline), "The deadline must be above 0 and at most 8 seconds.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(RetryDelay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(LargestAnswer, 1024);
        ArgumentOutOfRangeException.ThrowIfLessThan(FailuresToOpen, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(OpenFor, TimeSpan.Zero);
    }
}
