namespace Postern.WeChat;

public sealed record WeChatClientOptions
{
    public Uri Endpoint { get; init; } = new("https://api.weixin.qq.com");

    /// <summary>For the whole answer, tries included; at most 8 seconds: a Mini Program's user waits for it.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(8);
}
