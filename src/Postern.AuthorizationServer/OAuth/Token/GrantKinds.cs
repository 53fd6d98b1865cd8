namespace Postern.AuthorizationServer.OAuth.Token;

/// <summary>Every grant of the token endpoint. Dependency injection, metadata, client registration, statistics and the API document walk this list.</summary>
public static class GrantKinds
{
    /// <summary>In the order of <c>grant_types_supported</c>.</summary>
    public static IReadOnlyList<GrantKind> All { get; } =
    [
        AuthorizationCodeGrant.Kind,
        RefreshTokenGrant.Kind,
        ClientCredentialsGrant.Kind,
        DeviceCodeGrant.Kind,
        TokenExchangeGrant.Kind,
        JwtBearerGrant.Kind,
        WeChatMiniProgramGrant.Kind,
        PasswordGrant.Kind,
    ];

    public static GrantKind? Find(string type) => All.FirstOrDefault(kind => kind.Type == type);
}
