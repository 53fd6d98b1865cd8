using Microsoft.IdentityModel.Tokens;
using Postern.Protocol;

namespace Postern.Directory.Certificates;

/// <summary>A client's JWK set as text: what of it can verify signatures, and why it cannot be kept.</summary>
public static class ClientKeySet
{
    private const int MostKeys = 50;

    /// <summary>The keys of a JWK set that can verify signatures, those left out that are for something else; null where the text is none.</summary>
    public static IReadOnlyList<JsonWebKey>? TryParse(string json)
    {
        try
        {
            List<JsonWebKey> keys = [.. new JsonWebKeySet(json).Keys.Take(MostKeys).Where(key => AsymmetricKeys.IsUsable(key) && AsymmetricKeys.IsForSignatures(key))];
            keys.ForEach(Ed25519Keys.Prepare);
            return keys;
        }
        catch (Exception e) when (e is ArgumentException or System.Text.Json.JsonException)
        {
            return null;
        }
    }

    /// <summary>Why a JWK set cannot be kept as a client's, or null; empty is none.</summary>
    public static LocalizedText? RefuseSet(string json) =>
        json.Length == 0 ? null
        : TryParse(json) is not { Count: > 0 } keys ? new LocalizedText(
            "jwks must be a JWK set (RFC 7517) with an RSA key of 2048 bits or more, an EC key or an Ed25519 key",
            "jwks 必须是 JWK 集合（RFC 7517），并含有至少 2048 位的 RSA 公钥、EC 公钥或 Ed25519 公钥")
        : keys.Any(key => key.D is { Length: > 0 }) ? new LocalizedText(
            "jwks holds a private key: send the public keys alone, and make a new key, because this one was sent to a server",
            "jwks 中含有私钥：请只发送公钥，并更换密钥，因为该私钥已被发送到服务器")
        : null;

    /// <summary>Whether a JWK set has a key for one of a profile's algorithms.</summary>
    public static bool CanSign(string json, SecurityProfile profile) => Parse(json).Any(key => IsFor(key, profile));

    /// <summary>Whether a key is for one of a profile's algorithms; a certificate's by its type.</summary>
    public static bool IsFor(SecurityKey key, SecurityProfile profile) => key switch
    {
        JsonWebKey jwk => profile.Algorithms.Any(algorithm => AsymmetricKeys.Verifies(jwk, algorithm)),
        ECDsaSecurityKey curve => profile.Algorithms.Contains("ES" + curve.KeySize),
        _ => true,
    };

    /// <summary>The usable keys; none where the text is no JWK set.</summary>
    public static IReadOnlyList<JsonWebKey> Parse(string json) => json.Length == 0 ? [] : TryParse(json) ?? [];
}
