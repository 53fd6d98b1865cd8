using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.SignIn;

public sealed class TokenTests(Servers servers)
{
    [Theory]
    [InlineData("", "RS256", "cert-built-in")]
    [InlineData("RS512", "RS512", "cert-built-in")]
    [InlineData("ES256", "ES256", "cert-built-in-es256")]
    [InlineData("ES384", "ES384", "cert-built-in-es384")]
    [InlineData("ES512", "ES512", "cert-built-in-es512")]
    public async Task Both_tokens_verify_with_the_published_keys(string method, string algorithm, string kid)
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var tenant = await server.NewTenantAsync($"token_signing_method = '{method}'");
        var answer = await tenant.SignInAsync(tenant.Code("mei"));
        var keys = new JsonWebKeySet(await server.Http.GetStringAsync(new Uri("/.well-known/jwks", UriKind.Relative)));

        foreach (var name in new[] { "access_token", "id_token" })
        {
            var result = await new JsonWebTokenHandler().ValidateTokenAsync(answer[name], new TokenValidationParameters
            {
                ValidIssuer = server.Issuer,
                ValidAudience = tenant.ClientId,
                IssuerSigningKeys = keys.GetSigningKeys(),
                ValidAlgorithms = [algorithm],
            });
            Assert.True(result.IsValid, result.Exception?.ToString());
            Assert.Equal(kid, ((JsonWebToken)result.SecurityToken).Kid);
        }

        var hash = algorithm[^3..] switch
        {
            "512" => SHA512.HashData(Encoding.ASCII.GetBytes(answer["access_token"]!)),
            "384" => SHA384.HashData(Encoding.ASCII.GetBytes(answer["access_token"]!)),
            _ => SHA256.HashData(Encoding.ASCII.GetBytes(answer["access_token"]!)),
        };
        Assert.Equal(Base64Url.EncodeToString(hash.AsSpan(0, hash.Length / 2)), answer.Claims("id_token").GetProperty("at_hash").GetString());
    }

    [Theory]
    [InlineData("JWT", "app-hold")]
    [InlineData("JWT-Empty", "app-empty")]
    [InlineData("JWT-Standard", "app-standard")]
    public async Task A_format_has_the_recorded_claims_with_their_types(string format, string recorded)
    {
        var tenant = await (await servers.OnAsync(DatabaseDriver.Sqlite)).NewTenantAsync($"token_format = '{format}'");
        var claims = (await tenant.SignInAsync(tenant.Code("mei"), "Mei", "https://pictures.example/1.png")).Claims("access_token");
        using var golden = JsonDocument.Parse(await File.ReadAllTextAsync(Golden.Path("token-claims.json")));

        foreach (var claim in golden.RootElement.GetProperty(recorded).GetProperty("access_token").GetProperty("claims").EnumerateObject())
        {
            // What this user has not (an e-mail, a phone, a scope) is absent, as there.
            if (claim.Name is "scope" || (format == "JWT-Standard" && claim.Name is "email" or "phone_number" or "phone_number_verified" or "address"))
            {
                continue;
            }

            Assert.True(claims.TryGetProperty(claim.Name, out var ours), claim.Name);
            Assert.Equal(Kind(claim.Value), Kind(ours));
        }
    }

    [Fact]
    public async Task A_custom_format_has_its_fields_and_attributes_and_cannot_set_who_it_is_for()
    {
        var tenant = await (await servers.OnAsync(DatabaseDriver.Sqlite)).NewTenantAsync(
            """
            token_format = 'JWT-Custom', token_fields = '["Name","DisplayName","IsAdmin","TotpSecret"]',
            token_attributes = '[{"name":"team","value":"red $user.name","type":"String"},{"name":"sub","value":"root","type":"String"},{"name":"list","value":"x","type":"Array"}]'
            """);

        var claims = (await tenant.SignInAsync(tenant.Code("mei"), "Mei")).Claims("access_token");

        Assert.Equal(("Mei", "Mei", "red Mei", false), (claims.GetProperty("name").GetString(), claims.GetProperty("displayName").GetString(), claims.GetProperty("team").GetString(), claims.GetProperty("isAdmin").GetBoolean()));
        Assert.Equal(Assert.Single(await tenant.UsersAsync()).Id, claims.GetProperty("sub").GetString());
        Assert.Equal("", claims.GetProperty("scope").GetString());
        Assert.Equal(1, claims.GetProperty("list").GetArrayLength());
    }

    [Fact]
    public async Task The_documents_name_what_is_served()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var tenant = await server.NewTenantAsync();
        foreach (var path in new[] { "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", $"/.well-known/{tenant.Application}/openid-configuration" })
        {
            using var document = JsonDocument.Parse(await server.Http.GetStringAsync(new Uri(path, UriKind.Relative)));
            Assert.Equal(server.Issuer, document.RootElement.GetProperty("issuer").GetString());
            Assert.Contains("urn:postern:params:oauth:grant-type:wechat-miniprogram", document.RootElement.GetProperty("grant_types_supported").EnumerateArray().Select(g => g.GetString()));
            var keys = new Uri(document.RootElement.GetProperty("jwks_uri").GetString()!);
            Assert.Contains("\"kid\"", await server.Http.GetStringAsync(new Uri(keys.PathAndQuery, UriKind.Relative)), StringComparison.Ordinal);
        }
    }

    private static string Kind(JsonElement value) => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? "Bool" : value.ValueKind.ToString();
}
