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

    /// <summary>The request's parameters and its client; null where the request was refused, and answered, already.</summary>
    /// <param name="context">The request.</param>
    /// <param name="needsSecret">Whether no client may ask without its secret.</param>
    public static async Task<ClientCall?> ReadAsync(HttpContext context, bool needsSecret = false)
    {
        var cancel = context.RequestAborted;
        var clients = context.RequestServices.GetRequiredService<ClientAuthentication>();
        if ((await OAuthRequest.ReadAsync(context.Request, cancel)).IsRefused(out var refusal, out var request)
            || (needsSecret
                ? await clients.AuthenticateWithSecretAsync(request, context.Request.Path, cancel)
                : await clients.AuthenticateAsync(request, context.Request.Path, cancel)).IsRefused(out refusal, out var client))
        {
            await RefuseAsync(context, RefusalCounts.UnknownClient, refusal);
            return null;
        }

        if (request.HasSecretInQuery)
        {
            context.RequestServices.GetRequiredService<QueryCredentialUse>().Note(client.Application);
        }

        return new ClientCall(context, request, client);
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
}

/// <summary>A request of a client that was authenticated, as far as it can be.</summary>
internal sealed record ClientCall(HttpContext Context, OAuthRequest Request, Client Client)
{
    public Task RefuseAsync(OAuthError refusal) => ClientEndpoint.RefuseAsync(Context, Client.Application.ClientId, refusal);
}
