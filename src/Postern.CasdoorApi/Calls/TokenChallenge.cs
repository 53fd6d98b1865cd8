using Postern.AuthorizationServer.OAuth.Dpop;
using Postern.Directory.Objects;

namespace Postern.CasdoorApi.Calls;

/// <summary>
/// Tells a client in the header WWW-Authenticate why its token was refused (RFC 6750 §3, RFC 9449 §7.1). Casdoor's libraries send
/// bearer tokens and read the envelope with status 200, so only userinfo and requests with DPoP are answered so.
/// </summary>
internal static class TokenChallenge
{
    public const string InsufficientScope = "insufficient_scope";

    /// <summary>Where <see cref="NoteMissing"/> notes it.</summary>
    private static readonly object Missing = new();

    /// <summary>Whether the request sends a token with DPoP: by its scheme, or with a proof beside another scheme.</summary>
    public static bool IsDpop(HttpRequest request) =>
        request.Headers.ContainsKey(DpopProofs.Header)
        || request.Headers.Authorization.ToString() is var sent && (sent.Equals(DpopProofs.Header, StringComparison.OrdinalIgnoreCase)
            || sent.StartsWith(DpopProofs.Header + " ", StringComparison.OrdinalIgnoreCase));

    /// <summary>The request speaks DPoP and names no caller. Only the route knows whether it needs one.</summary>
    public static void NoteMissing(HttpContext context) => context.Items[Missing] = true;

    /// <summary>The route needs a caller: a client that speaks DPoP is told how to name one (RFC 9449 §7.1).</summary>
    public static void SetWhereTokenIsMissing(HttpContext context)
    {
        if (context.Items.ContainsKey(Missing))
        {
            Set(context, new(Caller.Anonymous, null));
        }
    }

    /// <summary>Sets status and headers; the body is still to be written.</summary>
    public static void Set(HttpContext context, Identified identified)
    {
        var isDpop = identified.IsOfBoundToken || IsDpop(context.Request);
        // The error stands only where a token was sent (RFC 6750 §3.1).
        string?[] parameters =
        [
            identified.Refusal is null ? null : $"error=\"{identified.Error}\"",
            isDpop ? $"algs=\"{string.Join(' ', identified.Profile.Algorithms)}\"" : null,
        ];
        context.Response.StatusCode = identified.Refusal is not null && identified.Error == InsufficientScope
            ? StatusCodes.Status403Forbidden
            : StatusCodes.Status401Unauthorized;
        context.Response.Headers.WWWAuthenticate = $"{(isDpop ? "DPoP" : "Bearer")} {string.Join(", ", parameters.OfType<string>())}".TrimEnd();
        if (isDpop)
        {
            context.RequestServices.GetRequiredService<DpopProofs>().SendNonce(context.Response);
        }
    }
}
