using System.Text.Json;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Rfc8707;

public sealed class ResourceTests(Servers servers)
{
    private const string Api = "https://api.example/orders?v=1";
    private const string Path = "/api/login/oauth/access_token";

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_access_token_is_for_the_resource_and_the_id_token_for_the_client(DatabaseDriver driver)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(driver));

        var first = await flow.TokensAsync(("resource", Api));
        var second = await flow.Tenant.RefreshAsync(first["refresh_token"]!, ("resource", Api));

        foreach (var tokens in new[] { first, second })
        {
            Assert.Equal([Api], Audiences(tokens, "access_token"));
            Assert.Equal([flow.Tenant.ClientId], Audiences(tokens, "id_token"));
        }

        var seen = await flow.Client.PostAsync("/api/login/oauth/introspect", flow.Basic, ("token", second["access_token"]));
        Assert.Equal(("True", Api, flow.Tenant.ClientId), (seen["active"], seen.Body.GetProperty("aud")[0].GetString(), seen["client_id"]));
    }

    [Theory]
    [InlineData(Api, "https://api.example/orders")]
    [InlineData(Api, "https://api.example/orders?v=2")]
    [InlineData(null, Api)]
    public async Task Another_resource_than_the_one_that_was_allowed_is_an_invalid_target(string? allowed, string asked)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var code = await flow.CodeAsync(("resource", allowed));

        var redeemed = await flow.RedeemAsync(code, ("resource", asked));
        var tokens = await flow.RedeemAsync(code);
        var refreshed = await flow.Tenant.RefreshAsync(tokens["refresh_token"]!, ("resource", asked));

        Assert.Equal([(400, "invalid_target"), (400, "invalid_target")], new[] { redeemed, refreshed }.Select(a => (a.Status, a["error"]!)));
        Assert.Equal(200, tokens.Status);
    }

    [Theory]
    [InlineData(Api, Api)]
    [InlineData("urn:example:orders", "urn:example:orders")]
    [InlineData("/orders", null)]
    [InlineData("orders", null)]
    [InlineData("https://api.example/#orders", null)]
    [InlineData("https://api.example/a b", null)]
    [InlineData("file:///etc/passwd", null)]
    public async Task An_applications_own_token_is_for_the_resource_that_it_names(string resource, string? audience)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite), """grant_types = '["client_credentials"]'""");

        var answer = await flow.Client.PostAsync(Path, flow.Basic, ("grant_type", "client_credentials"), ("resource", resource));

        Assert.Equal(audience is null ? "invalid_target" : null, answer["error"]);
        Assert.Equal(audience, audience is null ? null : Audiences(answer, "access_token").Single());
    }

    private static List<string> Audiences(Answer answer, string token) =>
        [.. answer.Claims(token).GetProperty("aud") is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray().Select(a => a.GetString()!) : []];
}
