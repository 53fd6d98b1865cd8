using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Rfc6749;

public sealed class ScopeTests(Servers servers)
{
    private const string Listed = """scopes = '[{"name":"orders:read"},{"name":"orders:write"},{"name":"stock"}]'""";

    [Theory]
    [InlineData("", "")]
    [InlineData("stock", "stock")]
    [InlineData("stock  orders:read ", "stock orders:read")]
    [InlineData("openid offline_access stock", "openid offline_access stock")]
    [InlineData("orders:.*", "orders:read orders:write")]
    [InlineData("orders:read orders:.*", "orders:read orders:write")]
    [InlineData("orders:(read|write) stock", "orders:read orders:write stock")]
    [InlineData(".*", "orders:read orders:write stock")]
    [InlineData("orders", null)]
    [InlineData("stoc", null)]
    [InlineData("STOCK", null)]
    [InlineData("toc.*", null)]
    [InlineData("stock invoices", null)]
    [InlineData("(", null)]
    [InlineData("nothing.*", null)]
    [InlineData("(?=.*)stock", null)]
    public async Task A_word_is_listed_or_a_pattern_of_listed_ones(string requested, string? granted)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite), Listed + """, grant_types = '["client_credentials"]'""");

        var answer = await flow.Client.PostAsync("/api/login/oauth/access_token", flow.Basic, ("grant_type", "client_credentials"), ("scope", requested));
        var authorized = await flow.AuthorizeAsync(("scope", requested));

        Assert.Equal((granted ?? "invalid_scope", granted is null ? "invalid_scope" : null), (answer["scope"] ?? answer["error"], authorized["error"]));
        if (granted is not null)
        {
            Assert.Equal(granted, (await flow.RedeemAsync(authorized["code"]!))["scope"]);
        }
    }

    [Fact]
    public async Task Where_no_scopes_are_listed_any_are_granted_as_they_were_asked()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));

        Assert.Equal("openid whatever:it.is", (await flow.TokensAsync(("scope", "openid whatever:it.is")))["scope"]);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_refresh_may_narrow_the_scope_and_never_widens_it(DatabaseDriver driver)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(driver));
        await flow.ExecuteAsync("update users set email = 'ann@shop.example' where id = @UserId");
        var first = await flow.TokensAsync(("scope", "openid profile"));

        var narrowed = await flow.Tenant.RefreshAsync(first["refresh_token"]!, ("scope", "openid"));
        var widened = await flow.Tenant.RefreshAsync(narrowed["refresh_token"]!, ("scope", "openid email"));
        var whole = await flow.Tenant.RefreshAsync(narrowed["refresh_token"]!);

        Assert.Equal(("openid", "invalid_scope", "openid profile"), (narrowed["scope"], widened["error"], whole["scope"]));
        Assert.Null((await flow.UserInfoAsync(narrowed["access_token"]))["preferred_username"]);
        Assert.Equal("ann", (await flow.UserInfoAsync(whole["access_token"]))["preferred_username"]);
        Assert.Null((await flow.UserInfoAsync(whole["access_token"]))["email"]);
    }
}
