using Dapper;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Rfc6749;

/// <summary>Every redirect address that is not the listed one, character by character, ends on a page of ours (RFC 9700 §4.1).</summary>
public sealed class RedirectUriTests(Servers servers)
{
    [Theory]
    [InlineData(null)]
    [InlineData("https://shop.example/callback/")]
    [InlineData("https://shop.example/Callback")]
    [InlineData("HTTPS://shop.example/callback")]
    [InlineData("https://SHOP.example/callback")]
    [InlineData("https://shop.example/callback?")]
    [InlineData("https://shop.example/callback?next=https://evil.example")]
    [InlineData("https://shop.example/callback#fragment")]
    [InlineData("https://shop.example/callback%23")]
    [InlineData("https://shop.example/callback/../callback")]
    [InlineData("https://shop.example/%2e/callback")]
    [InlineData("https://shop.example/%63allback")]
    [InlineData("https://shop.example/callback;x")]
    [InlineData("https://ann@shop.example/callback")]
    [InlineData("https://shop.example@evil.example/callback")]
    [InlineData("https://shop.example:pw@evil.example/callback")]
    [InlineData("https://shop.example\\@evil.example/callback")]
    [InlineData("https://shop.example\\callback")]
    [InlineData("https://evil.shop.example/callback")]
    [InlineData("https://shop.example.evil.example/callback")]
    [InlineData("https://shop.example./callback")]
    [InlineData("https://shop.example:443/callback")]
    [InlineData("https://shop.example:8443/callback")]
    [InlineData("http://shop.example/callback")]
    [InlineData("//shop.example/callback")]
    [InlineData("/callback")]
    [InlineData("shop.example/callback")]
    [InlineData("javascript:alert(1)//shop.example/callback")]
    [InlineData("data:text/html,https://shop.example/callback")]
    [InlineData(" https://shop.example/callback")]
    [InlineData("https://shop.example/callback ")]
    [InlineData("https://shop.example/callback\r\nSet-Cookie: a=b")]
    [InlineData("https://shop.example/callback\0")]
    [InlineData("https://shöp.example/callback")]
    public async Task An_address_that_is_not_listed_is_refused_on_a_page_and_no_code_is_made(string? redirectUri)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        await flow.CodeAsync();

        var page = await flow.Browser.OpenAsync(flow.Address(("redirect_uri", redirectUri)));

        Assert.Equal((400, null), (page.Status, page.LeadsTo));
        Assert.Contains("role=\"alert\"", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("href=\"http", page.Text, StringComparison.Ordinal);
        Assert.Equal(1, await CodesAsync(flow));
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("https://shop.example/callback#fragment")]
    [InlineData("https://ann@shop.example/callback")]
    public async Task Not_even_a_listed_address_may_be_a_script_or_hold_a_fragment_or_a_name(string listed)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        await flow.ExecuteAsync("update applications set redirect_uris = @uris where name = @Application", new { uris = $"[\"{listed}\"]", flow.Tenant.Application });

        var page = await flow.Browser.OpenAsync(flow.Address(("redirect_uri", listed)));

        Assert.Equal((400, null), (page.Status, page.LeadsTo));
    }

    private static Task<long> CodesAsync(CodeFlow flow) => flow.Tenant.Server.Database.ReadAsync(
        c => c.ExecuteScalarAsync<long>("select count(*) from authorization_codes where user_id = @UserId", new { flow.UserId }));
}
