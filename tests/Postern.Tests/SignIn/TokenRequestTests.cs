using System.Net.Http.Headers;
using System.Text;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.SignIn;

public sealed class TokenRequestTests(Servers servers)
{
    private const string Path = "/api/login/oauth/access_token";

    [Fact]
    public async Task Json_is_read_whatever_the_content_type_says()
    {
        var tenant = await TenantAsync();
        foreach (var type in new[] { "application/json", "text/plain", "application/x-www-form-urlencoded" })
        {
            using var content = new StringContent($$"""{"tag":"wechat_miniprogram","client_id":"{{tenant.ClientId}}","code":"{{tenant.Code("mei")}}"}""", Encoding.UTF8, type);
            Assert.Equal(200, (await PostAsync(tenant, Path, content)).Status);
        }
    }

    [Fact]
    public async Task Query_multipart_and_Basic_are_read()
    {
        var tenant = await TenantAsync();
        var query = await PostAsync(tenant, $"{Path}?tag=wechat_miniprogram&client_id={tenant.ClientId}&code={tenant.Code("mei")}", null);
        using var parts = new MultipartFormDataContent { { new StringContent("wechat_miniprogram"), "tag" }, { new StringContent(tenant.ClientId), "client_id" }, { new StringContent(tenant.Code("mei")), "code" } };
        var multipart = await PostAsync(tenant, Path, parts);
        using var form = new StringContent($"tag=wechat_miniprogram&code={tenant.Code("mei")}");
        var basic = await PostAsync(tenant, Path, form, tenant.ClientId + ":" + tenant.ClientSecret);
        using var wrong = new StringContent($"tag=wechat_miniprogram&code={tenant.Code("mei")}");
        var refused = await PostAsync(tenant, Path, wrong, tenant.ClientId + ":wrong");

        Assert.Equal((200, 200, 200, 401), (query.Status, multipart.Status, basic.Status, refused.Status));
        Assert.Contains("Basic", refused.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_boundary_is_found_however_its_name_is_spelled(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewTenantAsync();
        using var content = Multipart(tenant, "multipart/form-data; Boundary=b", "text/plain");

        Assert.Equal(200, (await PostAsync(tenant, Path, content)).Status);

        Assert.Single(await tenant.UsersAsync());
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_part_in_an_encoding_that_nobody_reads_any_more_is_refused(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewTenantAsync();
        using var content = Multipart(tenant, "multipart/form-data; boundary=b", "text/plain; charset=utf-7");

        var answer = await PostAsync(tenant, Path, content);

        Assert.Equal((400, "invalid_request"), (answer.Status, answer["error"]));
        Assert.Empty(await tenant.UsersAsync());
    }

    [Fact]
    public async Task A_repeated_parameter_is_refused()
    {
        var tenant = await TenantAsync();
        using var content = new StringContent($"tag=wechat_miniprogram&client_id={tenant.ClientId}&code=a&code=b");

        Assert.Equal("invalid_request", (await PostAsync(tenant, Path, content))["error"]);
    }

    [Fact]
    public async Task The_extension_grant_signs_in_without_the_tag()
    {
        var tenant = await TenantAsync();

        var answer = await tenant.TokenAsync(("grant_type", "urn:postern:params:oauth:grant-type:wechat-miniprogram"), ("client_id", tenant.ClientId), ("code", tenant.Code("mei")));

        Assert.Equal(200, answer.Status);
    }

    [Theory]
    [InlineData("nobody", null, 401, "invalid_client")]
    [InlineData(null, "password", 400, "unsupported_grant_type")]
    [InlineData(null, "", 400, "unsupported_grant_type")]
    [InlineData(null, "authorization_code", 400, "invalid_request")]
    public async Task What_cannot_be_is_refused_in_OAuths_words(string? clientId, string? grantType, int status, string error)
    {
        var tenant = await TenantAsync();

        var answer = await tenant.TokenAsync(("client_id", clientId ?? tenant.ClientId), ("grant_type", grantType ?? ""));

        Assert.Equal((status, error), (answer.Status, answer["error"]));
    }

    [Fact]
    public async Task A_client_of_a_secret_method_signs_nobody_in_without_its_secret()
    {
        var tenant = await (await servers.OnAsync(DatabaseDriver.Sqlite)).NewTenantAsync("token_endpoint_auth_method = 'client_secret_post'");

        var without = await tenant.SignInAsync(tenant.Code("mei"));
        var with = await tenant.SignInAsync(tenant.Code("mei"), more: ("client_secret", tenant.ClientSecret));

        Assert.Equal(("invalid_client", 200), (without["error"], with.Status));
    }

    [Fact]
    public async Task Refused_requests_beyond_the_limit_are_429_and_good_ones_pass()
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite, o => o with { RefusedTokenRequestsPerMinute = 3 });
        var tenant = await server.NewTenantAsync();

        var refused = new List<Answer>();
        for (var i = 0; i < 4; i++)
        {
            refused.Add(await tenant.SignInAsync("nonsense" + i));
        }

        Assert.Equal([400, 400, 400, 429], refused.Select(a => a.Status));
        Assert.NotNull(refused[3].Headers.RetryAfter);
        Assert.Equal(200, (await tenant.SignInAsync(tenant.Code("mei"))).Status);
    }

    private async Task<Tenant> TenantAsync() => await (await servers.OnAsync(DatabaseDriver.Sqlite)).NewTenantAsync();

    /// <summary>The documented call in parts, as bytes: .NET's own writer would put the header right.</summary>
    private static StringContent Multipart(Tenant tenant, string type, string typeOfCode)
    {
        var content = new StringContent(
            "--b\r\nContent-Disposition: form-data; name=\"tag\"\r\n\r\nwechat_miniprogram\r\n"
            + $"--b\r\nContent-Disposition: form-data; name=\"client_id\"\r\n\r\n{tenant.ClientId}\r\n"
            + $"--b\r\nContent-Disposition: form-data; name=\"code\"\r\nContent-Type: {typeOfCode}\r\n\r\n{tenant.Code("mei")}\r\n--b--\r\n");
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return content;
    }

    private static async Task<Answer> PostAsync(Tenant tenant, string path, HttpContent? content, string? basic = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        if (basic is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(basic)));
        }

        using var response = await tenant.Server.Http.SendAsync(request);
        return await Answer.OfAsync(response);
    }
}
