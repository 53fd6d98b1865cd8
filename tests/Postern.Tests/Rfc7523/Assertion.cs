using System.Text.Json.Nodes;
using Postern.Tests.Fixtures;

namespace Postern.Tests.Rfc7523;

/// <summary>JWTs that say who a client is, or for which user it asks; each test spoils one thing.</summary>
internal static class Assertion
{
    public const string TokenPath = "/api/login/oauth/access_token";

    public static JsonObject Header(ClientKey key, string? kid = null)
    {
        var header = new JsonObject { ["alg"] = key.Algorithm, ["typ"] = "JWT" };
        if (kid is not null)
        {
            header["kid"] = kid;
        }

        return header;
    }

    public static JsonObject Claims(Tenant tenant, params (string Name, JsonNode? Value)[] other)
    {
        var now = tenant.Server.Clock.GetUtcNow().ToUnixTimeSeconds();
        var claims = new JsonObject
        {
            ["iss"] = tenant.ClientId,
            ["sub"] = tenant.ClientId,
            ["aud"] = tenant.Server.Issuer,
            ["iat"] = now,
            ["exp"] = now + 60,
            ["jti"] = Guid.NewGuid().ToString(),
        };
        foreach (var (name, value) in other)
        {
            claims.Remove(name);
            if (value is not null)
            {
                claims[name] = value;
            }
        }

        return claims;
    }

    public static string Of(Tenant tenant, ClientKey key, params (string Name, JsonNode? Value)[] other) => key.Sign(Header(key), Claims(tenant, other));

    /// <summary>Client credentials with this assertion in the secret's place.</summary>
    public static Task<Answer> SendAsync(Tenant tenant, string assertion, params (string, string)[] more) => tenant.TokenAsync(
        [
            ("grant_type", "client_credentials"), ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", assertion), .. more,
        ]);
}
