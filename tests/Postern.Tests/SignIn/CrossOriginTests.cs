using System.Net;
using System.Net.Http.Headers;
using Postern.Server.Hosting;
using Postern.Tests.Failures;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.SignIn;

/// <summary>What a page of another origin sees of the addresses that it may call.</summary>
public sealed class CrossOriginTests(Servers servers)
{
    private const string Page = "https://page.example";
    private const string Token = "/api/login/oauth/access_token";
    private const string Refresh = "/api/login/oauth/refresh_token";
    private const string UserInfo = "/api/userinfo";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Token, "POST")]
    [InlineData(Refresh, "POST")]
    [InlineData(UserInfo, "GET")]
    [InlineData(UserInfo, "POST")]
    public async Task A_preflight_names_what_is_allowed_and_does_nothing(string path, string method)
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var request = new HttpRequestMessage(HttpMethod.Options, path)
        {
            Headers = { { "Origin", Page }, { "Access-Control-Request-Method", method }, { "Access-Control-Request-Headers", "authorization,content-type,dpop" } },
        };

        using var response = await server.Http.SendAsync(request, Cancel);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(Cancel));
        AssertOpen(response.Headers);
        Assert.Equal("GET, POST, OPTIONS", Header(response.Headers, "Access-Control-Allow-Methods"));
        Assert.Equal("authorization, content-type, dpop", Header(response.Headers, "Access-Control-Allow-Headers"));
        Assert.Equal("600", Header(response.Headers, "Access-Control-Max-Age"));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_page_of_any_origin_signs_in_renews_and_reads_its_user(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewTenantAsync();

        var signedIn = await PostAsync(tenant.Server, Token, $"tag=wechat_miniprogram&client_id={tenant.ClientId}&code={tenant.Code("mei")}");
        var renewed = await PostAsync(tenant.Server, Refresh, $"grant_type=refresh_token&client_id={tenant.ClientId}&refresh_token={signedIn["refresh_token"]}");
        var read = await AskAsync(tenant.Server, HttpMethod.Get, renewed["access_token"]);
        var posted = await AskAsync(tenant.Server, HttpMethod.Post, renewed["access_token"]);

        Assert.All([signedIn, renewed, read, posted], answer =>
        {
            Assert.Equal(200, answer.Status);
            AssertOpen(answer.Headers);
        });
        Assert.Equal(Assert.Single(await tenant.UsersAsync()).Id, read["sub"]);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_page_can_read_why_it_was_refused(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewTenantAsync();

        var code = await PostAsync(tenant.Server, Token, $"tag=wechat_miniprogram&client_id={tenant.ClientId}&code=nonsense");
        var client = await PostAsync(tenant.Server, Token, $"tag=wechat_miniprogram&client_id={tenant.ClientId}&client_secret=wrong&code=x");
        var token = await AskAsync(tenant.Server, HttpMethod.Get, "nonsense");

        Assert.Equal((400, 401, 401), (code.Status, client.Status, token.Status));
        Assert.All([code, client, token], answer => AssertOpen(answer.Headers));
        Assert.NotEmpty(token.Headers.WwwAuthenticate);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_page_can_read_that_the_database_is_in_trouble(DatabaseDriver driver)
    {
        await using var server = await Trouble.StartAsync(driver);
        var tenant = await server.NewTenantAsync();
        await using var held = await Trouble.LockAsync(server);

        var answer = await PostAsync(server, Token, $"tag=wechat_miniprogram&client_id={tenant.ClientId}&code={tenant.Code("mei")}");

        Assert.Equal(503, answer.Status);
        AssertOpen(answer.Headers);
    }

    [Fact]
    public async Task What_works_with_a_cookie_stays_closed_to_other_origins()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        foreach (var path in new[] { "/api/get-account", "/api/update-user", "/api/login", "/api/logout", "/login/oauth/authorize", "/login" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Options, path) { Headers = { { "Origin", Page }, { "Access-Control-Request-Method", "POST" } } };

            using var response = await server.Http.SendAsync(request, Cancel);

            Assert.DoesNotContain(response.Headers, h => h.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
        }
    }

    private static void AssertOpen(HttpResponseHeaders headers)
    {
        Assert.Equal("*", Header(headers, "Access-Control-Allow-Origin"));
        Assert.Equal("www-authenticate, dpop-nonce", Header(headers, "Access-Control-Expose-Headers"));
        Assert.False(headers.Contains("Access-Control-Allow-Credentials"));
    }

    private static string Header(HttpResponseHeaders headers, string name) => string.Join(", ", headers.GetValues(name));

    private static async Task<Answer> PostAsync(TestServer server, string path, string form)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(form), Headers = { { "Origin", Page }, { "Sec-Fetch-Site", "cross-site" } } };
        using var response = await server.Http.SendAsync(request, Cancel);
        return await Answer.OfAsync(response);
    }

    private static async Task<Answer> AskAsync(TestServer server, HttpMethod method, string? token)
    {
        using var request = new HttpRequestMessage(method, UserInfo) { Headers = { { "Origin", Page }, { "Sec-Fetch-Site", "cross-site" } } };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await server.Http.SendAsync(request, Cancel);
        return await Answer.OfAsync(response);
    }
}
