using System.Text.Json;
using Postern.Protocol;
using Postern.Server.Data;
using Postern.Server.Hosting;

namespace Postern.Server.OAuth;

/// <summary>The documents that tell clients where everything is (RFC 8414, OpenID Connect Discovery) and which keys sign (RFC 7517).</summary>
public static class MetadataEndpoint
{
    private static readonly string[] GetAndHead = ["GET", "HEAD"];

    public static void MapMetadata(this IEndpointRouteBuilder routes)
    {
        foreach (var name in (ReadOnlySpan<string>)["openid-configuration", "oauth-authorization-server"])
        {
            routes.MapMethods("/.well-known/" + name, GetAndHead, (RequestDelegate)DocumentAsync);
            routes.MapMethods("/.well-known/{application}/" + name, GetAndHead, (RequestDelegate)DocumentAsync);
        }

        routes.MapMethods("/.well-known/jwks", GetAndHead, (RequestDelegate)KeysAsync);
        routes.MapMethods("/.well-known/{application}/jwks", GetAndHead, (RequestDelegate)KeysOfApplicationAsync);
    }

    private static async Task DocumentAsync(HttpContext context)
    {
        var application = context.Request.RouteValues["application"] as string;
        if (application is not null && await ApplicationAsync(context, application) is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var options = context.RequestServices.GetRequiredService<PosternOptions>();
        await WriteAsync(context, JsonSerializer.SerializeToUtf8Bytes(ServerMetadata.Of(options.Origin, application), OAuthJson.Default.ServerMetadata));
    }

    private static async Task KeysAsync(HttpContext context)
    {
        var database = context.RequestServices.GetRequiredService<Database>();
        var certs = await database.ReadAsync(Certs.OfInstallationAsync, context.RequestAborted);
        await WriteAsync(context, certs);
    }

    /// <summary>An organization's certificate signs only for that organization's applications, and stands only here.</summary>
    private static async Task KeysOfApplicationAsync(HttpContext context)
    {
        if (await ApplicationAsync(context, (string)context.Request.RouteValues["application"]!) is not { } application)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var cert = await context.RequestServices.GetRequiredService<SigningKeys>().CertOfAsync(application, context.RequestAborted);
        await WriteAsync(context, cert is null ? [] : [cert]);
    }

    private static Task<Application?> ApplicationAsync(HttpContext context, string name) =>
        context.RequestServices.GetRequiredService<Database>().ReadAsync(connection => Applications.FindAsync(connection, name), context.RequestAborted);

    private static Task WriteAsync(HttpContext context, IEnumerable<Cert> certs) =>
        WriteAsync(context, JsonSerializer.SerializeToUtf8Bytes(new JwkSet([.. certs.Select(PublicKeys.JwkOf).OfType<Jwk>()]), OAuthJson.Default.JwkSet));

    private static Task WriteAsync(HttpContext context, byte[] json)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        // Public documents: any page may read them.
        context.Response.Headers.AccessControlAllowOrigin = "*";
        return context.Response.Body.WriteAsync(json).AsTask();
    }
}
