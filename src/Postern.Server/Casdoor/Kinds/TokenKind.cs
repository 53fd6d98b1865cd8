using Postern.Server.Casdoor.Objects;

namespace Postern.Server.Casdoor.Kinds;

/// <summary>
/// Token (contract 4.6) as a client writes one down: it stands in <c>objects</c>, where no token is ever looked up, so it opens
/// nothing. The tokens that do are rows of another table (<see cref="Rows.TokenRows"/>).
/// </summary>
internal static class TokenKind
{
    public static readonly ObjectKind Kind = ObjectKind.Shared("token", "tokens", "Token",
            """
            owner S, name S, createdTime S, application S, organization S, user S, code S, accessToken S, refreshToken S,
            accessTokenHash S, refreshTokenHash S, expiresIn I, scope S, tokenType S, grantType S, codeChallenge S,
            codeIsUsed B, codeExpireIn I, resource S, dPoPJkt S
            """) with
    {
        FixedOwner = "admin",
        // A token of another server would be a secret in clear here, and is good for nothing.
        NeverStored = new HashSet<string> { "code", "accessToken", "refreshToken", "accessTokenHash", "refreshTokenHash", "codeChallenge" },
    };
}
