using System.Net.Http.Headers;
using System.Text;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Hardening;

public sealed class HostileRequestTests
{
    private const string TokenPath = "/api/login/oauth/access_token";

    /// <summary>Addresses whose parameters reach the database as they are sent.</summary>
    private static readonly string[] Reads =
    [
        "/api/get-user?id=built-in/a%00b", "/api/get-user?owner=built-in&email=%00", "/api/get-user?owner=built-in&phone=1%00", "/api/get-user?owner=built-in&userId=%00",
        "/api/get-users?owner=%00", "/api/get-users?p=1&pageSize=1&field=name&value=%00", "/api/get-users?p=1&pageSize=1&field=%00&value=x",
        "/api/get-application?id=admin/%00", "/api/get-provider?id=admin/%00", "/api/get-cert?id=admin/%00", "/api/get-organization?id=admin/%00",
        "/api/userinfo?userId=built-in/%00", "/api/logout?id_token_hint=%00", "/api/logout?post_logout_redirect_uri=%00",
    ];

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task U0000_is_refused_wherever_text_is_looked_up(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var administrator = await AdministratorAsync(server);

        foreach (var path in Reads)
        {
            var answer = await SendAsync(server, HttpMethod.Get, path, administrator);
            Assert.Equal((400, true), (answer.Status, answer["status"] == "error" || answer["error"] == "invalid_request"));
        }

        foreach (var (path, body) in new[]
        {
            ("/api/login", """{"type":"login","application":"app-built-in","organization":"built-in","username":"a\u0000b","password":"x"}"""),
            ("/api/login", """{"type":"login","application":"\u0000","username":"a","password":"x"}"""),
            ("/api/login", """{"type":"login","organization":"\u0000","username":"a","password":"x"}"""),
            ("/api/login", """{"type":"login","application":"\ud800","username":"a","password":"x"}"""),
            ("/api/login", """{"\ud800":"login"}"""),
            ("/api/update-user", """{"owner":"built-in","name":"\u0000"}"""),
            ("/api/delete-user", """{"owner":"built-in","name":"\u0000"}"""),
            ("/api/delete-provider", """{"owner":"\u0000","name":"a"}"""),
            ("/api/update-application", """{"owner":"admin","name":"a","organization":"\u0000"}"""),
            ("/api/add-organization", """{"owner":"admin","name":"a","mfaItems":[{"name":"\u0000"}]}"""),
        })
        {
            Assert.Equal((path, 200, "error"), Named(path, await SendAsync(server, HttpMethod.Post, path, path == "/api/login" ? null : administrator, body)));
        }

        AssertNothingBroke(server);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Credentials_that_no_one_can_have_are_refused_like_wrong_ones(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        foreach (var credentials in new[] { "a\0b:secret", "a%00b:secret", "a:\0", ":", "", "no-colon", "a\ud800:b" })
        {
            var basic = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials));
            var token = await SendAsync(server, HttpMethod.Post, TokenPath, basic, "tag=wechat_miniprogram&code=x");
            var read = await SendAsync(server, HttpMethod.Get, "/api/get-account", basic);

            Assert.Equal((401, "invalid_client"), (token.Status, token["error"]));
            Assert.Equal("error", read["status"]);
        }

        foreach (var (header, payload) in new[]
        {
            ("""{"alg":"RS256","kid":"\u0000"}""", """{"jti":"admin/x"}"""), ("""{"alg":"RS256","kid":7}""", "{}"), ("""{"alg":[],"kid":"cert-built-in"}""", "{}"),
            ("""{"alg":"RS256","kid":"cert-built-in"}""", """{"exp":"soon"}"""), ("""{"alg":"none","kid":"cert-built-in"}""", "{}"), ("[]", "[]"), ("{", "}"), ("\0", "\0"),
        })
        {
            var jwt = $"{Encode(header)}.{Encode(payload)}.{Encode("signature")}";
            Assert.Equal("error", (await SendAsync(server, HttpMethod.Get, "/api/get-account", "Bearer " + jwt))["status"]);
            Assert.Equal("error", (await SendAsync(server, HttpMethod.Get, "/api/logout?id_token_hint=" + jwt))["status"]);
        }

        AssertNothingBroke(server);
    }

    [Fact]
    public async Task Bodies_that_cannot_be_read_are_the_callers_fault()
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite);
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", 500));
        var longBoundary = new string('b', 9000);
        foreach (var (body, type) in new[]
        {
            (deep, "application/json"), ("{\"a\":", "application/json"), ("{\"client_id\":\"\\ud800\"}", "application/json"),
            ("--x", "multipart/form-data"), ("--x", "multipart/form-data; boundary="), ("--x", "multipart/form-data; boundary=" + longBoundary),
            ("--x\r\nContent-Disposition: form-data; name=a\r\nContent-Type: text/plain; charset=nonsense\r\n\r\n1\r\n--x--", "multipart/form-data; boundary=x"),
            ("client_id=%00", "application/x-www-form-urlencoded"), ("client_id=%ff%fe", "application/x-www-form-urlencoded"),
            (string.Concat(Enumerable.Range(0, 5000).Select(i => $"k{i}=&")), "application/x-www-form-urlencoded"), ("client_id=" + new string('x', 20_000), "text/plain"),
        })
        {
            var answer = await SendAsync(server, HttpMethod.Post, TokenPath, null, body, type);
            Assert.True(answer.Status is 400 or 401 && answer["error"] is "invalid_request" or "invalid_client", $"{type}: {answer.Status} {answer.Text}");
        }

        foreach (var path in new[] { "/api/login", "/api/update-user", "/api/add-user", "/api/logout" })
        {
            foreach (var body in new[] { deep, "", "[]", "null", string.Concat(Enumerable.Range(0, 5000).Select(i => $"k{i}=1&")) })
            {
                Assert.Equal(200, (await SendAsync(server, HttpMethod.Post, path, null, body, "application/x-www-form-urlencoded")).Status);
            }
        }

        AssertNothingBroke(server);
    }

    [Fact]
    public async Task A_token_request_that_is_too_large_is_413_in_OAuths_words()
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite);
        using var chunked = new StreamContent(new MemoryStream(new byte[400 * 1024]));
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(TokenPath, UriKind.Relative)) { Content = chunked };
        request.Headers.TransferEncodingChunked = true;
        using var response = await server.Http.SendAsync(request);
        var unannounced = await Answer.OfAsync(response);
        var announced = await SendAsync(server, HttpMethod.Post, TokenPath, null, new string('x', 400 * 1024));

        Assert.Equal((413, "invalid_request"), (unannounced.Status, unannounced["error"]));
        Assert.Equal((413, "invalid_request"), (announced.Status, announced["error"]));
    }

    [Theory]
    [InlineData("GET", "/nothing", 404, "title", "Not Found")]
    [InlineData("DELETE", "/api/nothing", 404, "status", "error")]
    [InlineData("GET", "/api/nothing", 404, "status", "error")]
    [InlineData("POST", "/api/get-account/", 405, "status", "error")]
    [InlineData("GET", "/api/login/oauth/access_token", 405, "error", "invalid_request")]
    [InlineData("PUT", "/api/login/oauth/access_token", 405, "error", "invalid_request")]
    [InlineData("GET", "/.well-known/nobody/openid-configuration", 404, "error", "invalid_request")]
    [InlineData("GET", "/.well-known/nobody/jwks", 404, "error", "invalid_request")]
    public async Task What_is_not_there_is_said_in_the_dialect_of_the_address(string method, string path, int status, string property, string value)
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite);

        var answer = await SendAsync(server, new HttpMethod(method), path);

        Assert.Equal((status, value), (answer.Status, answer[property]));
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded; charset=utf-7")]
    [InlineData("application/x-www-form-urlencoded; charset=no-such-charset")]
    [InlineData("multipart/form-data; boundary=b; charset=utf-7")]
    public async Task A_form_in_an_encoding_that_is_not_read_is_refused_in_words(string contentType)
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite);
        var tenant = await server.NewTenantAsync();
        foreach (var path in new[] { "/api/set-password", "/api/remove-user-from-group", "/login", "/logout" })
        {
            using var content = new ByteArrayContent("userName=ann"u8.ToArray());
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);
            var answer = await tenant.Server.SendAsync(HttpMethod.Post, path, content, Api.Basic(tenant.ClientId, tenant.ClientSecret));
            Assert.InRange(answer.Status, 200, 499);
        }
    }

    [Fact]
    public async Task The_metadata_names_the_origin_whatever_the_request_says_and_answers_HEAD()
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/.well-known/openid-configuration", UriKind.Relative));
        request.Headers.Host = "evil.example";
        request.Headers.Add("X-Forwarded-Host", "evil.example");
        request.Headers.Add("X-Forwarded-Proto", "gopher");
        using var response = await server.Http.SendAsync(request);
        var answer = await Answer.OfAsync(response);

        Assert.Equal(server.Issuer, answer["issuer"]);
        Assert.DoesNotContain("evil.example", answer.Text, StringComparison.Ordinal);
        Assert.Equal(200, (await SendAsync(server, HttpMethod.Head, "/.well-known/jwks")).Status);
    }

    private static (string Path, int Status, string? Verdict) Named(string path, Answer answer) => (path, answer.Status, answer["status"]);

    private static void AssertNothingBroke(TestServer server) =>
        Assert.DoesNotContain(server.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal) || line.StartsWith("Critical", StringComparison.Ordinal));

    private static string Encode(string text) => System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    /// <summary>An application of built-in, whose credentials rule everything.</summary>
    private static async Task<string> AdministratorAsync(TestServer server)
    {
        var tenant = await server.NewTenantAsync("organization = 'built-in'");
        return "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{tenant.ClientId}:{tenant.ClientSecret}"));
    }

    private static async Task<Answer> SendAsync(
        TestServer server, HttpMethod method, string path, string? authorization = null, string? body = null, string type = "application/x-www-form-urlencoded")
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (authorization is not null)
        {
            request.Headers.Authorization = AuthenticationHeaderValue.Parse(authorization);
        }

        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        using var response = await server.Http.SendAsync(request);
        return await Answer.OfAsync(response);
    }
}
