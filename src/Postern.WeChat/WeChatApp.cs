namespace Postern.WeChat;

/// <summary>A Mini Program's credentials. Its text never shows the secret.</summary>
public sealed record WeChatApp(string AppId, string AppSecret)
{
    public override string ToString() => AppId;
}
