using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.WebUtilities;

namespace Postern.AuthorizationServer.Http;

/// <summary>Problem details (RFC 9457): the dialect of routes that are neither OAuth's nor Casdoor's.</summary>
public static class Problems
{
    public static Task WriteAsync(HttpContext context, int status, string detail, TimeSpan? retryAfter = null, string? code = null)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/problem+json";
        context.Response.Headers.CacheControl = "no-store";
        RetryAfter.Set(context.Response, retryAfter);
        return JsonSerializer.SerializeAsync(
            context.Response.Body, new Problem(ReasonPhrases.GetReasonPhrase(status), status, detail) { Code = code }, ProblemJson.Default.Problem, context.RequestAborted);
    }

    public sealed record Problem(string Title, int Status, string Detail)
    {
        /// <summary>Stable, for programs; null where the status says it all.</summary>
        public string? Code { get; init; }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Problems.Problem))]
public sealed partial class ProblemJson : JsonSerializerContext;
