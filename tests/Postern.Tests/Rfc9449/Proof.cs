using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Postern.Tests.Fixtures;

namespace Postern.Tests.Rfc9449;

/// <summary>DPoP proofs, and the requests that carry them.</summary>
internal static class Proof
{
    public const string TokenPath = "/api/login/oauth/access_token";
    public const string UserInfo = "/api/userinfo";

    public static JsonObject Header(ClientKey key) => new() { ["typ"] = "dpop+jwt", ["alg"] = key.Algorithm, ["jwk"] = key.Jwk() };

    public static JsonObject Claims(TestServer server, string method, string path, params (string Name, JsonNode? Value)[] other)
    {
        var claims = new JsonObject
        {
            ["jti"] = Guid.NewGuid().ToString(),
            ["htm"] = method,
            ["htu"] = server.Issuer + path,
            ["iat"] = server.Clock.GetUtcNow().ToUnixTimeSeconds(),
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

    /// <summary>For the token endpoint.</summary>
    public static string Of(TestServer server, ClientKey key, params (string Name, JsonNode? Value)[] other) =>
        key.Sign(Header(key), Claims(server, "POST", TokenPath, other));

    /// <summary>For a resource: it names the token too.</summary>
    public static string OfToken(TestServer server, ClientKey key, string accessToken, string path = UserInfo, params (string Name, JsonNode? Value)[] other) =>
        key.Sign(Header(key), Claims(server, "GET", path, [("ath", ClientKey.Text(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken)))), .. other]));

    public static Task<Answer> TokenAsync(Tenant tenant, string? proof, params (string, string)[] form) =>
        tenant.Server.PostFormAsync(TokenPath, form, null, proof is null ? [] : [("DPoP", proof)]);

    public static Task<Answer> CredentialsAsync(Tenant tenant, string? proof) =>
        TokenAsync(tenant, proof, ("grant_type", "client_credentials"), ("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret));

    public static Task<Answer> UserInfoAsync(TestServer server, string accessToken, string? proof, string scheme = "DPoP", string path = UserInfo) =>
        server.GetAsync(path, $"{scheme} {accessToken}", proof is null ? [] : [("DPoP", proof)]);

    /// <summary>Signs a user of the tenant in, bound to a key where a proof is sent.</summary>
    public static async Task<Answer> SignInAsync(Tenant tenant, string name, ClientKey? key, params (string, string)[] authorize)
    {
        using var visitor = await Visitor.SignedInAsync(tenant, name);
        return await TokenAsync(tenant, key is null ? null : Of(tenant.Server, key),
            ("grant_type", "authorization_code"), ("client_id", tenant.ClientId), ("code", await visitor.CodeAsync(tenant, authorize)), ("code_verifier", Visitor.Verifier));
    }
}
