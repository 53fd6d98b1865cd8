using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Postern.Directory.Certificates;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.OAuth.Dpop;

/// <summary>Proofs that the sender of a request holds a key (RFC 9449 §4.3). A proof is valid once across all nodes.</summary>
public sealed class DpopProofs(Database database, DpopNonces nonces, AuthorizationServerOptions options, TimeProvider clock)
{
    public const string Header = "DPoP";
    public const string NonceHeader = "DPoP-Nonce";

    private const string Type = "dpop+jwt";
    private const string NoJwt = "the proof is no signed JWT";
    private const int LongestProof = 4096;
    private const int LongestId = 256;
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);
    private static readonly string[] PrivateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
    private static readonly JsonWebTokenHandler Jwt = new() { MapInboundClaims = false };

    /// <summary>The key's thumbprint (RFC 7638), or "" where no proof was sent. An answer to a proof brings the next nonce.</summary>
    /// <param name="context">The request; its path below <c>origin</c> is what the proof must name.</param>
    /// <param name="profile">Of the client.</param>
    /// <param name="accessToken">The token that the proof must be of, at a resource.</param>
    public async Task<Outcome<string>> ReadAsync(HttpContext context, SecurityProfile profile, string? accessToken = null)
    {
        var sent = context.Request.Headers[Header];
        if (sent.Count == 0)
        {
            return "";
        }

        SendNonce(context.Response);
        if (sent.Count > 1 || sent[0] is not { Length: > 0 and <= LongestProof } proof)
        {
            return OAuthError.InvalidDpopProof("exactly one DPoP proof of at most 4096 characters must be sent");
        }

        return await VerifyAsync(proof, context.Request, profile, accessToken);
    }

    /// <summary>Each answer carries a nonce (RFC 9449 §8.2), so an active client always has a valid one.</summary>
    public void SendNonce(HttpResponse response) => response.Headers[NonceHeader] = nonces.Make();

    private async Task<Outcome<string>> VerifyAsync(string proof, HttpRequest request, SecurityProfile profile, string? accessToken)
    {
        if (UnverifiedJwt.Read(proof) is not { } token)
        {
            return OAuthError.InvalidDpopProof(NoJwt);
        }

        JsonWebKey key;
        try
        {
            if (token.Typ != Type || !token.TryGetHeaderValue<JsonElement>("jwk", out var jwk) || jwk.ValueKind != JsonValueKind.Object
                || PrivateMembers.Any(member => jwk.TryGetProperty(member, out _)))
            {
                return OAuthError.InvalidDpopProof("the proof must be of type dpop+jwt and carry a public key in jwk");
            }

            key = new JsonWebKey(jwk.GetRawText());
            Ed25519Keys.Prepare(key);
        }
        catch (Exception e) when (e is ArgumentException or SecurityTokenException or JsonException)
        {
            return OAuthError.InvalidDpopProof(NoJwt);
        }

        if (!AsymmetricKeys.IsUsable(key) || !AsymmetricKeys.Verifies(key, token.Alg) || !await IsSignedAsync(token, key, profile))
        {
            return OAuthError.InvalidDpopProof("the proof's signature is not one of its key, or its algorithm is not allowed");
        }

        return RefuseClaims(token, request, profile, accessToken) ?? await UseAsync(token, key);
    }

    private static async Task<bool> IsSignedAsync(JsonWebToken token, JsonWebKey key, SecurityProfile profile) => (await Jwt.ValidateTokenAsync(token, new TokenValidationParameters
    {
        ValidateIssuer = false,
        ValidateAudience = false,
        ValidateLifetime = false,
        RequireExpirationTime = false,
        IssuerSigningKey = key,
        TryAllIssuerSigningKeys = true,
        ValidAlgorithms = profile.Algorithms,
    })).IsValid;

    private OAuthError? RefuseClaims(JsonWebToken token, HttpRequest request, SecurityProfile profile, string? accessToken)
    {
        if (Text(token, "htm") != request.Method || !IsThisAddress(Text(token, "htu"), request))
        {
            return OAuthError.InvalidDpopProof("htm and htu of the proof must be this request's method and address without its query");
        }

        if (!token.TryGetPayloadValue<long>("iat", out var issued) || Text(token, "jti") is not { Length: > 0 and <= LongestId })
        {
            return OAuthError.InvalidDpopProof("the proof must have iat, and a jti of at most 256 characters");
        }

        var nonce = Text(token, "nonce");
        if (nonce.Length > 0 ? !nonces.IsGood(nonce) : options.DpopNonceRequired)
        {
            return new("use_dpop_nonce", "the proof must carry the nonce of the DPoP-Nonce header") { ChineseMessage = "请使用 DPoP-Nonce 响应头中的 nonce" };
        }

        // A valid nonce tells when the proof was made, even if the client's clock is wrong (RFC 9449 §11.1).
        var age = (double)clock.GetUtcNow().ToUnixTimeSeconds() - issued;
        if (nonce.Length == 0 && (age > Tolerance.TotalSeconds || -age > profile.FutureTolerance.TotalSeconds))
        {
            return OAuthError.InvalidDpopProof(
                $"iat of the proof is more than {Tolerance.TotalSeconds} seconds behind the server's time, or {profile.FutureTolerance.TotalSeconds} ahead of it: "
                + "correct the clock, or send the nonce of the DPoP-Nonce header");
        }

        return accessToken is not null && Text(token, "ath") != Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken)))
            ? OAuthError.InvalidDpopProof("ath of the proof is not the hash of the access token")
            : null;
    }

    private async Task<Outcome<string>> UseAsync(JsonWebToken token, JsonWebKey key)
    {
        var thumbprint = AsymmetricKeys.Thumbprint(key);
        var expires = clock.GetUtcNow() + Tolerance + Tolerance;
        return await UsedJtis.UseAsync(database, thumbprint, Text(token, "jti"), expires.ToUnixTimeMilliseconds())
            ? thumbprint
            : OAuthError.InvalidDpopProof("the proof was used before");
    }

    /// <summary>Compared as RFC 3986 §6.2 normalizes, against the address that we announce and never against a Host header.</summary>
    private bool IsThisAddress(string htu, HttpRequest request) =>
        Uri.TryCreate(htu, UriKind.Absolute, out var sent)
        && Uri.TryCreate(options.Origin + request.Path.ToUriComponent(), UriKind.Absolute, out var ours)
        && sent.GetLeftPart(UriPartial.Path).Equals(ours.GetLeftPart(UriPartial.Path), StringComparison.OrdinalIgnoreCase);

    private static string Text(JsonWebToken token, string claim) => token.TryGetPayloadValue<string>(claim, out var value) ? value ?? "" : "";
}
