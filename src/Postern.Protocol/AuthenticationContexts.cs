namespace Postern.Protocol;

/// <summary>Classes of sign-in: the values of <c>acr</c> (OpenID Connect Core §2).</summary>
public static class AuthenticationContexts
{
    /// <summary>The user's password, on a page of ours or at the token endpoint.</summary>
    public const string Password = "urn:postern:acr:password";

    /// <summary>A code of <c>wx.login()</c>, which WeChat vouches for.</summary>
    public const string WeChatMiniProgram = "urn:postern:acr:wechat-miniprogram";

    public static readonly IReadOnlyList<string> Supported = [Password, WeChatMiniProgram];

    /// <summary>What the pages of the authorization endpoint can do.</summary>
    public static readonly IReadOnlyList<string> OfPages = [Password];

    /// <summary>Of a grant, by its type and its methods (RFC 8176); empty where there is nothing to say.</summary>
    public static string Of(string grantType, string amr) =>
        grantType == GrantTypes.WeChatMiniProgram ? WeChatMiniProgram
        : Scopes.Contains(amr, "pwd") ? Password
        : "";
}
