using System.Text;
using Microsoft.IdentityModel.Tokens;
using Postern.Protocol;
using Postern.Server.Data;
using Postern.Server.Hosting.Bounded;
using Postern.Server.Hosting.Outgoing;

namespace Postern.Server.OAuth.Clients;

/// <summary>The public keys of a client: its certificate, the keys it registered, or those at its <c>jwks_uri</c>.</summary>
public sealed partial class ClientKeys(Database database, OutgoingHttp outgoing, CacheBudget budget, TimeProvider clock, ILogger<ClientKeys> logger)
{
    private const int MostKeys = 50;

    // An RSA key of 8192 bits, as text and as it is worked with.
    private const long KeyBytes = 8 * 1024;
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(5);

    // A client that changed its keys is asked again at once, but whoever sends nonsense must not make us call it at each request.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);
    private readonly BoundedCache<Fetched> fetched = budget.Share<Fetched>(10, f => f.Keys.Count * KeyBytes);

    /// <summary>
    /// The keys that may have made a signature of this algorithm; those first that it names by <c>kid</c>, which need not be one (RFC 7517 §4.5).
    /// </summary>
    /// <param name="application">The client.</param>
    /// <param name="kid">The key that a signature names; empty = any.</param>
    /// <param name="algorithm">The signature's.</param>
    /// <param name="isAfresh">None of those known made it: the client may have changed them since.</param>
    /// <param name="cancel">Of the caller.</param>
    public async Task<IReadOnlyList<SecurityKey>> OfAsync(Application application, string kid, string algorithm, bool isAfresh, CancellationToken cancel)
    {
        var keys = new List<SecurityKey>();
        if (application.ClientCert.Length > 0
            && await database.ReadAsync(c => Certs.FindAsync(c, application.ClientCert), cancel) is { } cert
            && cert.IsFor(application.VouchedBy) && PublicKeys.Of(cert) is { } certified)
        {
            keys.Add(certified);
        }

        keys.AddRange(Parse(application.Jwks));
        if (application.JwksUri.Length > 0)
        {
            keys.AddRange(await FetchAsync(application.JwksUri, kid, isAfresh, cancel));
        }

        return [.. keys.Where(key => key is not JsonWebKey jwk || AsymmetricKeys.Verifies(jwk, algorithm)).OrderByDescending(key => key.KeyId == kid)];
    }

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
    public static string? RefuseSet(string json) =>
        json.Length == 0 ? null
        : TryParse(json) is not { Count: > 0 } keys ? "jwks must be a JWK set (RFC 7517) with an RSA key of 2048 bits or more, an EC key or an Ed25519 key"
        : keys.Any(key => key.D is { Length: > 0 }) ? "jwks holds a private key: send the public keys alone, and make a new key, because this one was sent to a server"
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

    private static IReadOnlyList<JsonWebKey> Parse(string json) => json.Length == 0 ? [] : TryParse(json) ?? [];

    private async Task<IReadOnlyList<JsonWebKey>> FetchAsync(string address, string kid, bool isAfresh, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var known = fetched.TryGet(CacheKey.Of(address), out var remembered) ? remembered : null;
        if (known is not null && now - known.Time < (!isAfresh && (kid.Length == 0 || known.Keys.Any(k => k.KeyId == kid)) ? Remembered : Pause))
        {
            return known.Keys;
        }

        var keys = known?.Keys ?? [];
        try
        {
            var answer = await outgoing.GetAsync(address, cancel);
            keys = answer.IsGood ? Parse(Encoding.UTF8.GetString(answer.Body)) : keys;
        }
        catch (HttpRequestException e)
        {
            LogUnreachable(e.Message);
        }

        fetched.Set(CacheKey.Of(address), new Fetched(keys, now));
        return keys;
    }

    [LoggerMessage(EventId = 1301, Level = LogLevel.Warning, Message = "The keys at a client's jwks_uri could not be read: {Reason}")]
    private partial void LogUnreachable(string reason);

    private sealed record Fetched(IReadOnlyList<JsonWebKey> Keys, DateTimeOffset Time);
}
