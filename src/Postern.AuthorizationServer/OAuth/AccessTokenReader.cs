using System.Text.Json;
using Dapper;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Postern.AuthorizationServer.Http.Inputs;
using Postern.Directory.Certificates;
using Postern.Protocol;
using Postern.Storage.Bounded;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.OAuth;

/// <summary>A valid access token: its row, its user (null for an application's own token), its application, its claims, and the access it gives here.</summary>
public sealed record AccessTokenOwner(Postern.Storage.Tables.Token Token, User? User, Application Application, JsonWebToken Jwt, Opens Opens)
{
    /// <summary>Thumbprint of the key that it is bound to (RFC 9449 §6.1); empty for a bearer.</summary>
    public string Jkt => AccessTokenReader.JktOf(Jwt);
}

/// <summary>A user's token that another client presents for an exchange (RFC 8693 §2.1).</summary>
public sealed record SubjectToken(User User, Grant Grant, string ClientId, IReadOnlyList<string> Audiences, string Scope, Opens Opens, string Jkt);

/// <summary>
/// Reads access tokens. A JWT is valid only with its row in the database, so sign-out, ban and revocation work at once. The row
/// is valid only with a JWT that this server signed, so an inserted row makes no token.
/// </summary>
public sealed class AccessTokenReader(Database database, AuthorizationServerOptions options, CacheBudget budget, TimeProvider clock)
{
    private const string JtiPrefix = "admin/";
    private static readonly JsonWebTokenHandler Jwt = new() { MapInboundClaims = false };
    // The size of a public key with its parsed form.
    private const long KeyBytes = 4 * 1024;
    private readonly BoundedCache<SecurityKey> keys = budget.Share<SecurityKey>(8, _ => KeyBytes);

    /// <summary>Null where the token is not ours, has ended, or its user may not sign in.</summary>
    public async Task<AccessTokenOwner?> ReadAsync(string jwt, CancellationToken cancel)
    {
        if (await VerifyAsync(jwt, mayBeExpired: false, cancel) is not (var token, var signer) || Text(token, "tokenType") != "access-token" || JtiOf(token) is not { } id)
        {
            return null;
        }

        return await database.ReadAsync(async connection =>
        {
            var row = await Tokens.FindGoodAsync(connection, id, clock.GetUtcNow().ToUnixTimeMilliseconds());
            var application = row is null ? null : await Applications.FindByIdAsync(connection, row.ApplicationId);
            if (row is null || application is null || !application.IsServed(options) || !MaySign(signer, application.VouchedBy))
            {
                return null;
            }

            // Both must permit it: the row, and the signed audience.
            var opens = token.Audiences.Any(a => OpenedApi.IsFor(options, application, a)) ? row.Opens : Opens.Nothing;
            if (row.UserId.Length == 0)
            {
                return new AccessTokenOwner(row, null, application, token, opens);
            }

            var user = await Users.FindByIdAsync(connection, row.UserId);
            return user is { IsForbidden: false, IsDeleted: false } ? new AccessTokenOwner(row, user, application, token, opens) : null;
        }, cancel);
    }

    /// <summary>A token of a signed-in user's grant: a valid access token, or an id_token whose grant is still valid.</summary>
    public async Task<SubjectToken?> ReadSubjectAsync(string jwt, bool isIdToken, CancellationToken cancel)
    {
        if (!isIdToken)
        {
            return await ReadAsync(jwt, cancel) is { User: { } owner } good
                && await database.ReadAsync(c => Grants.FindAsync(c, good.Token.GrantId), cancel) is { } own
                    ? new SubjectToken(owner, own, good.Application.ClientId, [.. good.Jwt.Audiences], good.Token.Scope, Exchangeable(good.Application, good.Opens), good.Jkt)
                    : null;
        }

        if (await VerifyAsync(jwt, mayBeExpired: false, cancel) is not (var token, var signer)
            || Text(token, "tokenType") != "id-token" || GrantIdOf(token) is not { } id)
        {
            return null;
        }

        return await database.ReadAsync(async connection =>
        {
            var grant = await Grants.FindAsync(connection, id);
            var application = grant is null ? null : await Applications.FindByIdAsync(connection, grant.ApplicationId);
            var user = grant is null ? null : await Users.FindByIdAsync(connection, grant.UserId);
            var scope = Text(token, "scope") ?? "";
            return grant is { EndedTime: null } && application is not null && application.IsServed(options) && MaySign(signer, application.VouchedBy)
                && user is { IsForbidden: false, IsDeleted: false }
                    ? new SubjectToken(user, grant, application.ClientId, [.. token.Audiences], scope, Exchangeable(application, OpenedApi.Of(options, application, grant, scope)), grant.Jkt)
                    : null;
        }, cancel);
    }

    /// <summary>
    /// The grant that an id_token of ours belongs to, also an expired one (RP-Initiated Logout §2), or an access token that
    /// opens all that its user may do: the holder of a narrower token was not given the sign-in, and a token that is bound to a key proves
    /// nothing without that key.
    /// </summary>
    public async Task<string?> ReadHintAsync(string jwt, CancellationToken cancel)
    {
        if (await VerifyAsync(jwt, mayBeExpired: true, cancel) is not (var token, var signer) || GrantIdOf(token) is not { } id)
        {
            return null;
        }

        var row = Text(token, "tokenType") == "id-token" ? "" : JtiOf(token);
        var (organization, opens) = await database.ReadAsync(connection => connection.QuerySingleOrDefaultAsync<(string?, Opens?)>(
            """
            select a.organization_id, t.opens from grants g join applications a on a.id = g.application_id left join tokens t on t.id = @row and t.grant_id = g.id
            where g.id = @id
            """, new { id, row }), cancel);
        return organization is not null && MaySign(signer, organization) && (row is "" || (opens is Opens.Everything && JktOf(token).Length == 0)) ? id : null;
    }

    /// <summary>What a client that registered itself was allowed opens no object, whichever client it is exchanged for.</summary>
    private static Opens Exchangeable(Application application, Opens opens) => application.IsSelfRegistered && opens > Opens.UserInfo ? Opens.UserInfo : opens;

    /// <summary>An organization's certificate vouches for its own applications alone: its administrators may know its private key.</summary>
    private static bool MaySign(Cert signer, string organizationId) => signer.IsFor(organizationId);

    private async Task<(JsonWebToken Token, Cert Signer)?> VerifyAsync(string jwt, bool mayBeExpired, CancellationToken cancel)
    {
        if (UnverifiedJwt.Read(jwt) is not { } unverified || await KeyAsync(unverified.Kid, cancel) is not (var key, var signer))
        {
            return null;
        }

        var result = await Jwt.ValidateTokenAsync(unverified, new TokenValidationParameters
        {
            ValidIssuer = options.Origin,
            // These endpoints serve every client of this server; the token's row in the database says which client it belongs to.
            ValidateAudience = false,
            IssuerSigningKey = key,
            ValidAlgorithms = SigningAlgorithms.OfTokens,
            ClockSkew = TimeSpan.Zero,
            ValidateLifetime = false,
        });
        return result.IsValid && (mayBeExpired || unverified.ValidTo > clock.GetUtcNow().UtcDateTime) ? (unverified, signer) : null;
    }

    private async ValueTask<(SecurityKey Key, Cert Signer)?> KeyAsync(string? kid, CancellationToken cancel)
    {
        if (string.IsNullOrEmpty(kid) || InputLimits.Exceeds(kid, InputLimits.Name) || kid.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        // The certificate is looked up each time, so that a deleted one verifies nothing; only its parsing is remembered.
        var cert = await database.ReadAsync(connection => Certs.FindAsync(connection, kid), cancel);
        if (cert is null || cert.Certificate.Length == 0)
        {
            return null;
        }

        var name = CacheKey.Of(kid, cert.Certificate);
        if (keys.TryGet(name, out var known))
        {
            return (known, cert);
        }

        var key = PublicKeys.Of(cert);
        if (key is not null)
        {
            keys.Set(name, key);
        }

        return key is null ? null : (key, cert);
    }

    internal static string JktOf(JsonWebToken token) =>
        token.TryGetPayloadValue<JsonElement>("cnf", out var cnf) && cnf.ValueKind == JsonValueKind.Object && cnf.TryGetProperty("jkt", out var jkt) ? jkt.GetString() ?? "" : "";

    private static string? GrantIdOf(JsonWebToken token) =>
        Text(token, "sid") is { Length: > 0 } id && !id.Contains('\0', StringComparison.Ordinal) ? id : null;

    private static string? JtiOf(JsonWebToken token) =>
        token.Id is { } jti && jti.StartsWith(JtiPrefix, StringComparison.Ordinal) ? jti[JtiPrefix.Length..] : null;

    private static string? Text(JsonWebToken token, string claim) => token.TryGetPayloadValue<string>(claim, out var value) ? value : null;
}
