using System.Text.Json.Nodes;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Objects;

public sealed class SigningMethodTests(Servers servers)
{
    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_signing_method_that_no_key_of_ours_has_is_refused_and_not_replaced_by_another(DatabaseDriver driver)
    {
        var world = await ObjectWorld.CreateAsync(await servers.OnAsync(driver));
        using var administrator = await Administrator.OfAsync(world.Server);
        foreach (var method in new[] { "", "RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "ES512" })
        {
            Assert.Equal("Affected", await AddAsync("app" + method, method));
        }

        foreach (var method in new[] { "HS256", "none", "ES256K", "PS384", "es256" })
        {
            var sentence = $"tokenSigningMethod {method} is not known: leave it empty, or choose RS256, RS512, PS256, ES256, ES384 or ES512";
            Assert.Equal(sentence, await AddAsync("no" + method, method));
            Assert.Null(await MethodAsync("no" + method));
            Assert.Equal(sentence, await administrator.WriteAsync($"/api/update-application?id=admin/{world.Name("appES256")}", new JsonObject { ["tokenSigningMethod"] = method }));
        }

        Assert.Equal("ES256", await MethodAsync("appES256"));

        Task<string> AddAsync(string stem, string method) => administrator.WriteAsync(
            "/api/add-application", new JsonObject { ["name"] = world.Name(stem), ["organization"] = world.Organization, ["tokenSigningMethod"] = method });

        async Task<string?> MethodAsync(string stem) =>
            (await administrator.GetAsync($"/api/get-application?id=admin/{world.Name(stem)}"))["data"]?["tokenSigningMethod"]?.GetValue<string>();
    }
}
