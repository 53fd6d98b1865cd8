using Microsoft.AspNetCore.Server.Kestrel.Core;
using Postern.AuthorizationServer.Http.Inputs;
using Postern.Protocol;

namespace Postern.CasdoorApi.Edge;

/// <summary>What is judged of every request before its route is run: headers, path and query.</summary>
public static class InputEdge
{
    private const int LongestHeader = 16 * 1024;

    // Each route reads far less (BodyLimits); what is left of a refused body up to here is thrown away, so that its sender
    // reads the refusal and does not only see the connection end.
    private const int MostThrownAway = 16 * 1024 * 1024;

    // More than one server serves at once; each holds up to 16 KB of a body that nothing else counts.
    private const int MostConnections = 10_000;

    /// <summary>What Kestrel holds of a request before we see it.</summary>
    public static void Bound(KestrelServerLimits limits)
    {
        limits.MaxConcurrentConnections = MostConnections;
        limits.MaxRequestLineSize = InputLimits.Line;
        limits.MaxRequestHeadersTotalSize = InputLimits.Token + (64 * 1024);
        // What Kestrel reads ahead of a body that nothing asks for; the headers must fit into it.
        limits.MaxRequestBufferSize = limits.MaxRequestHeadersTotalSize;
        limits.MaxRequestBodySize = MostThrownAway;
    }

    public static void RefuseLongInput(this WebApplication app) => app.Use((context, next) =>
        RefuseHeaders(context.Request) is { } header ? Refusals.WriteAsync(context, header)
        : (RefusePath(context.Request) ?? RefuseQuery(context.Request)) is { } sentence ? Refusals.WriteAsync(context, InDialect(context, sentence))
        : next(context));

    private static OAuthError? RefuseHeaders(HttpRequest request)
    {
        foreach (var (name, values) in request.Headers)
        {
            var length = 0;
            foreach (var value in values)
            {
                length += value?.Length ?? 0;
            }

            if (length > LongestHeader && length > LongestOf(name, values.ToString()))
            {
                return OAuthError.InvalidRequest($"the header {name} is too long", $"请求头 {name} 过长") with { Status = StatusCodes.Status431RequestHeaderFieldsTooLarge };
            }
        }

        return null;
    }

    private static int LongestOf(string header, string value) =>
        header.Equals("Authorization", StringComparison.OrdinalIgnoreCase)
            && (value.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) || value.StartsWith("DPoP ", StringComparison.OrdinalIgnoreCase)) ? InputLimits.Token
        : LongestHeader;

    private static LocalizedText? RefusePath(HttpRequest request)
    {
        // A path is decoded and so never longer than it was sent.
        if (request.Path.Value is not { Length: > InputLimits.Name } path)
        {
            return null;
        }

        return request.RouteValues.Select(v => InputLimits.Refuse(v.Key, v.Value as string ?? "")).FirstOrDefault(s => s is not null)
            ?? (InputLimits.Exceeds(path, InputLimits.State) ? new LocalizedText("the path is too long", "路径过长") : null);
    }

    private static LocalizedText? RefuseQuery(HttpRequest request)
    {
        if (request.QueryString.Value is not { Length: > InputLimits.Name })
        {
            return null;
        }

        foreach (var (name, values) in request.Query)
        {
            foreach (var value in values)
            {
                if (InputLimits.Refuse(name, value ?? "") is { } sentence)
                {
                    return sentence;
                }
            }
        }

        return request.Query.Count > InputLimits.MostParameters ? new LocalizedText("there are too many parameters", "参数过多") : null;
    }

    /// <summary>Casdoor's envelope refuses with HTTP 200.</summary>
    private static OAuthError InDialect(HttpContext context, LocalizedText sentence) => OAuthError.InvalidRequest(sentence.English, sentence.Chinese) with
    {
        Status = Refusals.DialectOf(context.Request.Path) == RefusalDialect.Casdoor ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest,
    };
}
