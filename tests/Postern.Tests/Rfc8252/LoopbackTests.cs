using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Rfc8252;

/// <summary>RFC 8252 §7.3: a native application learns its port when it runs. Only addresses have that freedom, names have none.</summary>
public sealed class LoopbackTests(Servers servers)
{
    private const string Listed =
        """["http://127.0.0.1/callback","http://[::1]:1/callback","http://localhost/callback","https://127.0.0.1/secure","com.example.app:/callback"]""";

    [Theory]
    [InlineData("http://127.0.0.1/callback")]
    [InlineData("http://127.0.0.1:49152/callback")]
    [InlineData("http://[::1]:49152/callback")]
    [InlineData("http://[::1]/callback")]
    [InlineData("http://localhost/callback")]
    [InlineData("com.example.app:/callback")]
    public async Task A_loopback_address_may_have_any_port_and_the_code_keeps_it(string redirectUri)
    {
        using var flow = await StartAsync();

        var arrival = await flow.AuthorizeAsync(("redirect_uri", redirectUri));
        var elsewhere = await flow.RedeemAsync(arrival["code"]!, ("redirect_uri", "http://127.0.0.1:1/callback"));
        var tokens = await flow.RedeemAsync(arrival["code"]!, ("redirect_uri", redirectUri));

        Assert.StartsWith(redirectUri + "?code=", arrival.LeadsTo, StringComparison.Ordinal);
        Assert.Equal(("invalid_grant", 200), (elsewhere["error"], tokens.Status));
    }

    [Theory]
    [InlineData("http://localhost:49152/callback")]
    [InlineData("https://127.0.0.1:49152/secure")]
    [InlineData("https://127.0.0.1:49152/callback")]
    [InlineData("http://127.0.0.1:49152/other")]
    [InlineData("http://127.0.0.1:49152/callback/")]
    [InlineData("http://127.0.0.1:49152/callback?x=1")]
    [InlineData("http://127.0.0.1:49152/callback#x")]
    [InlineData("http://127.0.0.1:49152/%63allback")]
    [InlineData("http://127.0.0.1:49152@evil.example/callback")]
    [InlineData("http://127.0.0.1:49152\\@evil.example/callback")]
    [InlineData("http://127.0.0.1.evil.example:49152/callback")]
    [InlineData("http://127.0.0.1:99999/callback")]
    [InlineData("http://127.0.0.1:-1/callback")]
    [InlineData("http://127.0.0.2:49152/callback")]
    [InlineData("http://127.1:49152/callback")]
    [InlineData("http://2130706433:49152/callback")]
    [InlineData("http://0x7f.0.0.1:49152/callback")]
    [InlineData("http://[::ffff:127.0.0.1]:49152/callback")]
    [InlineData("http://[0:0:0:0:0:0:0:1]:49152/callback")]
    [InlineData("HTTP://127.0.0.1:49152/callback")]
    [InlineData("com.example.app:49152/callback")]
    [InlineData("com.example.app://callback")]
    public async Task Nothing_else_of_the_address_may_differ_and_no_name_has_a_free_port(string redirectUri)
    {
        using var flow = await StartAsync();

        var page = await flow.Browser.OpenAsync(flow.Address(("redirect_uri", redirectUri)));

        Assert.Equal((400, null), (page.Status, page.LeadsTo));
    }

    private async Task<CodeFlow> StartAsync()
    {
        var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        await flow.ExecuteAsync("update applications set redirect_uris = @Listed where name = @Application", new { Listed, flow.Tenant.Application });
        return flow;
    }
}
