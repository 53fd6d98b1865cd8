using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;
using Postern.AuthorizationServer.Http;

namespace Postern.CasdoorApi.OpenApi;

/// <summary><c>GET /openapi/v1.json</c>: the API as an OpenAPI 3.1 document. Built when it is first asked for: routes do not change.</summary>
public static class OpenApiEndpoint
{
    public const string Path = "/openapi/v1.json";

    private static readonly string[] GetAndHead = ["GET", "HEAD"];

    public static void MapOpenApi(this IEndpointRouteBuilder routes)
    {
        var made = new Lazy<(byte[] Json, string Tag)>(() => Make(routes.ServiceProvider));
        routes.MapMethods(Path, GetAndHead, context => WriteAsync(context, made.Value)).Describe(new("Installation", "This document")
        {
            Credentials = Credentials.None,
            Answers = [Reply.Of("O"), Reply.Nothing(StatusCodes.Status304NotModified, "As the caller has it, by If-None-Match")],
        });
    }

    private static (byte[] Json, string Tag) Make(IServiceProvider services)
    {
        var document = OpenApiDocuments.Build(services.GetRequiredService<EndpointDataSource>().Endpoints, services.GetRequiredService<CasdoorApiOptions>().Origin);
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        document.SerializeAsV31(new OpenApiJsonWriter(text, new OpenApiJsonWriterSettings { Terse = true }));
        var json = Encoding.UTF8.GetBytes(text.ToString());
        return (json, $"\"{Convert.ToHexStringLower(SHA256.HashData(json)[..16])}\"");
    }

    private static Task WriteAsync(HttpContext context, (byte[] Json, string Tag) made)
    {
        var response = context.Response;
        response.Headers.ETag = made.Tag;
        response.Headers.CacheControl = "public, max-age=300";
        // A public document: any page may read it, as it may the others of its kind (OAuth/MetadataEndpoint).
        response.Headers.AccessControlAllowOrigin = "*";
        if (EntityTagHeaderValue.TryParseList([.. context.Request.Headers.IfNoneMatch.OfType<string>()], out var known)
            && known.Any(t => t.Equals(EntityTagHeaderValue.Any) || t.Compare(new EntityTagHeaderValue(made.Tag), useStrongComparison: false)))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = made.Json.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(made.Json).AsTask();
    }
}
