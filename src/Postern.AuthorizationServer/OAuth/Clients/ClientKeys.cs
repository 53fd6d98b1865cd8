using System.Text;
using Microsoft.IdentityModel.Tokens;
using Postern.AuthorizationServer.Outgoing;
using Postern.Directory.Certificates;
using Postern.Storage.Bounded;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.OAuth.Clients;

/// <summary>The public keys of a client: its certificate, the keys it registered, or those at its <c>jwks_uri</c>.</summary>
public sealed partial class ClientKeys(Database database, OutgoingHttp outgoing, CacheBudget budget, TimeProvider clock, ILogger<ClientKeys> logger)
{
    // An RSA key of 8192 bits, as text and in its parsed form.
    private const long KeyBytes = 8 * 1024;
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(5);

    // Changed keys of a client are fetched again at once, but invalid requests must not cause one fetch each.
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

        keys.AddRange(ClientKeySet.Parse(application.Jwks));
        if (application.JwksUri.Length > 0)
        {
            keys.AddRange(await FetchAsync(application.JwksUri, kid, isAfresh, cancel));
        }

        return [.. keys.Where(key => key is not JsonWebKey jwk || AsymmetricKeys.Verifies(jwk, algorithm)).OrderByDescending(key => key.KeyId == kid)];
    }

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
            keys = answer.IsGood ? ClientKeySet.Parse(Encoding.UTF8.GetString(answer.Body)) : keys;
        }
        catch (OutgoingException e)
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
