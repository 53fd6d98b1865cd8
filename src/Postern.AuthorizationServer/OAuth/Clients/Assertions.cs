using System.Buffers.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Postern.AuthorizationServer.Http;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.OAuth.Clients;

/// <summary>
/// JWTs that a client signed (RFC 7523 §3): they name the client itself, or the user it requests a token for. Each is valid once, for
/// an hour at most, and only for this server.
/// </summary>
public sealed class Assertions(Database database, ClientKeys keys, AuthorizationServerOptions options, TimeProvider clock)
{
    public const string JwtBearerType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    private const int LongestId = 256;
    private static readonly TimeSpan LongestLife = TimeSpan.FromHours(1);
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);
    private static readonly JsonWebTokenHandler Jwt = new() { MapInboundClaims = false };

    /// <summary>Whether this client signed it, for us, and presents it for the first time.</summary>
    /// <param name="assertion">As read by <see cref="UnverifiedJwt"/>.</param>
    /// <param name="application">The client.</param>
    /// <param name="path">The endpoint that it was sent to, which may be its audience.</param>
    /// <param name="cancel">Of the caller.</param>
    public async Task<bool> IsGoodAsync(JsonWebToken assertion, Application application, string path, CancellationToken cancel)
    {
        if (!IsInTime(assertion) || !IsForUs(assertion, path, application.Profile) || assertion.Id is not { Length: > 0 and <= LongestId } id)
        {
            return false;
        }

        // A client that changed the keys at its jwks_uri need not have named them, or named both alike.
        return (await IsSignedAsync(assertion, application, isAfresh: false, cancel)
                || (application.JwksUri.Length > 0 && await IsSignedAsync(assertion, application, isAfresh: true, cancel)))
            && await UsedJtis.UseAsync(
                database, "assertion " + application.ClientId, id, new DateTimeOffset(assertion.ValidTo, TimeSpan.Zero).ToUnixTimeMilliseconds());
    }

    private async Task<bool> IsSignedAsync(JsonWebToken assertion, Application application, bool isAfresh, CancellationToken cancel)
    {
        var known = await keys.OfAsync(application, assertion.Kid ?? "", assertion.Alg, isAfresh, cancel);
        return known.Count > 0 && (await Jwt.ValidateTokenAsync(assertion, new TokenValidationParameters
        {
            ValidateIssuer = false,
            ValidateAudience = false,
            ValidateLifetime = false,
            // All of them: given a list, the library tries only the first key of a kid that repeats.
            IssuerSigningKeyResolver = (_, _, _, _) => known,
            ValidAlgorithms = application.Profile.Algorithms,
        })).IsValid;
    }

    private bool IsInTime(JsonWebToken assertion)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return assertion.ValidTo != DateTime.MinValue && assertion.ValidTo > now && assertion.ValidTo <= now + LongestLife + Tolerance
            && assertion.ValidFrom <= now + Tolerance && assertion.IssuedAt <= now + Tolerance;
    }

    private bool IsForUs(JsonWebToken assertion, string path, SecurityProfile profile)
    {
        if (profile.NeedsIssuerAsAudience && assertion.Audiences.Any())
        {
            // The library no longer distinguishes a list of one from a string.
            using var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(assertion.EncodedPayload));
            return payload.RootElement.GetProperty("aud") is { ValueKind: JsonValueKind.String } audience && audience.ValueEquals(options.Origin);
        }

        string[] names = [options.Origin, options.Origin + Paths.Token, options.Origin + path];
        return assertion.Audiences.Any(names.Contains);
    }
}
