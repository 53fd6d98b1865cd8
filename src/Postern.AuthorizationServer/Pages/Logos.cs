using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using Dapper;
using Postern.AuthorizationServer.Http;
using Postern.AuthorizationServer.Outgoing;
using Postern.Storage.Bounded;
using Postern.Storage.Databases;

namespace Postern.AuthorizationServer.Pages;

/// <summary>
/// Logos of applications and organizations, fetched once in the background and served by this server: a hosted page never makes a
/// browser call another site. A <c>data:</c> address is an upload. Pictures only, no SVG, which may hold scripts.
/// </summary>
public sealed partial class Logos(Database database, IServiceProvider services, CacheBudget budget, TimeProvider clock, ILogger<Logos> logger) : BackgroundService
{
    public const string Route = "/login/logo/";
    private const int Largest = 256 * 1024;
    private static readonly TimeSpan TriedAgain = TimeSpan.FromHours(1);

    private readonly Channel<string> wanted = Channel.CreateBounded<string>(new BoundedChannelOptions(100) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly BoundedCache<(bool IsThere, long Until)> known = budget.Share<(bool, long)>(5);

    /// <summary>Where a page finds the picture; null while there is none, and then it is fetched for the next page.</summary>
    public async Task<string?> PathOfAsync(string address)
    {
        if (address.Length == 0)
        {
            return null;
        }

        var hash = HashOf(address);
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (!known.TryGet(CacheKey.Of(hash), out var state) || state.Until <= now)
        {
            var found = await database.ReadAsync(c => c.QuerySingleOrDefaultAsync<(string Type, long Tried)?>(
                "select content_type, tried_time from logos where hash = @hash", new { hash }));
            state = (found is { Type.Length: > 0 }, found is { } row ? row.Tried + (long)TriedAgain.TotalMilliseconds : 0);
            if (state.IsThere)
            {
                state.Until = long.MaxValue;
            }
            else if (state.Until <= now)
            {
                // Fetched once; a page that is shown meanwhile has no logo.
                wanted.Writer.TryWrite(address);
                state.Until = now + 2_000;
            }

            known.Set(CacheKey.Of(hash), state);
        }

        return state.IsThere ? Route + hash : null;
    }

    public async Task ServeAsync(HttpContext context)
    {
        var hash = (string)context.Request.RouteValues["hash"]!;
        var found = await database.ReadAsync(c => c.QuerySingleOrDefaultAsync<(string Type, byte[] Picture)?>(
            "select content_type, picture from logos where hash = @hash and content_type <> ''", new { hash }), context.RequestAborted);
        if (found is not var (type, picture))
        {
            await Problems.WriteAsync(context, StatusCodes.Status404NotFound, "there is nothing at this address");
            return;
        }

        context.Response.ContentType = type;
        context.Response.Headers.CacheControl = "public, max-age=86400";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        await context.Response.Body.WriteAsync(picture, context.RequestAborted);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var address in wanted.Reader.ReadAllAsync(stoppingToken))
            {
                try
                {
                    await KeepAsync(address, await FetchAsync(address, stoppingToken));
                }
                catch (StorageUnavailableException)
                {
                    // The next page that needs the logo tries again.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops; a later page tries again.
        }
    }

    private async Task<byte[]> FetchAsync(string address, CancellationToken cancel)
    {
        const string upload = "data:image/";
        if (address.StartsWith(upload, StringComparison.OrdinalIgnoreCase))
        {
            var comma = address.IndexOf(";base64,", StringComparison.OrdinalIgnoreCase);
            var bytes = new byte[address.Length];
            return comma > 0 && Convert.TryFromBase64String(address[(comma + ";base64,".Length)..], bytes, out var length) ? bytes[..length] : [];
        }

        try
        {
            var answer = await services.GetRequiredService<OutgoingHttp>().GetAsync(address, cancel);
            return answer.IsGood ? answer.Body : [];
        }
        catch (OutgoingException e)
        {
            LogUnreachable(e.Message);
            return [];
        }
    }

    private async Task KeepAsync(string address, byte[] picture)
    {
        var type = picture.Length <= Largest ? TypeOf(picture) : "";
        var row = new { hash = HashOf(address), type, picture = type.Length > 0 ? picture : null, now = clock.GetUtcNow().ToUnixTimeMilliseconds() };
        await database.WriteAsync(async (connection, transaction) => Written.Commit(await connection.ExecuteAsync(
            """
            insert into logos (hash, content_type, picture, tried_time) values (@hash, @type, @picture, @now)
            on conflict (hash) do update set content_type = excluded.content_type, picture = excluded.picture, tried_time = excluded.tried_time
            """, row, transaction)));
        known.Remove(CacheKey.Of(row.hash));
    }

    /// <summary>By its first bytes, not by what its server says.</summary>
    public static string TypeOf(ReadOnlySpan<byte> picture) =>
        picture.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G']) ? "image/png"
        : picture.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) ? "image/jpeg"
        : picture.StartsWith("GIF8"u8) ? "image/gif"
        : picture.StartsWith("RIFF"u8) && picture.Length > 12 && picture[8..12].SequenceEqual("WEBP"u8) ? "image/webp"
        : "";

    private static string HashOf(string address) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(address)));

    [LoggerMessage(EventId = 2101, Level = LogLevel.Warning, Message = "A logo could not be fetched: {Reason}")]
    private partial void LogUnreachable(string reason);
}
