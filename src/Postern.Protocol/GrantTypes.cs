namespace Postern.Protocol;

/// <summary>The kinds of token request.</summary>
public static class GrantTypes
{
    public const string AuthorizationCode = "authorization_code";
    public const string RefreshToken = "refresh_token";

    /// <summary>Ours, an absolute URI as RFC 6749 §4.5 asks of extension grants.</summary>
    public const string WeChatMiniProgram = "urn:postern:params:oauth:grant-type:wechat-miniprogram";
}
