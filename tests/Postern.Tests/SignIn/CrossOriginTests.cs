using System.Net;
using System.Net.Http.Headers;
using Postern.Storage.Databases;
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
        // Only the token endpoint, which reads no cookie, permits a browser to send some.
        Assert.All([signedIn, renewed], answer => Assert.Equal(
            (Page, "true"), (Header(answer.Headers, "Access-Control-Allow-Origin"), Header(answer.Headers, "Access-Control-Allow-Credentials"))));
        Assert.All([read, posted], answer => Assert.False(answer.Headers.Contains("Access-Control-Allow-Credentials")));
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
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        await flow.CodeAsync();
        foreach (var path in new[] { "/login/oauth/authorize", "/login" })
        {
            using var preflight = await PreflightAsync(flow.Tenant.Server, path);
            Assert.DoesNotContain(preflight.Headers, IsPermission);
        }

        var cookie = ("Cookie", "postern_session=" + flow.Browser["postern_session"]);
        Assert.Equal("ok", (await flow.Tenant.Server.GetAsync("/api/get-account", null, cookie))["status"]);
        foreach (var path in new[] { "/api/get-account", "/api/update-user", "/api/login", "/api/logout", "/api/sso-logout" })
        {
            // A browser sends no cookie after a preflight that does not permit credentials.
            using var preflight = await PreflightAsync(flow.Tenant.Server, path);
            Assert.False(preflight.Headers.Contains("Access-Control-Allow-Credentials"));
            var answer = await flow.Tenant.Server.GetAsync(path, null, cookie, ("Origin", Page), ("Sec-Fetch-Site", "cross-site"));
            Assert.DoesNotContain(answer.Headers, IsPermission);
        }
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_page_of_an_origin_that_the_application_lists_calls_the_API_with_its_users_token(DatabaseDriver driver)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(driver));
        const string listed = "https://shop.example";
        var bearer = "Bearer " + (await flow.TokensAsync())["access_token"];
        var name = $"{flow.Tenant.Organization}/ann";
        Task<Answer> CallAsync(string path, string origin, string authorization) =>
            flow.Client.SendAsync(HttpMethod.Get, path, null, authorization, ("Origin", origin), ("Sec-Fetch-Site", "cross-site"));

        foreach (var path in new[] { "/api/get-account", $"/api/get-user?id={name}", "/api/get-sessions?owner=x", "/api/logout" })
        {
            using var preflight = await PreflightAsync(flow.Tenant.Server, path);
            AssertOpen(preflight.Headers);
            var foreign = await CallAsync(path == "/api/logout" ? "/api/get-account" : path, Page, bearer);
            Assert.DoesNotContain(foreign.Headers, IsPermission);
            var answer = await CallAsync(path, listed, bearer);
            Assert.Equal((path, listed, "Origin"), (path, Header(answer.Headers, "Access-Control-Allow-Origin"), Header(answer.Headers, "Vary")));
            Assert.False(answer.Headers.Contains("Access-Control-Allow-Credentials"));
        }

        // A page may read that its token is good no more: that refusal says nothing else.
        var ended = await CallAsync("/api/get-account", listed, bearer);
        Assert.Equal(("error", listed), (ended["status"], Header(ended.Headers, "Access-Control-Allow-Origin")));
        // The application's own credentials belong in no page.
        Assert.DoesNotContain((await CallAsync("/api/get-account", listed, flow.Basic)).Headers, IsPermission);
    }

    private static bool IsPermission(KeyValuePair<string, IEnumerable<string>> header) =>
        header.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase);

    private static Task<HttpResponseMessage> PreflightAsync(TestServer server, string path) => server.Http.SendAsync(
        new HttpRequestMessage(HttpMethod.Options, path)
        {
            Headers = { { "Origin", Page }, { "Access-Control-Request-Method", "POST" }, { "Access-Control-Request-Headers", "authorization" } },
        },
        Cancel);

    private static void AssertOpen(HttpResponseHeaders headers)
    {
        Assert.Contains(Header(headers, "Access-Control-Allow-Origin"), new[] { "*", Page });
        Assert.Equal("www-authenticate, dpop-nonce", Header(headers, "Access-Control-Expose-Headers"));
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
