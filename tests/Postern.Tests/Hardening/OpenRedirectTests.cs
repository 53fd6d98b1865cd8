using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Postern.Tests.Rfc7591;
using Xunit;

namespace Postern.Tests.Hardening;

/// <summary>
/// Anybody can register a client where an organization permits it, so a link to us must not carry a user to such a client's
/// site before the user has decided anything (RFC 9700 §4.11.2).
/// </summary>
public sealed class OpenRedirectTests(Servers servers)
{
    private const string Site = "https://phish.example/login";

    [Theory]
    [InlineData("scope", "not-registered")]
    [InlineData("response_type", "token")]
    [InlineData("response_type", "nothing")]
    [InlineData("response_mode", "web_message")]
    [InlineData("code_challenge_method", "plain")]
    [InlineData("max_age", "x")]
    [InlineData("prompt", "none")]
    [InlineData("request", "e30")]
    public async Task A_link_never_leads_by_itself_to_the_site_of_a_client_that_registered_itself(string parameter, string value)
    {
        var (tenant, client) = await ClientAsync(Site);
        using var alice = await Visitor.SignedInAsync(tenant, "alice");
        using var nobody = new Visitor(tenant.Server);

        foreach (var visitor in new[] { alice, nobody })
        {
            var page = await visitor.GetAsync(Visitor.Authorize(client.ClientId, ("redirect_uri", Site), (parameter, value)), ("Sec-Fetch-Dest", "document"));

            Assert.Equal((400, ""), (page.Status, page.Location));
            Assert.DoesNotContain("http-equiv=\"refresh\"", page.Text, StringComparison.Ordinal);
            // A user who trusts it goes on by a click, with the standard's answer.
            Assert.Contains("phish.example", page.Text, StringComparison.Ordinal);
            Assert.Matches($"<a class=\"button quiet\" href=\"{Site}[?#]error=", page.Text);
        }
    }

    [Fact]
    public async Task A_frame_a_program_of_this_computer_and_a_client_of_an_administrator_are_answered_by_redirect()
    {
        var (tenant, client) = await ClientAsync(Site, "http://127.0.0.1:7777/cb", "com.example.tool:/cb");
        using var alice = await Visitor.SignedInAsync(tenant, "alice");

        var frame = await alice.GetAsync(Visitor.Authorize(client.ClientId, ("redirect_uri", Site), ("prompt", "none")), ("Sec-Fetch-Dest", "iframe"));
        var loopback = await alice.GetAsync(Visitor.Authorize(client.ClientId, ("redirect_uri", "http://127.0.0.1:9999/cb"), ("prompt", "none")));
        var app = await alice.GetAsync(Visitor.Authorize(client.ClientId, ("redirect_uri", "com.example.tool:/cb"), ("prompt", "none")));
        var own = await alice.GetAsync(Visitor.Authorize(tenant.ClientId, ("max_age", "x")));

        Assert.All([frame, loopback, app], shown => Assert.Equal((302, "consent_required"), (shown.Status, shown.Sent("error"))));
        Assert.Equal((302, "invalid_request"), (own.Status, own.Sent("error")));
    }

    [Fact]
    public async Task Signing_out_leads_to_such_a_site_only_by_a_click()
    {
        var (tenant, client) = await ClientAsync(Site);
        using var alice = await Visitor.SignedInAsync(tenant, "alice");
        var tokens = await Registered.SignInAsync(client, alice, ("redirect_uri", Site));
        using var nobody = new Visitor(tenant.Server);
        var by = new Dictionary<string, string?> { ["client_id"] = client.ClientId, ["post_logout_redirect_uri"] = Site };

        var page = await nobody.GetAsync(QueryHelpers.AddQueryString("/logout", by));
        var hinted = await nobody.GetAsync(QueryHelpers.AddQueryString("/api/logout", new Dictionary<string, string?>(by) { ["id_token_hint"] = tokens["id_token"] }));

        Assert.DoesNotContain("http-equiv=\"refresh\"", page.Text, StringComparison.Ordinal);
        Assert.Contains($"href=\"{Site}\"", page.Text, StringComparison.Ordinal);
        Assert.StartsWith("/logout?", hinted.Location, StringComparison.Ordinal);
        Assert.Contains($"href=\"{Site}\"", (await nobody.GetAsync(hinted.Location)).Text, StringComparison.Ordinal);
        Assert.False(await tenant.Server.IsGoodAsync(tokens["access_token"]));
    }

    private async Task<(Tenant Tenant, Tenant Client)> ClientAsync(params string[] redirectUris)
    {
        var tenant = await Registered.NewTenantAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var registration = await Registered.RegisterAsync(tenant, ("redirect_uris", new JsonArray([.. redirectUris.Select(u => JsonValue.Create(u))])));
        return (tenant, tenant.As(registration));
    }
}
