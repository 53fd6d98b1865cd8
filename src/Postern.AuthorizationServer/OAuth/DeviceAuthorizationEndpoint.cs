using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Postern.AuthorizationServer.Http;
using Postern.AuthorizationServer.OAuth.Clients;
using Postern.AuthorizationServer.Refusals;
using Postern.Directory.Credentials;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.OAuth;

/// <summary>Device authorization (RFC 8628 §3.1): a code for the device to poll with, and a short one for its user to type elsewhere.</summary>
public static class DeviceAuthorizationEndpoint
{
    public const string Path = "/api/device-auth";

    private const int UserCodeLength = 8;
    private const long Interval = 5;
    private const int Tries = 5;
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    // Consonants: no word, and nothing that looks like something else (RFC 8628 §6.1). 20^8 codes, of which few live at once.
    private const string Letters = "BCDFGHJKLMNPQRSTVWXZ";

    public static void MapDeviceAuthorization(this IEndpointRouteBuilder routes) => routes.MapPost(Path, (RequestDelegate)HandleAsync)
        .Describe(new("OAuth", "Begins the sign-in of a device without a browser (RFC 8628)")
        {
            Credentials = Credentials.Client | Credentials.Optional,
            Form = [.. ClientEndpoint.Credentials, new("scope", "with spaces between"), new("resource", "the API that the token is for (RFC 8707)")],
            Answers = [Reply.Of("DeviceAuthorization")],
        });

    /// <summary>The hash of the code that a user typed, in any spelling; null where it cannot be a code.</summary>
    public static string? HashOfUserCode(string typed) => Read(typed) is { } code ? OpaqueToken.HashOf("user-code " + code) : null;

    /// <summary>The code as we give it out, from what a user typed; null where it cannot be a code.</summary>
    public static string? Canonical(string typed) => Read(typed) is { } code ? $"{code[..4]}-{code[4..]}" : null;

    private static string? Read(string typed)
    {
        var code = string.Concat(typed.Where(c => c is not (' ' or '-' or '\u2013' or '\u2014'))).ToUpperInvariant();
        return code.Length == UserCodeLength && code.All(Letters.Contains) ? code : null;
    }

    private static async Task HandleAsync(HttpContext context)
    {
        if (await ClientEndpoint.ReadAsync(context) is not { } call)
        {
            return;
        }

        await ((await AnswerAsync(context, call.Request, call.Client)).IsRefused(out var refusal, out var answer)
            ? call.RefuseAsync(refusal)
            : OAuthAnswers.WriteAsync(context, answer));
    }

    private static async Task<Outcome<JsonObject>> AnswerAsync(HttpContext context, OAuthRequest request, Client client)
    {
        var application = client.Application;
        if (!application.Lists(GrantTypes.DeviceCode))
        {
            return OAuthError.UnauthorizedClient("device login is not enabled for this application", "该应用未开放设备登录");
        }

        if (!client.HasSecret && !ClientSecretRule.MayBeginWithout(application.TokenEndpointAuthMethod))
        {
            return OAuthError.InvalidClient("client_secret is invalid", "该应用必须提供 client_secret");
        }

        if (RequestedAccess.Of(application, request).IsRefused(out var refusal, out var requested))
        {
            return refusal;
        }

        var services = context.RequestServices;
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var rows = services.GetRequiredService<AnonymousRows>();
        if (!client.HasSecret && rows.Refuse(context.PeerAddress(), "device") is { } tooMany)
        {
            return tooMany;
        }

        var (database, most) = (services.GetRequiredService<Database>(), rows.MostWaiting(client.HasSecret));
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var (device, user) = (OpaqueToken.New(), RandomNumberGenerator.GetString(Letters, UserCodeLength));
            var code = new DeviceCode
            {
                Hash = device.Hash,
                UserCodeHash = HashOfUserCode(user)!,
                ApplicationId = application.Id,
                Scope = requested.Scope,
                Resource = requested.Resource,
                IntervalSeconds = Interval,
                CreatedTime = now.ToUnixTimeMilliseconds(),
                ExpiresTime = (now + Lifetime).ToUnixTimeMilliseconds(),
            };
            if (await database.WriteAsync(async (connection, transaction) => Written.Commit(await DeviceCodes.AddAsync(connection, code, most, transaction))))
            {
                return Answer(services.GetRequiredService<AuthorizationServerOptions>(), device.Text, $"{user[..4]}-{user[4..]}");
            }

            if (await database.ReadAsync(c => DeviceCodes.IsFullAsync(c, code.ApplicationId, most, code.CreatedTime), context.RequestAborted))
            {
                return AnonymousRows.Full;
            }
        }

        return OAuthError.Unavailable("no code is free now: try again", "暂时无法生成设备码，请重试", TimeSpan.FromSeconds(1));
    }

    private static JsonObject Answer(AuthorizationServerOptions options, string deviceCode, string userCode)
    {
        var page = options.OriginFrontend + Paths.Device;
        return new JsonObject
        {
            ["device_code"] = deviceCode,
            ["user_code"] = userCode,
            ["verification_uri"] = page,
            ["verification_uri_complete"] = page + "/" + userCode,
            ["expires_in"] = (long)Lifetime.TotalSeconds,
            ["interval"] = Interval,
        };
    }
}
