using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Postern.AuthorizationServer.SignIn.Gate;
using Postern.AuthorizationServer.TokenFormats;
using Postern.Directory.Certificates;
using Postern.Directory.Objects;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.OAuth.Token;

/// <summary>What to issue.</summary>
/// <param name="Admission">The user and the application; it proves that the sign-in gate admits this user.</param>
/// <param name="Grant">The grant; it says which API and which key the tokens are for.</param>
/// <param name="Scope">The scope of the tokens, within the grant's scope.</param>
public sealed record TokenDescriptor(Admission Admission, Grant Grant, string Scope)
{
    /// <summary>Null where nothing can be refreshed.</summary>
    public RefreshTokenText? Refresh { get; init; }

    public bool WithIdToken { get; init; } = true;

    /// <summary>Whether the answer holds the access token beside the id_token.</summary>
    public bool WithAccessToken { get; init; } = true;

    /// <summary>Of the authorization request; in the answer to the code only.</summary>
    public string Nonce { get; init; } = "";

    /// <summary>The claims that the grant's request asked for by name; a token of a narrower scope tells none of them.</summary>
    public ClaimsRequest Asked => Scopes.AreSame(Scope, Grant.Scope) ? ClaimsRequest.OfKept(Grant.Claims) : ClaimsRequest.None;
}

/// <summary>Signed tokens and the rows behind them, which are still to be written.</summary>
public sealed record TokenSet(TokenAnswer Answer, Postern.Storage.Tables.Token Row, RefreshToken? Refresh)
{
    public IEnumerable<Statement> Adding() =>
        Refresh is null ? [Tokens.Adding(Row)] : [Tokens.Adding(Row), RefreshTokens.Adding(Refresh)];
}

/// <summary>Builds claims and signs. It runs before the write: nothing is signed inside a write function.</summary>
public sealed class TokenIssuer(SigningKeys keys, Database database, AuthorizationServerOptions options, TimeProvider clock)
{
    private const long MillisecondsADay = 86_400_000;
    private static readonly JsonWebTokenHandler Jwt = new() { SetDefaultTimesOnTokenCreation = false };

    /// <summary>RFC 9068 §2.1: an access token cannot be taken for an id_token, whatever its format.</summary>
    private static readonly Dictionary<string, object> AccessTokenHeader = new() { ["typ"] = "at+jwt" };

    public async Task<TokenSet> IssueAsync(TokenDescriptor order, CancellationToken cancel)
    {
        var (application, user, grant) = (order.Admission.Application, order.Admission.User, order.Grant);
        var key = await keys.ForAsync(application, cancel);
        var asked = order.Asked;
        if (TokenClaims.TellHoldings(application, order.Scope)
            || (order.WithIdToken && TokenClaims.IdentityTellsHoldings(application, order.Scope, asked.IdToken)))
        {
            user.Holdings ??= await database.ReadAsync(c => EffectiveRolesReader.OfAsync(c, user), cancel);
        }

        var now = clock.GetUtcNow();
        var claims = Claims(application, user.Id, order.Scope, grant.Resource, grant.Jkt, now) with { SessionId = grant.Id };
        var access = Sign(application, user, claims, key);
        var identity = !order.WithIdToken || (application.Profile.NeedsOpenIdForIdToken && !Scopes.Contains(order.Scope, Scopes.OpenId)) ? null : Jwt.CreateToken(
            TokenClaims.WriteIdentity(application, user, claims with
            {
                Audience = application.ClientId,
                TokenType = "id-token",
                Jti = "admin/" + Guid.CreateVersion7(now),
                Jkt = "",
                AccessTokenHash = order.WithAccessToken ? HalfHash(access, key.Algorithm) : null,
                AuthTime = DateTimeOffset.FromUnixTimeMilliseconds(grant.AuthTime),
                Nonce = order.Nonce,
                Amr = grant.Amr,
                Acr = AuthenticationContexts.Of(grant.GrantType, grant.Amr),
            }, asked.IdToken),
            key);
        return new TokenSet(
            Answer(access, claims) with { IdToken = identity, RefreshToken = order.Refresh?.Text },
            Row(application, user, claims, grant.GrantType, OpenedApi.Of(options, application, grant, order.Scope)) with
            {
                GrantId = grant.Id,
                Claims = string.Join(' ', asked.UserInfo),
            },
            order.Refresh is not { } refresh ? null : new RefreshToken
            {
                Id = refresh.Id,
                GrantId = grant.Id,
                Hash = refresh.Hash,
                CreatedTime = now.ToUnixTimeMilliseconds(),
                ExpiresTime = RefreshExpiry(application, grant.CreatedTime, now),
            });
    }

    /// <summary>An application's own token: no user, no grant, nothing to refresh.</summary>
    public async Task<TokenSet> IssueToApplicationAsync(Application application, string scope, string resource, string jkt, CancellationToken cancel)
    {
        var key = await keys.ForAsync(application, cancel);
        var itself = new User
        {
            Id = "admin/" + application.Name,
            Owner = "admin",
            Name = application.Name,
            CreatedTime = 0,
            UpdatedTime = 0,
            Type = "application",
            DisplayName = application.DisplayName,
            Avatar = "",
            SignupApplication = "",
        };
        var claims = Claims(application, itself.Id, scope, resource, jkt, clock.GetUtcNow());
        return new TokenSet(
            Answer(Sign(application, itself, claims, key), claims),
            Row(application, itself, claims, GrantTypes.ClientCredentials, OpenedApi.Of(options, application, resource, scope, isChosen: false)) with { UserId = "", OrganizationId = application.OrganizationId },
            null);
    }

    /// <summary>When a grant ends unless it is refreshed after now, Unix milliseconds: each use puts it off, but not beyond the grant's own end.</summary>
    public long RefreshExpiry(Application application, long grantCreated, DateTimeOffset now) =>
        Math.Min((now + TokenLifetimes.Refresh(application.RefreshExpireInHours)).ToUnixTimeMilliseconds(), EndOf(grantCreated));

    /// <summary>The time after which a grant can no longer be refreshed, independent of earlier refreshes (ASVS 5.0, 10.4.8).</summary>
    public long EndOf(long grantCreated) =>
        options.RefreshTokenMaxDays == 0 ? long.MaxValue : grantCreated + (options.RefreshTokenMaxDays * MillisecondsADay);

    private RegisteredClaims Claims(Application application, string subject, string scope, string resource, string jkt, DateTimeOffset now) => new()
    {
        Issuer = options.Origin,
        Subject = subject,
        Audience = resource.Length > 0 ? resource : application.ClientId,
        AuthorizedParty = application.ClientId,
        IssuedAt = now,
        ValidFrom = now - TimeSpan.FromSeconds(options.TokenClockSkewSeconds),
        Expires = now + TokenLifetimes.Access(application.ExpireInHours),
        Jti = "admin/" + Guid.CreateVersion7(now),
        TokenType = "access-token",
        Scope = scope,
        Jkt = jkt,
    };

    private static string Sign(Application application, User user, RegisteredClaims claims, Microsoft.IdentityModel.Tokens.SigningCredentials key)
    {
        var payload = TokenClaims.WriteAccess(application, user, claims);
        return application.HasCasdoorsHeader ? Jwt.CreateToken(payload, key) : Jwt.CreateToken(payload, key, AccessTokenHeader);
    }

    private static TokenAnswer Answer(string access, RegisteredClaims claims) => new()
    {
        AccessToken = access,
        TokenType = claims.Jkt.Length > 0 ? "DPoP" : "Bearer",
        ExpiresIn = (long)(claims.Expires - claims.IssuedAt).TotalSeconds,
        Scope = claims.Scope,
    };

    private static Postern.Storage.Tables.Token Row(Application application, User user, RegisteredClaims claims, string grantType, Opens opens) => new()
    {
        Id = claims.Jti["admin/".Length..],
        GrantId = "",
        OrganizationId = user.OrganizationId,
        ApplicationId = application.Id,
        UserId = user.Id,
        UserName = user.Name,
        GrantType = grantType,
        Scope = claims.Scope,
        CreatedTime = claims.IssuedAt.ToUnixTimeMilliseconds(),
        ExpiresTime = claims.Expires.ToUnixTimeMilliseconds(),
        Opens = opens,
    };

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
