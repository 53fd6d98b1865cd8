using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Postern.Server.AdminConsole;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.AdminConsole;

/// <summary>How the console's page and files are served.</summary>
public sealed partial class ConsoleServingTests(Servers servers)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_page_has_a_strict_policy_with_a_nonce_of_its_own_and_the_servers_addresses()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var nonces = new HashSet<string>();
        foreach (var path in new[] { "/", "/users", "/users/shop/mei", "/signed-in?code=x&state=y" })
        {
            using var response = await server.Http.GetAsync(new Uri(path, UriKind.Relative), Cancel);
            var page = await response.Content.ReadAsStringAsync(Cancel);
            var policy = response.Headers.GetValues("Content-Security-Policy").Single();

            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            var nonce = Nonce().Match(page).Groups[1].Value;
            Assert.True(nonces.Add(nonce) && nonce.Length >= 22, nonce);
            Assert.Equal(
                $"default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
                policy);
            Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
            Assert.Contains("name=\"postern-origin\" content=\"http://postern.test\"", page, StringComparison.Ordinal);
            Assert.DoesNotContain("__", page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Files_come_compressed_and_may_be_kept_for_ever_and_the_first_load_is_below_400_kB()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var total = 0L;
        var seen = new HashSet<string>();
        var waiting = new Queue<string>(Assets().Matches(await server.Http.GetStringAsync(new Uri("/", UriKind.Relative), Cancel)).Select(m => m.Value));
        while (waiting.TryDequeue(out var asset))
        {
            if (!seen.Add(asset))
            {
                continue;
            }

            using var request = new HttpRequestMessage(HttpMethod.Get, asset);
            request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("br"));
            using var response = await server.Http.SendAsync(request, Cancel);
            total += (await response.Content.ReadAsByteArrayAsync(Cancel)).Length;
            Assert.Equal(("br", "public, max-age=31536000, immutable"), (response.Content.Headers.ContentEncoding.Single(), response.Headers.CacheControl!.ToString()));
            // What a module imports at once, not what it imports when it is asked for.
            foreach (Match import in Imports().Matches(await server.Http.GetStringAsync(new Uri(asset, UriKind.Relative), Cancel)))
            {
                waiting.Enqueue("/assets/" + import.Groups[1].Value);
            }
        }

        Assert.InRange(seen.Count, 2, 200);
        Assert.InRange(total, 100_000, 400_000);
    }

    [Theory]
    [InlineData("/assets/nothing.js")]
    [InlineData("/assets/..%2findex.html")]
    [InlineData("/assets/%2e%2e/index.html")]
    [InlineData("/index.html")]
    [InlineData("/nothing-of-ours")]
    public async Task What_is_no_file_of_the_console_is_not_there(string path)
    {
        using var response = await (await servers.OnAsync(DatabaseDriver.Sqlite)).Http.GetAsync(new Uri(path, UriKind.Relative), Cancel);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task A_server_without_its_console_says_how_to_get_it_in_the_readers_language()
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite, options => options with { ConsoleDirectory = "/nowhere" });
        foreach (var (language, word) in new[] { ("en", "Node.js 20 or later"), ("zh-CN", "Node.js 20 或更高版本") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/");
            request.Headers.AcceptLanguage.ParseAdd(language);
            using var response = await server.Http.SendAsync(request, Cancel);

            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Contains(word, await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void No_page_of_the_console_stands_in_the_place_of_another_address() =>
        Assert.Empty(ConsolePages.Names.Intersect(["api", "login", "logout", "account", "openapi", "assets", ".well-known", "files", "scim"], StringComparer.OrdinalIgnoreCase));

    [GeneratedRegex("name=\"csp-nonce\" content=\"([^\"]+)\"")]
    private static partial Regex Nonce();

    [GeneratedRegex("/assets/[\\w.-]+\\.(?:js|css)")]
    private static partial Regex Assets();

    [GeneratedRegex("(?:from|import)[`'\"]\\./([\\w.-]+\\.js)[`'\"]")]
    private static partial Regex Imports();
}
