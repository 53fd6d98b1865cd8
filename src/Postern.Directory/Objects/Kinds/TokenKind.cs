namespace Postern.Directory.Objects.Kinds;

/// <summary>
/// Token as a client writes one down: it stands in <c>objects</c>, where no token is ever looked up, so it opens
/// nothing. The tokens that do are rows of another table (<c>TokenRows</c>).
/// </summary>
public static class TokenKind
{
    public static readonly ObjectKind Kind = ObjectKind.Shared("token", "tokens", "Token",
            """
            owner N, name N, createdTime S, application S, organization N, user S, code S, accessToken T, refreshToken T, accessTokenHash S,
            refreshTokenHash S, expiresIn I(0..3155760000), scope S(8000), tokenType S, grantType S, codeChallenge S, codeIsUsed B,
            codeExpireIn I, resource L, dPoPJkt S
            """) with
    {
        FixedOwner = "admin",
        // A token of another server would be a secret in clear here, and is good for nothing.
        NeverStored = new HashSet<string> { "code", "accessToken", "refreshToken", "accessTokenHash", "refreshTokenHash", "codeChallenge" },
    };
}
