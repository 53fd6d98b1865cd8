using Postern.Server.OAuth.Dpop;

namespace Postern.Server.Casdoor;

/// <summary>
/// Tells a client in the header WWW-Authenticate why its token was refused (RFC 6750 §3, RFC 9449 §7.1). Casdoor's libraries send
/// bearer tokens and read the envelope with status 200, so only userinfo and requests with DPoP are answered so.
/// </summary>
internal static class TokenChallenge
{
    public const string InsufficientScope = "insufficient_scope";

    private static readonly string Algorithms = $"algs=\"{string.Join(' ', Protocol.SecurityProfile.Usual.Algorithms)}\"";

    /// <summary>Whether the request sends a token with DPoP: by its scheme, or with a proof beside another scheme.</summary>
    public static bool IsDpop(HttpRequest request) =>
        request.Headers.ContainsKey(DpopProofs.Header)
        || request.Headers.Authorization.ToString().StartsWith(DpopProofs.Header + " ", StringComparison.OrdinalIgnoreCase);

    /// <summary>Sets status and headers; the body is still to be written.</summary>
    public static void Set(HttpContext context, Identified identified)
    {
        var isDpop = identified.IsOfBoundToken || IsDpop(context.Request);
        // The error stands only where a token was sent (RFC 6750 §3.1).
        string?[] parameters = [identified.Refusal is null ? null : $"error=\"{identified.Error}\"", isDpop ? Algorithms : null];
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
