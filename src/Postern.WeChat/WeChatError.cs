namespace Postern.WeChat;

/// <summary>What an administrator reads, in both languages.</summary>
public sealed record WeChatText(string English, string Chinese);

/// <summary>One of WeChat's error codes.</summary>
/// <param name="Number">WeChat's <c>errcode</c>; 0 = there was no answer to take one from.</param>
/// <param name="Name">The beginning of WeChat's <c>errmsg</c>; empty for a code without a row.</param>
/// <param name="Kind">Whether the user, an operator or time ends it. The OAuth error follows from it.</param>
/// <param name="Meaning">What happened.</param>
public sealed record WeChatError(int Number, string Name, WeChatFailureKind Kind, WeChatText Meaning)
{
    /// <summary>What an operator must change, and where. Set if <see cref="Kind"/> is <see cref="WeChatFailureKind.Misconfigured"/>.</summary>
    public WeChatText? Remedy { get; init; }

    /// <summary>The most useful sentence for an administrator.</summary>
    public WeChatText Advice => Remedy ?? Meaning;

    /// <summary>When a limit ends; null = in a few seconds.</summary>
    internal Func<DateTimeOffset, TimeSpan>? RetryAfter { get; init; }
}
