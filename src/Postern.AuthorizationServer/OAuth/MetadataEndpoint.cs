using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.AuthorizationServer.Http;
using Postern.AuthorizationServer.OAuth.Token;
using Postern.Directory.Certificates;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.OAuth;

/// <summary>The documents that tell clients where everything is (RFC 8414, OpenID Connect Discovery) and which keys sign (RFC 7517).</summary>
public static class MetadataEndpoint
{
    private const string Json = "application/json; charset=utf-8";
    private static readonly string[] GetAndHead = ["GET", "HEAD"];
    private static readonly string[] ImplicitTypes = [GrantTypes.Token, GrantTypes.IdToken];

    public static void MapMetadata(this IEndpointRouteBuilder routes)
    {
        foreach (var name in (ReadOnlySpan<string>)["openid-configuration", "oauth-authorization-server"])
        {
            Map("/.well-known/" + name, DocumentAsync, "Where everything is (RFC 8414, OpenID Connect Discovery)", "ServerMetadata");
            Map("/.well-known/{application}/" + name, DocumentAsync, "The same for one application, with what it lists", "ServerMetadata");
        }

        foreach (var path in (ReadOnlySpan<string>)["/.well-known/oauth-protected-resource", "/.well-known/{application}/oauth-protected-resource"])
        {
            Map(path, ProtectedResourceAsync, "Our own API as a resource (RFC 9728)", "ProtectedResource");
        }

        foreach (var path in (ReadOnlySpan<string>)["/.well-known/webfinger", "/.well-known/{application}/webfinger"])
        {
            routes.MapMethods(path, GetAndHead, (RequestDelegate)WebFingerAsync).Describe(new("Metadata", "Who signs a person in (OpenID Connect Discovery section 2)")
            {
                Credentials = Credentials.None,
                Query = [new("resource", "acct:NAME@HOST, or an address", IsRequired: true), new("rel", "which links; else all")],
                Answers = [Reply.Of("WebFinger") with { MediaType = "application/jrd+json" }],
                Refusals = [new(StatusCodes.Status400BadRequest, "") { Type = "Problem", MediaType = "application/problem+json" }],
            });
        }

        Map("/.well-known/jwks", KeysAsync, "The keys that sign for the installation (RFC 7517)", "JwkSet");
        Map("/.well-known/{application}/jwks", KeysOfApplicationAsync, "The keys that sign for one application", "JwkSet");

        void Map(string path, RequestDelegate handle, string summary, string type) =>
            routes.MapMethods(path, GetAndHead, handle).Describe(new("Metadata", summary) { Credentials = Credentials.None, Answers = [Reply.Of(type)] });
    }

    private static async Task DocumentAsync(HttpContext context)
    {
        var (isKnown, application) = await NamedAsync(context);
        if (!isKnown)
        {
            return;
        }

        var options = context.RequestServices.GetRequiredService<AuthorizationServerOptions>();
        var of = application is null ? null : new ApplicationMetadata(application.Name, [.. ImplicitTypes.Where(application.Lists)], application.ScopeNames())
        {
            Profile = application.Profile,
            SigningMethod = application.TokenSigningMethod,
        };
        var grantTypes = GrantKinds.All.Where(kind => !kind.IsLegacy || application?.Lists(kind.Type) == true).Select(kind => kind.Type).ToList();
        await WriteAsync(context, JsonSerializer.SerializeToUtf8Bytes(ServerMetadata.Of(options.Origin, options.OriginFrontend, grantTypes, of), OAuthJson.Default.ServerMetadata));
    }

    /// <summary>Our own API as a resource (RFC 9728).</summary>
    private static async Task ProtectedResourceAsync(HttpContext context)
    {
        var (isKnown, application) = await NamedAsync(context);
        if (!isKnown)
        {
            return;
        }

        var options = context.RequestServices.GetRequiredService<AuthorizationServerOptions>();
        await WriteAsync(context, new JsonObject
        {
            ["resource"] = application is null ? options.Origin : OpenedApi.ResourceOf(options, application),
            ["authorization_servers"] = new JsonArray(options.Origin),
            ["bearer_methods_supported"] = new JsonArray("header"),
            ["scopes_supported"] = new JsonArray([.. Scopes.Standard.Concat(Scopes.OfApi).Concat(application?.ScopeNames() ?? []).Distinct().Select(s => JsonValue.Create(s))]),
            ["dpop_signing_alg_values_supported"] = new JsonArray([.. (application?.Profile ?? SecurityProfile.Usual).Algorithms.Select(a => JsonValue.Create(a))]),
            ["dpop_bound_access_tokens_required"] = application?.Profile.NeedsDpop ?? false,
        });
    }

    /// <summary>
    /// Names the issuer for a user's address (OpenID Connect Discovery §2, RFC 7033). The answer is the same for every address, so that it
    /// does not reveal which users exist.
    /// </summary>
    private static async Task WebFingerAsync(HttpContext context)
    {
        const string issuer = "http://openid.net/specs/connect/1.0/issuer";
        var resource = context.Request.Query["resource"].ToString();
        if (resource.Length is 0 or > 500 || !(resource.StartsWith("acct:", StringComparison.Ordinal) || Uri.TryCreate(resource, UriKind.Absolute, out _)))
        {
            await Problems.WriteAsync(context, StatusCodes.Status400BadRequest, "resource must be acct:NAME@HOST or an address");
            return;
        }

        var wanted = context.Request.Query["rel"];
        var links = wanted.Count == 0 || wanted.Contains(issuer)
            ? new JsonArray(new JsonObject { ["rel"] = issuer, ["href"] = context.RequestServices.GetRequiredService<AuthorizationServerOptions>().Origin })
            : [];
        await WriteAsync(context, new JsonObject { ["subject"] = resource, ["links"] = links }, "application/jrd+json");
    }

    private static async Task KeysAsync(HttpContext context)
    {
        var certs = await context.RequestServices.GetRequiredService<Database>().ReadAsync(Certs.OfInstallationAsync, context.RequestAborted);
        await WriteAsync(context, certs);
    }

    /// <summary>
    /// Every key that may have signed for the application: an organization's certificates sign only for that organization's
    /// applications, and are published only here. Former keys are published beside the present one until they are deleted, so that the
    /// tokens they signed can be verified until they expire.
    /// </summary>
    private static async Task KeysOfApplicationAsync(HttpContext context)
    {
        if (await NamedAsync(context) is not (true, { } application))
        {
            return;
        }

        // The key is created here if it does not exist yet: a client that reads the metadata verifies a token soon.
        await context.RequestServices.GetRequiredService<SigningKeys>().ForAsync(application, context.RequestAborted);
        await WriteAsync(context, await context.RequestServices.GetRequiredService<Database>().ReadAsync(
            c => Certs.OfOrganizationAsync(c, application.OrganizationId), context.RequestAborted));
    }

    /// <summary>The application that the path names, or null where it names none; one that does not exist was answered.</summary>
    private static async Task<(bool IsKnown, Application? Application)> NamedAsync(HttpContext context)
    {
        if (context.Request.RouteValues["application"] is not string name)
        {
            return (true, null);
        }

        var application = await context.RequestServices.GetRequiredService<Database>().ReadAsync(connection => Applications.FindAsync(connection, name), context.RequestAborted);
        if (application is null || !application.IsServed(context.RequestServices.GetRequiredService<AuthorizationServerOptions>()))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return (false, null);
        }

        return (true, application);
    }

    private static Task WriteAsync(HttpContext context, IEnumerable<Cert> certs) =>
        WriteAsync(context, JsonSerializer.SerializeToUtf8Bytes(new JwkSet([.. certs.Select(PublicKeys.JwkOf).OfType<Jwk>()]), OAuthJson.Default.JwkSet));

    private static Task WriteAsync(HttpContext context, JsonObject json, string contentType = Json) =>
        WriteAsync(context, Encoding.UTF8.GetBytes(json.ToJsonString()), contentType);

    private static Task WriteAsync(HttpContext context, byte[] json, string contentType = Json)
    {
        context.Response.ContentType = contentType;
        // Short: a new key is published an hour before it signs, but one that is deleted should soon be gone.
        context.Response.Headers.CacheControl = "public, max-age=300";
        // Public documents: any page may read them.
        context.Response.Headers.AccessControlAllowOrigin = "*";
        return context.Response.Body.WriteAsync(json).AsTask();
    }
}
