using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Postern.Protocol;
using Postern.Server.Casdoor.Tokens;
using Postern.Server.Data;
using Postern.Server.Hosting;

namespace Postern.Server.OAuth.Token;

/// <summary>Signed tokens and the rows behind them, which are still to be written.</summary>
public sealed record IssuedTokens(TokenAnswer Answer, Data.Token Row, RefreshToken Refresh);

/// <summary>Builds claims and signs. It runs before the write: nothing is signed inside a write function.</summary>
public sealed class TokenIssuer(SigningKeys keys, PosternOptions options, TimeProvider clock)
{
    private static readonly JsonWebTokenHandler Jwt = new() { SetDefaultTimesOnTokenCreation = false };

    public Grant NewGrant(Application application, User user, string grantType, bool withSecret, string? codeHash = null, string? codeAddress = null)
    {
        var now = clock.GetUtcNow();
        return new Grant
        {
            Id = Guid.CreateVersion7(now).ToString(),
            Organization = user.Owner,
            UserId = user.Id,
            ClientId = application.ClientId,
            GrantType = grantType,
            Scope = "",
            WithSecret = withSecret,
            AuthTime = now.ToUnixTimeMilliseconds(),
            CreatedTime = now.ToUnixTimeMilliseconds(),
            ExpiresTime = RefreshExpiry(application, now),
            CodeHash = codeHash,
            CodeAddress = codeAddress,
        };
    }

    public async Task<IssuedTokens> IssueAsync(
        Application application, User user, Grant grant, RefreshTokenText refresh, string scope, CancellationToken cancel)
    {
        var key = await keys.ForAsync(application, cancel);
        var now = clock.GetUtcNow();
        var lifetime = TokenLifetimes.Access(application.ExpireInHours);
        var name = Guid.CreateVersion7(now).ToString();
        var claims = new RegisteredClaims
        {
            Issuer = options.Origin,
            Subject = user.Id,
            Audience = application.ClientId,
            AuthorizedParty = application.ClientId,
            IssuedAt = now,
            Expires = now + lifetime,
            Jti = "admin/" + name,
            TokenType = "access-token",
            Scope = scope,
            SessionId = grant.Id,
        };
        var access = Jwt.CreateToken(TokenClaims.Write(application, user, claims), key);
        var identity = Jwt.CreateToken(
            TokenClaims.Write(application, user, claims with
            {
                TokenType = "id-token",
                Jti = "admin/" + Guid.CreateVersion7(now),
                AccessTokenHash = HalfHash(access, key.Algorithm),
                AuthTime = DateTimeOffset.FromUnixTimeMilliseconds(grant.AuthTime),
            }),
            key);
        return new IssuedTokens(
            new TokenAnswer { AccessToken = access, IdToken = identity, RefreshToken = refresh.Text, ExpiresIn = (long)lifetime.TotalSeconds, Scope = scope },
            new Data.Token
            {
                Id = name,
                GrantId = grant.Id,
                Organization = user.Owner,
                Application = application.Name,
                UserId = user.Id,
                UserName = user.Name,
                GrantType = grant.GrantType,
                Scope = scope,
                CreatedTime = now.ToUnixTimeMilliseconds(),
                ExpiresTime = (now + lifetime).ToUnixTimeMilliseconds(),
            },
            new RefreshToken
            {
                Id = refresh.Id,
                GrantId = grant.Id,
                Hash = refresh.Hash,
                CreatedTime = now.ToUnixTimeMilliseconds(),
                ExpiresTime = RefreshExpiry(application, now),
            });
    }

    private static long RefreshExpiry(Application application, DateTimeOffset now) =>
        (now + TokenLifetimes.Refresh(application.RefreshExpireInHours)).ToUnixTimeMilliseconds();

    /// <summary>at_hash: the left half of the hash of the signing algorithm (OpenID Connect Core §3.1.3.6).</summary>
    private static string HalfHash(string token, string algorithm)
    {
        var bytes = Encoding.ASCII.GetBytes(token);
        var hash = algorithm[^3..] switch
        {
            "512" => SHA512.HashData(bytes),
            "384" => SHA384.HashData(bytes),
            _ => SHA256.HashData(bytes),
        };
        return Base64Url.EncodeToString(hash.AsSpan(0, hash.Length / 2));
    }
}
