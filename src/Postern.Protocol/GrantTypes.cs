namespace Postern.Protocol;

/// <summary>The kinds of token request.</summary>
public static class GrantTypes
{
    public const string AuthorizationCode = "authorization_code";
    public const string RefreshToken = "refresh_token";
    public const string ClientCredentials = "client_credentials";

    /// <summary>RFC 8628.</summary>
    public const string DeviceCode = "urn:ietf:params:oauth:grant-type:device_code";

    /// <summary>RFC 8693.</summary>
    public const string TokenExchange = "urn:ietf:params:oauth:grant-type:token-exchange";

    /// <summary>RFC 7523 §2.1.</summary>
    public const string JwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";

    /// <summary>Legacy: OAuth 2.1 has it no more. It exists for applications that list it.</summary>
    public const string Password = "password";

    /// <summary>Legacy: OAuth 2.1 has it no more. Applications list <see cref="Token"/> or <see cref="IdToken"/>.</summary>
    public const string Implicit = "implicit";

    /// <summary>How an application lists the implicit grant of an access token.</summary>
    public const string Token = "token";

    /// <summary>How an application lists the implicit grant of an id_token.</summary>
    public const string IdToken = "id_token";

    /// <summary>Ours, an absolute URI as RFC 6749 §4.5 asks of extension grants.</summary>
    public const string WeChatMiniProgram = "urn:postern:params:oauth:grant-type:wechat-miniprogram";
}
