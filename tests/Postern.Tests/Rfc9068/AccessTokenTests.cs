using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Rfc9068;

/// <summary>RFC 9068 §2.1, §2.2, §4: a strict resource server takes our access tokens, of every format, and no id_token for one.</summary>
public sealed class AccessTokenTests(Servers servers)
{
    [Theory]
    [InlineData("JWT", DatabaseDriver.Postgres)]
    [InlineData("JWT-Empty", DatabaseDriver.Sqlite)]
    [InlineData("JWT-Standard", DatabaseDriver.Sqlite)]
    [InlineData("JWT-Custom", DatabaseDriver.Sqlite)]
    public async Task A_strict_validator_takes_it_and_no_id_token_for_it(string format, DatabaseDriver driver)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(driver), $"token_format = '{format}', grant_types = '[\"client_credentials\"]'");
        var tokens = await flow.TokensAsync();
        var ofTheApplication = await flow.Tenant.TokenAsync(("grant_type", "client_credentials"), ("client_id", flow.Tenant.ClientId), ("client_secret", flow.Tenant.ClientSecret));

        foreach (var (answer, subject) in new[] { (tokens, flow.UserId), (ofTheApplication, "admin/" + flow.Tenant.Application) })
        {
            Assert.Equal("", await RefusalAsync(flow, answer["access_token"]!, "at+jwt"));
            Assert.NotEqual("", await RefusalAsync(flow, answer["access_token"]!, "JWT"));
            var claims = answer.Claims("access_token");
            Assert.Equal((subject, flow.Tenant.ClientId), (claims.GetProperty("sub").GetString(), claims.GetProperty("client_id").GetString()));
            Assert.All(new[] { "exp", "iat" }, claim => Assert.Equal(JsonValueKind.Number, claims.GetProperty(claim).ValueKind));
            Assert.NotEqual("", claims.GetProperty("jti").GetString());
        }

        Assert.NotEqual("", await RefusalAsync(flow, tokens["id_token"]!, "at+jwt"));
        Assert.Equal("", await RefusalAsync(flow, tokens["id_token"]!, "JWT"));
        Assert.False(tokens.Claims("id_token").TryGetProperty("client_id", out _));
    }

    private static async Task<string> RefusalAsync(CodeFlow flow, string token, string type)
    {
        var keys = new JsonWebKeySet((await flow.Client.GetAsync("/.well-known/jwks")).Text);
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = flow.Tenant.Server.Issuer,
            ValidAudience = flow.Tenant.ClientId,
            ValidTypes = [type],
            IssuerSigningKeys = keys.GetSigningKeys(),
            ValidateLifetime = false,
        });
        return result.IsValid ? "" : result.Exception.Message;
    }
}
