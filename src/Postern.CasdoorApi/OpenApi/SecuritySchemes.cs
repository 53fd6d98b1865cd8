using Microsoft.OpenApi;
using Postern.AuthorizationServer.Http;
using Postern.AuthorizationServer.SignIn;

namespace Postern.CasdoorApi.OpenApi;

/// <summary>The credentials of callers, in the document's words.</summary>
internal static class SecuritySchemes
{
    private static readonly (Credentials By, string Name, OpenApiSecurityScheme Scheme)[] All =
    [
        (Credentials.Bearer, "bearer", Http("bearer", "An access token of ours. It must be for this API, not for another one; a token of the scope api:read opens reads alone", "JWT")),
        (Credentials.Dpop, "dpop", Http("dpop", "An access token that is bound to a key, with a proof of it in the header DPoP (RFC 9449)")),
        (Credentials.Client, "client", Http("basic", "An application's client id and client secret; protocol endpoints take them as form fields too, or a client_assertion")),
        (Credentials.Registration, "registration", Http("bearer", "The registration_access_token of a client that registered itself (RFC 7592)")),
        (Credentials.Session, "session", new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.ApiKey,
            In = ParameterLocation.Cookie,
            Name = Sessions.Cookie,
            Description = "The session of a browser that signed in here; a write by it must be application/json and come from this site",
        }),
    ];

    public static void AddAll(OpenApiDocument document)
    {
        foreach (var (_, name, scheme) in All)
        {
            document.AddComponent<IOpenApiSecurityScheme>(name, scheme);
        }
    }

    /// <summary>Any of them is enough; empty where none is looked at.</summary>
    public static IList<OpenApiSecurityRequirement> Of(OpenApiDocument document, Credentials credentials) =>
    [
        .. credentials.HasFlag(Credentials.Optional) ? [new OpenApiSecurityRequirement()] : Array.Empty<OpenApiSecurityRequirement>(),
        .. All.Where(s => credentials.HasFlag(s.By)).Select(s => new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(s.Name, document)] = [] }),
    ];

    private static OpenApiSecurityScheme Http(string scheme, string description, string? format = null) =>
        new() { Type = SecuritySchemeType.Http, Scheme = scheme, Description = description, BearerFormat = format };
}
