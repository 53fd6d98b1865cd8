using System.Text.Json.Nodes;
using Postern.AuthorizationServer.Http;
using Postern.AuthorizationServer.OAuth;
using Postern.AuthorizationServer.OAuth.Clients;
using Postern.AuthorizationServer.OAuth.Dpop;
using Postern.AuthorizationServer.Refusals;
using Postern.Directory.Credentials;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.Authorize;

/// <summary>Pushed authorization requests (RFC 9126): the client sends the request directly, and the browser carries only a reference to it.</summary>
internal static class PushedAuthorizationEndpoint
{
    public const string Path = "/api/login/oauth/par";

    internal const string Prefix = "urn:ietf:params:oauth:request_uri:";

    // Long enough for a person to find a password, and less than ten minutes (FAPI 2.0 §5.3.2.2).
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(9);
    private static readonly HashSet<string> Kept = new(AuthorizationReader.Parameters.Select(p => p.Name), StringComparer.Ordinal);

    public static void MapPushedAuthorization(this IEndpointRouteBuilder routes) => routes.MapCrossOrigin(Path, [HttpMethods.Post], HandleAsync)
        .Describe(new("OAuth", "Takes an authorization request from the client itself (RFC 9126)")
        {
            Credentials = Credentials.Client | Credentials.Optional,
            Form = [.. ClientEndpoint.Credentials, .. AuthorizationReader.Parameters],
            Answers = [Reply.Of("PushedRequest", StatusCodes.Status201Created)],
        });

    public static Dictionary<string, string> Parse(string text) =>
        JsonNode.Parse(text)!.AsObject().ToDictionary(p => p.Key, p => p.Value!.GetValue<string>(), StringComparer.Ordinal);

    private static async Task HandleAsync(HttpContext context)
    {
        if (await ClientEndpoint.ReadAsync(context) is not { } call)
        {
            return;
        }

        await ((await AnswerAsync(context, call.Request, call.Client)).IsRefused(out var refusal, out var answer)
            ? call.RefuseAsync(refusal)
            : OAuthAnswers.WriteAsync(context, answer, StatusCodes.Status201Created));
    }

    private static async Task<Outcome<JsonObject>> AnswerAsync(HttpContext context, OAuthRequest request, Client client)
    {
        var application = client.Application;
        if (!client.HasSecret && !ClientSecretRule.MayBeginWithout(application.TokenEndpointAuthMethod))
        {
            return OAuthError.InvalidClient("client_secret is invalid", "该应用必须提供 client_secret");
        }

        if (request["request_uri"] is not null)
        {
            return OAuthError.InvalidRequest("request_uri cannot be pushed (RFC 9126 section 2.1)");
        }

        var services = context.RequestServices;
        if (AuthorizationReader.Read(application, request.All, isBeingPushed: true).Refusal is { } wrong)
        {
            return wrong;
        }

        var rows = services.GetRequiredService<AnonymousRows>();
        if (!client.HasSecret && rows.Refuse(context.PeerAddress(), "pushed") is { } tooMany)
        {
            return tooMany;
        }

        // Unknown parameters are ignored (RFC 6749 §3.1), so they are not stored.
        var parameters = request.All.Where(p => Kept.Contains(p.Key)).ToDictionary(StringComparer.Ordinal);
        parameters["client_id"] = application.ClientId;

        // A proof binds the code to its key, as dpop_jkt does (RFC 9449 §10.1).
        if ((await services.GetRequiredService<DpopProofs>().ReadAsync(context, application.Profile)).IsRefused(out var refusal, out var jkt))
        {
            return refusal;
        }

        if (jkt.Length > 0 && !parameters.TryAdd("dpop_jkt", jkt) && parameters["dpop_jkt"] != jkt)
        {
            return OAuthError.InvalidDpopProof("dpop_jkt names another key than the proof");
        }

        var requestUri = new OpaqueToken(Prefix + OpaqueToken.New().Text);
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var json = new JsonObject(parameters.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)JsonValue.Create(p.Value)))).ToJsonString();
        var pushed = new PushedRequest(requestUri.Hash, application.Id, json, (now + Lifetime).ToUnixTimeMilliseconds());
        var isKept = await services.GetRequiredService<Database>().WriteAsync(async (connection, transaction) =>
            Written.Commit(await PushedRequests.AddAsync(connection, pushed, rows.MostWaiting(client.HasSecret), now.ToUnixTimeMilliseconds(), transaction)));
        return !isKept ? AnonymousRows.Full : new JsonObject { ["request_uri"] = requestUri.Text, ["expires_in"] = (long)Lifetime.TotalSeconds };
    }
}
