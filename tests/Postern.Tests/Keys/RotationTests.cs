using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Postern.Server.Commands;
using Postern.Server.Configuration;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Keys;

public sealed class RotationTests(Servers servers)
{
    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_new_key_is_published_at_once_and_signs_an_hour_later(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        await using var node = await server.StartNodeAsync();
        var tenant = await server.NewTenantAsync("expire_in_hours = 5");
        var before = await tenant.SignInAsync(tenant.Code("mei"));

        var output = await RotateAsync(server);

        Assert.Contains("cert-built-in-2", output, StringComparison.Ordinal);
        foreach (var at in new[] { server, node })
        {
            Assert.Equal(["cert-built-in", "cert-built-in-2"], await KidsAsync(at, "/.well-known/jwks"));
        }

        server.Clock.Advance(TimeSpan.FromMinutes(58));
        Assert.Equal("cert-built-in", KidOf(await tenant.SignInAsync(tenant.Code("mei"))));
        server.Clock.Advance(TimeSpan.FromMinutes(3));
        var after = await tenant.SignInAsync(tenant.Code("mei"));
        Assert.Equal("cert-built-in-2", KidOf(after));
        Assert.Equal("cert-built-in-2", KidOf(await (tenant with { Server = node }).SignInAsync(tenant.Code("mei"))));

        // What the former key signed is good to its end, here and wherever the published keys are used.
        var keys = new JsonWebKeySet(await server.Http.GetStringAsync(new Uri("/.well-known/jwks", UriKind.Relative)));
        foreach (var token in new[] { before["access_token"], after["access_token"] })
        {
            Assert.True(await server.IsGoodAsync(token));
            Assert.True(await node.IsGoodAsync(token));
            var result = await new JsonWebTokenHandler().ValidateTokenAsync(token, new TokenValidationParameters
            {
                ValidIssuer = server.Issuer, ValidAudience = tenant.ClientId, IssuerSigningKeys = keys.GetSigningKeys(), ValidateLifetime = false,
            });
            Assert.True(result.IsValid, result.Exception?.ToString());
        }
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_former_key_may_be_deleted_when_the_new_one_signs_and_never_comes_back(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        using var administrator = await Administrator.OfAsync(server);
        var former = new JsonObject { ["owner"] = "admin", ["name"] = "cert-built-in" };
        await RotateAsync(server);

        var early = await administrator.WriteAsync("/api/delete-cert", former);
        server.Clock.Advance(TimeSpan.FromMinutes(61));
        var signing = await administrator.WriteAsync("/api/delete-cert", new JsonObject { ["owner"] = "admin", ["name"] = "cert-built-in-2" });
        var deleted = await administrator.WriteAsync("/api/delete-cert", former);
        var again = await administrator.WriteAsync("/api/add-cert", new JsonObject { ["owner"] = "admin", ["name"] = "cert-built-in" });

        Assert.StartsWith("cert-built-in signs for the installation", early, StringComparison.Ordinal);
        Assert.StartsWith("cert-built-in-2 signs for the installation", signing, StringComparison.Ordinal);
        Assert.Equal("Affected", deleted);
        Assert.NotEqual("Affected", again);
        Assert.Equal(["cert-built-in-2"], await KidsAsync(server, "/.well-known/jwks"));
        var tenant = await server.NewTenantAsync();
        Assert.Equal("cert-built-in-2", KidOf(await tenant.SignInAsync(tenant.Code("mei"))));
    }

    [Fact]
    public async Task Each_algorithm_that_is_in_use_gets_a_new_key_and_a_second_rotation_another()
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite);
        var tenant = await server.NewTenantAsync("token_signing_method = 'ES256'");
        await tenant.SignInAsync(tenant.Code("mei"));

        await RotateAsync(server);
        await RotateAsync(server);

        Assert.Equal(
            ["cert-built-in", "cert-built-in-2", "cert-built-in-3", "cert-built-in-es256", "cert-built-in-es256-2", "cert-built-in-es256-3"],
            await KidsAsync(server, "/.well-known/jwks"));
        server.Clock.Advance(TimeSpan.FromMinutes(61));
        var tokens = await tenant.SignInAsync(tenant.Code("mei"));
        Assert.StartsWith("cert-built-in-es256-", KidOf(tokens), StringComparison.Ordinal);
        Assert.True(await server.IsGoodAsync(tokens["access_token"]));
    }

    [Fact]
    public async Task A_deleted_key_is_published_no_more_and_verifies_nothing()
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite);
        using var administrator = await Administrator.OfAsync(server);
        var tenant = await server.NewTenantAsync("expire_in_hours = 5");
        var before = await tenant.SignInAsync(tenant.Code("mei"));
        await RotateAsync(server);
        server.Clock.Advance(TimeSpan.FromMinutes(61));
        var after = await tenant.SignInAsync(tenant.Code("mei"));

        Assert.Equal("Affected", await administrator.WriteAsync("/api/delete-cert", new JsonObject { ["owner"] = "admin", ["name"] = "cert-built-in" }));

        Assert.Equal(["cert-built-in-2"], await KidsAsync(server, "/.well-known/jwks"));
        Assert.False(await server.IsGoodAsync(before["access_token"]));
        Assert.True(await server.IsGoodAsync(after["access_token"]));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_organizations_certificate_stands_in_its_applications_keys_alone(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        using var administrator = await Administrator.OfAsync(server);
        var (tenant, other) = (await server.NewTenantAsync(), await server.NewTenantAsync());
        var name = "cert-" + tenant.Organization;
        Assert.Equal("Affected", await administrator.WriteAsync("/api/add-cert", new JsonObject { ["owner"] = tenant.Organization, ["name"] = name }));
        await server.ExecuteAsync("update applications set cert = @name where client_id = @ClientId", new { name, tenant.ClientId });

        Assert.Contains(name, await KidsAsync(server, $"/.well-known/{tenant.Application}/jwks"));
        Assert.DoesNotContain(name, await KidsAsync(server, $"/.well-known/{other.Application}/jwks"));
        Assert.DoesNotContain(name, await KidsAsync(server, "/.well-known/jwks"));
        var tokens = await tenant.SignInAsync(tenant.Code("mei"));
        Assert.Equal(name, KidOf(tokens));
        Assert.True(await server.IsGoodAsync(tokens["access_token"]));
        Assert.DoesNotContain("\"d\"", await server.Http.GetStringAsync(new Uri($"/.well-known/{tenant.Application}/jwks", UriKind.Relative)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("JWT-Standard", "standard", "at+jwt")]
    [InlineData("JWT", "standard", "at+jwt")]
    [InlineData("JWT-Standard", "casdoor", "at+jwt")]
    [InlineData("JWT", "casdoor", "JWT")]
    [InlineData("JWT-Empty", "casdoor", "JWT")]
    [InlineData("JWT-Custom", "casdoor", "JWT")]
    public async Task An_access_token_says_that_it_is_one_unless_its_application_keeps_Casdoors_tokens(string format, string claims, string type)
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var tenant = await server.NewTenantAsync($"token_format = '{format}', id_token_claims = '{claims}'");

        var tokens = await tenant.SignInAsync(tenant.Code("mei"));

        Assert.Equal(type, new JsonWebToken(tokens["access_token"]).Typ);
        Assert.Equal("JWT", new JsonWebToken(tokens["id_token"]).Typ);
        Assert.True(await server.IsGoodAsync(tokens["access_token"]));
    }

    private static async Task<string> RotateAsync(TestServer server)
    {
        await using var output = new StringWriter();
        Assert.Equal(0, await RotateKeys.RunAsync(server.Services.GetRequiredService<PosternOptions>(), server.Clock, output));
        return output.ToString();
    }

    private static async Task<IReadOnlyList<string>> KidsAsync(TestServer server, string path) =>
        [.. (await server.GetAsync(path)).Body.GetProperty("keys").EnumerateArray().Select(k => k.GetProperty("kid").GetString()!).Order(StringComparer.Ordinal)];

    private static string KidOf(Answer tokens) => new JsonWebToken(tokens["access_token"]).Kid;
}
