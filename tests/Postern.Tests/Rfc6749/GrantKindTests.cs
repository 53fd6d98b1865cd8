using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Postern.AuthorizationServer.OAuth.Token;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Rfc6749;

/// <summary>A grant is declared once, and everything else follows.</summary>
public sealed partial class GrantKindTests(Servers servers)
{
    [Fact]
    public async Task Every_handler_is_listed_once_and_the_server_can_make_it()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var handlers = typeof(IGrantHandler).Assembly.GetTypes().Where(type => type.IsClass && type.IsAssignableTo(typeof(IGrantHandler)));

        Assert.Equal(handlers.Select(h => h.Name).Order(), GrantKinds.All.Select(kind => kind.Handler.Name).Order());
        Assert.All(GrantKinds.All, kind => Assert.IsAssignableFrom<IGrantHandler>(server.Services.GetRequiredService(kind.Handler)));
        Assert.Distinct(GrantKinds.All.Select(kind => kind.Type));
    }

    /// <summary>Stored counts have these labels, and the console names them.</summary>
    [Fact]
    public void Every_grant_has_its_own_statistics_label()
    {
        Assert.All(GrantKinds.All, kind => Assert.Matches(Label(), kind.Label));
        Assert.Distinct(GrantKinds.All.Select(kind => kind.Label));
        Assert.Equal(
            ["authorization_code", "refresh_token", "client_credentials", "device:sign-in", "token_exchange:sign-in", "jwt_bearer:sign-in", "mini_program:sign-in", "password_grant:sign-in"],
            GrantKinds.All.Select(kind => kind.BeginsSignIn ? kind.Label + ":sign-in" : kind.Label));
    }

    [Fact]
    public async Task Metadata_names_every_grant_and_a_legacy_one_only_where_it_is_listed()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var tenant = await server.NewWebTenantAsync(string.Join(' ', GrantKinds.All.Where(kind => kind.MustBeListed).Select(kind => kind.Type)));

        Assert.Equal(
            GrantKinds.All.Where(kind => !kind.IsLegacy).Select(kind => kind.Type), await SupportedAsync(server, "/.well-known/openid-configuration"));
        Assert.Equal(GrantKinds.All.Select(kind => kind.Type), await SupportedAsync(server, $"/.well-known/{tenant.Application}/openid-configuration"));
    }

    [Fact]
    public async Task An_application_is_served_a_grant_that_must_be_listed_only_where_it_lists_it()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var tenant = await server.NewTenantAsync("grant_types = '[]'");
        foreach (var kind in GrantKinds.All)
        {
            var refusal = await tenant.RefusalAsync(("grant_type", kind.Type), ("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret));

            Assert.Equal((kind.Type, kind.MustBeListed), (kind.Type, refusal == "unsupported_grant_type"));
        }
    }

    [Theory]
    [InlineData("docs/oauth-oidc.md")]
    [InlineData("docs/zh-CN/oauth-oidc.md")]
    public void The_guide_names_every_grant(string page)
    {
        var text = File.ReadAllText(Path.Combine(RepositoryFolder.Path, page));

        Assert.All(GrantKinds.All, kind => Assert.Contains($"`{kind.Type}`", text, StringComparison.Ordinal));
    }

    private static async Task<IEnumerable<string?>> SupportedAsync(TestServer server, string path) =>
        (await server.GetAsync(path)).Body.GetProperty("grant_types_supported").EnumerateArray().Select(type => type.GetString());

    [GeneratedRegex("^[a-z_]+$")]
    private static partial Regex Label();
}
