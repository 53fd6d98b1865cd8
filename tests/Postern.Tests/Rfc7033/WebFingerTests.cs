using System.Net;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Rfc7033;

public sealed class WebFingerTests(Servers servers)
{
    private const string Issuer = "http://openid.net/specs/connect/1.0/issuer";

    [Fact]
    public async Task It_names_the_issuer_for_everybody_and_so_tells_nothing_of_who_exists()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var tenant = await server.NewTenantAsync();
        await tenant.AddUserAsync("alice", ("email", "alice@postern.test"));

        foreach (var path in new[] { "/.well-known/webfinger", $"/.well-known/{tenant.Application}/webfinger" })
        {
            foreach (var query in new[] { "", "&rel=" + WebUtility.UrlEncode(Issuer), "&rel=other&rel=" + WebUtility.UrlEncode(Issuer) })
            {
                var (known, unknown) = (await server.GetAsync($"{path}?resource=acct:alice@postern.test{query}"), await server.GetAsync($"{path}?resource=acct:nobodyyyy@postern.test{query}"));
                Assert.Equal(200, known.Status);
                Assert.Equal("acct:alice@postern.test", known["subject"]);
                var link = Assert.Single(known.Body.GetProperty("links").EnumerateArray());
                Assert.Equal((Issuer, server.Issuer), (link.GetProperty("rel").GetString(), link.GetProperty("href").GetString()));
                Assert.Equal(known.Text.Replace("alice", "nobodyyyy", StringComparison.Ordinal), unknown.Text);
            }
        }
    }

    [Fact]
    public async Task Another_relation_has_no_link_and_no_resource_is_a_bad_request()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);

        var other = await server.GetAsync("/.well-known/webfinger?resource=acct:alice@postern.test&rel=http%3A%2F%2Fwebfinger.net%2Frel%2Favatar");
        Assert.Equal((200, 0), (other.Status, other.Body.GetProperty("links").GetArrayLength()));
        foreach (var query in new[] { "", "?resource=", "?resource=alice", "?resource=acct:" + new string('x', 600) })
        {
            Assert.Equal(400, (await server.GetAsync("/.well-known/webfinger" + query)).Status);
        }

        using var response = await server.Http.GetAsync(new Uri("/.well-known/webfinger?resource=acct:a@b", UriKind.Relative));
        Assert.Equal("application/jrd+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("*", response.Headers.GetValues("Access-Control-Allow-Origin").Single());
    }
}
