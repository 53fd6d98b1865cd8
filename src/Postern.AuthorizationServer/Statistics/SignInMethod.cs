using Postern.AuthorizationServer.Http;
using Postern.Directory.Statistics;
using Postern.Protocol;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.Statistics;

/// <summary>Ways in, as they are counted.</summary>
internal static class SignInMethod
{
    private static readonly Dictionary<string, string> Grants = new(StringComparer.Ordinal)
    {
        [GrantTypes.WeChatMiniProgram] = "mini_program",
        [GrantTypes.Password] = "password_grant",
        [GrantTypes.DeviceCode] = "device",
        [GrantTypes.TokenExchange] = "token_exchange",
        [GrantTypes.JwtBearer] = "jwt_bearer",
    };

    // What begins no sign-in and yet gives tokens.
    private static readonly Dictionary<string, string> Others = new(StringComparer.Ordinal)
    {
        [GrantTypes.AuthorizationCode] = "authorization_code",
        [GrantTypes.RefreshToken] = "refresh_token",
        [GrantTypes.ClientCredentials] = "client_credentials",
    };

    public static string Of(string grantType) => Grants[grantType];

    /// <summary>The method of a password sign-in that no grant counts, or null.</summary>
    public static string? OfPath(string path) => path == Paths.SignIn ? "page" : path == Paths.Token ? null : "api";

    /// <summary>What the token endpoint answered: the token, and the sign-in where the grant is one.</summary>
    public static void Count(StatisticsCounter tally, string organizationId, string grantType, OAuthError? refusal)
    {
        var door = Grants.GetValueOrDefault(grantType);
        if (refusal is null)
        {
            tally.Count(Measures.Tokens, organizationId, door ?? Others.GetValueOrDefault(grantType, "other"));
        }

        // A device that waits for its user has not been refused (RFC 8628 §3.5).
        if (door is not null && refusal?.Code is not ("authorization_pending" or "slow_down"))
        {
            tally.Count(refusal is null ? Measures.SignIns : Measures.Failures, organizationId, refusal is null ? door : refusal.Cause ?? refusal.Code);
        }
    }
}
