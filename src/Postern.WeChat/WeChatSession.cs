namespace Postern.WeChat;

/// <summary>What code2Session answers. <see cref="UnionId"/> is null while the app is bound to no Open Platform account.</summary>
public sealed record WeChatSession(string OpenId, string? UnionId, string SessionKey)
{
    // The session key is a secret and the openid names a person: neither is for a log.
    public override string ToString() => nameof(WeChatSession);
}
