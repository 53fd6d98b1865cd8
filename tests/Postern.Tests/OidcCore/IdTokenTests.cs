using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.OidcCore;

/// <summary>OpenID Connect Core §2, §3.1.3.</summary>
public sealed class IdTokenTests(Servers servers)
{
    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_id_token_says_who_signed_in_when_how_and_for_which_request(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        using var flow = await CodeFlow.StartAsync(server);
        var signedIn = server.Clock.GetUtcNow().ToUnixTimeSeconds();
        await flow.CodeAsync();
        server.Clock.Advance(TimeSpan.FromMinutes(30));

        var tokens = await flow.TokensAsync(("nonce", "a nonce \"of\" mine"));

        var (identity, access) = (tokens.Claims("id_token"), tokens.Claims("access_token"));
        Assert.Equal((server.Issuer, flow.UserId, "a nonce \"of\" mine"), (identity.GetProperty("iss").GetString(), identity.GetProperty("sub").GetString(), identity.GetProperty("nonce").GetString()));
        Assert.Equal([flow.Tenant.ClientId], identity.GetProperty("aud").EnumerateArray().Select(a => a.GetString()!));
        Assert.Equal(["pwd"], identity.GetProperty("amr").EnumerateArray().Select(a => a.GetString()!));
        Assert.InRange(identity.GetProperty("auth_time").GetInt64(), signedIn, signedIn + 60);
        Assert.InRange(identity.GetProperty("iat").GetInt64(), signedIn + 1795, signedIn + 1860);
        Assert.True(identity.GetProperty("exp").GetInt64() > identity.GetProperty("iat").GetInt64());
        Assert.Equal(access.GetProperty("sid").GetString(), identity.GetProperty("sid").GetString());
        Assert.NotEqual(access.GetProperty("jti").GetString(), identity.GetProperty("jti").GetString());
        Assert.Equal(HalfHash(SHA256.HashData(Encoding.ASCII.GetBytes(tokens["access_token"]!))), identity.GetProperty("at_hash").GetString());
        Assert.False(access.TryGetProperty("nonce", out _) || access.TryGetProperty("at_hash", out _));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_session_says_how_its_user_was_authenticated(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        using var flow = await CodeFlow.StartAsync(server);
        await flow.CodeAsync();
        await server.ExecuteAsync("update sessions set amr = 'pwd otp' where user_id = @UserId", new { flow.UserId });

        var tokens = await flow.TokensAsync();
        var refreshed = await flow.Tenant.RefreshAsync(tokens["refresh_token"]!);

        foreach (var answer in new[] { tokens, refreshed })
        {
            Assert.Equal(["pwd", "otp"], answer.Claims("id_token").GetProperty("amr").EnumerateArray().Select(a => a.GetString()!));
        }
    }

    [Fact]
    public async Task A_refreshed_id_token_keeps_the_sign_in_and_has_no_nonce()
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite);
        using var flow = await CodeFlow.StartAsync(server);
        var first = await flow.TokensAsync();
        server.Clock.Advance(TimeSpan.FromHours(1));

        var second = await flow.Tenant.RefreshAsync(first["refresh_token"]!);

        var (before, after) = (first.Claims("id_token"), second.Claims("id_token"));
        foreach (var claim in new[] { "iss", "sub", "sid", "auth_time" })
        {
            Assert.Equal(before.GetProperty(claim).ToString(), after.GetProperty(claim).ToString());
        }

        Assert.False(after.TryGetProperty("nonce", out _));
        Assert.NotEqual(before.GetProperty("at_hash").GetString(), after.GetProperty("at_hash").GetString());
    }

    [Theory]
    [InlineData("", "RS256")]
    [InlineData("ES256", "ES256")]
    [InlineData("ES384", "ES384")]
    [InlineData("ES512", "ES512")]
    public async Task Its_signature_is_good_under_the_published_keys_and_at_hash_follows_the_algorithm(string method, string algorithm)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite), $"token_signing_method = '{method}'");
        var tokens = await flow.TokensAsync();
        var keys = new JsonWebKeySet((await flow.Client.GetAsync("/.well-known/jwks")).Text);

        var verdict = await new JsonWebTokenHandler().ValidateTokenAsync(tokens["id_token"], new TokenValidationParameters
        {
            ValidIssuer = flow.Tenant.Server.Issuer,
            ValidAudience = flow.Tenant.ClientId,
            IssuerSigningKeys = keys.GetSigningKeys(),
            ValidAlgorithms = [algorithm],
            ValidateLifetime = false,
        });

        Assert.True(verdict.IsValid, verdict.Exception?.Message);
        var access = Encoding.ASCII.GetBytes(tokens["access_token"]!);
        var hash = algorithm[^3..] switch { "512" => SHA512.HashData(access), "384" => SHA384.HashData(access), _ => SHA256.HashData(access) };
        Assert.Equal(HalfHash(hash), tokens.Claims("id_token").GetProperty("at_hash").GetString());
    }

    [Fact]
    public async Task An_id_token_opens_nothing()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var token = (await flow.TokensAsync())["id_token"];

        var userInfo = await flow.UserInfoAsync(token);
        var posted = await flow.Client.PostAsync("/api/userinfo", null, ("access_token", token));
        var account = await flow.Client.GetAsync("/api/get-account", "Bearer " + token);

        Assert.Equal((401, 401), (userInfo.Status, posted.Status));
        Assert.Contains("error=\"invalid_token\"", userInfo.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.Equal("error", account["status"]);
    }

    private static string HalfHash(byte[] hash) => Base64Url.EncodeToString(hash.AsSpan(0, hash.Length / 2));
}
