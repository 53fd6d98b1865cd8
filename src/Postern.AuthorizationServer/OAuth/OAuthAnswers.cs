using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Postern.AuthorizationServer.Http;
using Postern.AuthorizationServer.OAuth.Token;
using Postern.Directory.Certificates;
using Postern.Protocol;

namespace Postern.AuthorizationServer.OAuth;

/// <summary>OAuth's dialect on the wire: RFC 6749 §5.1 and §5.2.</summary>
public static class OAuthAnswers
{
    public static async Task WriteAsync(HttpContext context, TokenAnswer answer)
    {
        NoStore(context);
        context.Response.ContentType = "application/json; charset=utf-8";
        await JsonSerializer.SerializeAsync(context.Response.Body, answer, OAuthJson.Default.TokenAnswer, context.RequestAborted);
    }

    public static async Task WriteAsync(HttpContext context, JsonObject answer, int status = StatusCodes.Status200OK)
    {
        NoStore(context);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.WriteAsync(answer.ToJsonString(), context.RequestAborted);
    }

    public static async Task WriteAsync(HttpContext context, OAuthError error)
    {
        NoStore(context);
        var response = context.Response;
        response.StatusCode = error.Status;
        response.ContentType = "application/json; charset=utf-8";
        if (error.Status == StatusCodes.Status401Unauthorized)
        {
            response.Headers.WWWAuthenticate = "Basic realm=\"OAuth2\"";
        }

        RetryAfter.Set(response, error.RetryAfter);

        var speaksChinese = Languages.Of(context.Request) == Language.Chinese;
        await JsonSerializer.SerializeAsync(
            response.Body,
            new ErrorBody(error.Code, error.Description, speaksChinese ? error.ChineseMessage : null)
            {
                BindingTicket = error.Binding?.Ticket,
                ExpiresIn = error.Binding?.ExpiresIn,
                MayCreateAccount = error.Binding?.MayCreate,
            },
            OAuthJson.Default.ErrorBody,
            context.RequestAborted);
    }

    private static void NoStore(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.Pragma = "no-cache";
    }

    public sealed record ErrorBody(
        [property: JsonPropertyName("error")] string Error,
        [property: JsonPropertyName("error_description")] string ErrorDescription,
        [property: JsonPropertyName("error_message")] string? ErrorMessage)
    {
        /// <summary>With the error account_binding_required only, as the two below (docs/accounts.md).</summary>
        [JsonPropertyName("binding_ticket")]
        public string? BindingTicket { get; init; }

        /// <summary>Seconds until the ticket expires.</summary>
        [JsonPropertyName("expires_in")]
        public long? ExpiresIn { get; init; }

        [JsonPropertyName("may_create_account")]
        public bool? MayCreateAccount { get; init; }
    }
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(OAuthAnswers.ErrorBody))]
[JsonSerializable(typeof(ServerMetadata))]
[JsonSerializable(typeof(JwkSet))]
public sealed partial class OAuthJson : JsonSerializerContext;
