using Postern.AuthorizationServer.Http;
using Postern.AuthorizationServer.Refusals;
using Postern.AuthorizationServer.Statistics;
using Postern.Protocol;

namespace Postern.AuthorizationServer.OAuth.Clients;

/// <summary>What all endpoints that clients call have in common: parameters, client authentication, and refusals that are counted and rate-limited.</summary>
internal static class ClientEndpoint
{
    /// <summary>How a client says who it is, beside the scheme Basic.</summary>
    public static readonly Parameter[] Credentials =
    [
        new("client_id", "the application, where Basic does not name it"), new("client_secret", "instead of Basic"),
        new("client_assertion", "a JWT that the client signed, instead of a secret"), new("client_assertion_type", Assertions.JwtBearerType),
    ];

    /// <param name="context">The request.</param>
    /// <param name="answer">Judges it.</param>
    /// <param name="write">Writes a good answer.</param>
    /// <param name="needsSecret">Whether no client may ask without its secret.</param>
    public static async Task AnswerAsync<T>(
        HttpContext context, Func<HttpContext, OAuthRequest, Client, Task<Outcome<T>>> answer, Func<T, Task> write, bool needsSecret = false)
    {
        var clientId = RefusalCounts.UnknownClient;
        var outcome = await JudgeAsync(context, answer, needsSecret, id => clientId = id);
        if (!outcome.IsRefused(out var refusal, out var good))
        {
            await write(good);
            return;
        }

        await RefuseAsync(context, clientId, refusal);
    }

    /// <summary>Counts a refusal for the caller and sends it. A caller with too many refusals gets 429 instead.</summary>
    public static Task RefuseAsync(HttpContext context, string clientId, OAuthError refusal)
    {
        var services = context.RequestServices;
        // A device that polls at the permitted rate is waiting; that is not a refusal.
        if (refusal.Code == "authorization_pending")
        {
            return OAuthAnswers.WriteAsync(context, refusal);
        }

        services.GetRequiredService<RefusalCounts>().Add(clientId, refusal.Code);
        var limited = refusal is { IsCounted: false, Status: < StatusCodes.Status500InternalServerError }
            ? services.GetRequiredService<RefusalRateLimiter>().Note(context.PeerAddress(), clientId)
            : null;
        return OAuthAnswers.WriteAsync(context, limited ?? refusal);
    }

    private static async Task<Outcome<T>> JudgeAsync<T>(
        HttpContext context, Func<HttpContext, OAuthRequest, Client, Task<Outcome<T>>> answer, bool needsSecret, Action<string> remember)
    {
        var cancel = context.RequestAborted;
        var clients = context.RequestServices.GetRequiredService<ClientAuthentication>();
        if ((await OAuthRequest.ReadAsync(context.Request, cancel)).IsRefused(out var refusal, out var request)
            || (needsSecret
                ? await clients.AuthenticateWithSecretAsync(request, context.Request.Path, cancel)
                : await clients.AuthenticateAsync(request, context.Request.Path, cancel)).IsRefused(out refusal, out var client))
        {
            return refusal;
        }

        remember(client.Application.ClientId);
        if (request.HasSecretInQuery)
        {
            context.RequestServices.GetRequiredService<QueryCredentialUse>().Note(client.Application);
        }

        return await answer(context, request, client);
    }
}
