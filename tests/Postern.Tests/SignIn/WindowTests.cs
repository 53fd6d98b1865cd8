using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.SignIn;

/// <summary>Answers to the page that opened or framed us (<c>popup=1</c>, <c>silentSignin=1</c>): to an origin that the application lists, and to no other.</summary>
public sealed partial class WindowTests(Servers servers)
{
    [Fact]
    public async Task A_window_sends_the_code_to_the_origin_of_the_redirect_address_alone()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));

        var page = await flow.AuthorizeAsync(("popup", "1"));

        Assert.Null(page.LeadsTo);
        Assert.Contains("data-origin=\"https://shop.example\"", page.Text, StringComparison.Ordinal);
        var message = MessageOf(page);
        Assert.Equal(("loginSuccess", "the state"), (message["type"]!.GetValue<string>(), message["data"]!["state"]!.GetValue<string>()));
        Assert.Equal(200, (await flow.RedeemAsync(message["data"]!["code"]!.GetValue<string>())).Status);
        // One script, by its hash, and nobody frames it.
        Assert.Matches("frame-ancestors 'none';.* script-src 'sha256-[^']+'$", page.Policy);
        Assert.Equal("windowClosed", MessageOf(await flow.AuthorizeAsync(("popup", "1"), ("prompt", "nonsense")))["type"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_frame_is_answered_with_a_message_or_a_code_and_only_a_page_of_the_application_frames_it()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));

        var nobody = await flow.Browser.OpenAsync(flow.Address(("silentSignin", "1"), ("prompt", "select_account")));
        await flow.CodeAsync();
        var someone = await flow.Browser.OpenAsync(flow.Address(("silentSignin", "1")));

        Assert.Equal(("Casdoor", "SilentSignin", "user-not-logged-in"), MessageOf(nobody) is var message
            ? (message["tag"]!.GetValue<string>(), message["type"]!.GetValue<string>(), message["data"]!.GetValue<string>()) : default);
        Assert.Contains("frame-ancestors https://shop.example;", nobody.Policy, StringComparison.Ordinal);
        Assert.False(nobody.Headers.Contains("X-Frame-Options"));
        Assert.NotNull(someone["code"]);
    }

    [Theory]
    [InlineData("popup")]
    [InlineData("silentSignin")]
    public async Task An_address_that_is_not_listed_or_is_no_web_site_gets_no_message(string parameter)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        await flow.ExecuteAsync("""update applications set redirect_uris = '["https://shop.example/callback","com.example.app:/cb"]' where name = @Application""");
        await flow.CodeAsync();

        var unlisted = await flow.Browser.OpenAsync(flow.Address((parameter, "1"), ("redirect_uri", "https://evil.example/")));
        var program = await flow.Browser.OpenAsync(flow.Address((parameter, "1"), ("redirect_uri", "com.example.app:/cb")));

        Assert.DoesNotContain("data-message", unlisted.Text, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", unlisted.Policy, StringComparison.Ordinal);
        Assert.StartsWith("com.example.app:/cb?code=", program.LeadsTo, StringComparison.Ordinal);
    }

    private static JsonNode MessageOf(Visit page) => JsonNode.Parse(WebUtility.HtmlDecode(Message().Match(page.Text).Groups[1].Value))!;

    [GeneratedRegex("data-message=\"([^\"]*)\"")]
    private static partial Regex Message();
}
