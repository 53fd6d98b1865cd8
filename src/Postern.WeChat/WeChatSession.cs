namespace Postern.WeChat;

/// <summary>What a code is exchanged for. <paramref name="SessionKey"/> is WeChat's per-sign-in secret: it stays on the server.</summary>
public sealed record WeChatSession(string OpenId, string? UnionId, string SessionKey)
{
    public override string ToString() => nameof(WeChatSession);
}
