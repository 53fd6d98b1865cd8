namespace Postern.WeChat;

/// <summary>The credentials of one Mini Program at WeChat.</summary>
public sealed record WeChatApp(string AppId, string AppSecret)
{
    // A record prints every member; this one would print the secret into somebody's log.
    public override string ToString() => $"{nameof(WeChatApp)} {AppId}";
}
