using System.Text.Json;
using Postern.Server.Hosting;
using Postern.Tests.Fixtures;
using Postern.WeChat.Sandbox;
using Xunit;

namespace Postern.Tests.SignIn;

public sealed class WeChatTroubleTests(Servers servers)
{
    [Theory]
    [InlineData(40029, 400, "invalid_grant")]
    [InlineData(40163, 400, "invalid_grant")]
    [InlineData(41008, 400, "invalid_grant")]
    [InlineData(40226, 400, "invalid_grant")]
    [InlineData(45011, 503, "temporarily_unavailable")]
    [InlineData(44990, 503, "temporarily_unavailable")]
    [InlineData(45009, 503, "temporarily_unavailable")]
    [InlineData(40013, 500, "server_error")]
    [InlineData(40125, 500, "server_error")]
    [InlineData(40164, 500, "server_error")]
    [InlineData(40243, 500, "server_error")]
    [InlineData(48001, 500, "server_error")]
    [InlineData(50002, 500, "server_error")]
    [InlineData(89503, 500, "server_error")]
    public async Task Each_number_of_WeChats_has_its_answer(int errCode, int status, string error)
    {
        var tenant = await (await servers.OnAsync(DatabaseDriver.Sqlite)).NewTenantAsync();
        Inject(tenant, new FaultKind { ErrCode = errCode });

        var answer = await tenant.SignInAsync(tenant.Code("mei"));

        Assert.Equal((status, error), (answer.Status, answer["error"]));
        Assert.Equal(status == 503, answer.Headers.RetryAfter is not null);
        Assert.Matches("^[ -~]+$", answer["error_description"]!);
        Assert.Empty(await tenant.UsersAsync());
    }

    [Fact]
    public async Task Busy_is_tried_once_more_with_the_same_code()
    {
        var tenant = await (await servers.OnAsync(DatabaseDriver.Sqlite)).NewTenantAsync();
        Inject(tenant, new FaultKind { ErrCode = -1 });

        Assert.Equal(200, (await tenant.SignInAsync(tenant.Code("mei"))).Status);
        Assert.Equal(2, tenant.Server.WeChat.CallsTo("jscode2session", tenant.MiniProgram.AppId));
    }

    [Theory]
    [InlineData(FaultBody.Empty, null, null)]
    [InlineData(FaultBody.Truncated, null, null)]
    [InlineData(FaultBody.Html, null, null)]
    [InlineData(FaultBody.Garbled, null, null)]
    [InlineData(FaultBody.Huge, null, null)]
    [InlineData(FaultBody.Deep, null, null)]
    [InlineData(FaultBody.Array, null, null)]
    [InlineData(FaultBody.Null, null, null)]
    [InlineData(FaultBody.NoOpenId, null, null)]
    [InlineData(null, 302, null)]
    [InlineData(null, 500, null)]
    [InlineData(null, 502, null)]
    [InlineData(null, null, FaultPoint.Before)]
    [InlineData(null, null, FaultPoint.After)]
    [InlineData(null, null, FaultPoint.Mid)]
    public async Task Nonsense_from_WeChat_is_503_creates_nobody_and_is_not_tried_again(FaultBody? body, int? status, FaultPoint? cut)
    {
        var tenant = await (await servers.OnAsync(DatabaseDriver.Sqlite)).NewTenantAsync();
        Inject(tenant, new FaultKind { Body = body, Status = status, Cut = cut }, 5);

        var answer = await tenant.SignInAsync(tenant.Code("mei"));

        Assert.Equal((503, "temporarily_unavailable"), (answer.Status, answer["error"]));
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Empty(await tenant.UsersAsync());
        Assert.Equal(1, tenant.Server.WeChat.CallsTo("jscode2session", tenant.MiniProgram.AppId));
    }

    [Fact]
    public async Task A_person_who_asks_in_Chinese_is_told_in_Chinese()
    {
        var tenant = await (await servers.OnAsync(DatabaseDriver.Sqlite)).NewTenantAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/login/oauth/access_token")
        {
            Content = new StringContent($"tag=wechat_miniprogram&client_id={tenant.ClientId}&code=nonsense"),
            Headers = { { "Accept-Language", "zh-CN" } },
        };

        using var response = await tenant.Server.Http.SendAsync(request);
        var answer = await Answer.OfAsync(response);

        Assert.Contains("wx.login", answer["error_message"], StringComparison.Ordinal);
        Assert.Contains("登录凭证", answer["error_message"], StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task No_secret_code_or_session_key_is_left_in_an_answer_a_log_line_or_a_table(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var tenant = await server.NewTenantAsync();
        var faults = new FaultKind?[]
        {
            null, new() { ErrCode = 40125 }, new() { ErrCode = 40029 }, new() { Cut = FaultPoint.Before }, new() { Cut = FaultPoint.After },
            new() { Status = 502 }, new() { Body = FaultBody.Truncated }, new() { Status = 302 },
        };
        var (codes, texts, tokens) = (new List<string>(), new List<string>(), new List<string>());
        foreach (var fault in faults)
        {
            if (fault is not null)
            {
                Inject(tenant, fault);
            }

            var code = tenant.Code("canary");
            codes.Add(code);
            var answer = await tenant.SignInAsync(code, "Canary", more: ("client_secret", tenant.ClientSecret));
            if (answer.Status == 200)
            {
                tokens.AddRange([answer["access_token"]!, answer["refresh_token"]!, answer["id_token"]!]);
            }
            else
            {
                texts.Add(answer.Text);
            }
        }

        // WeChat gives the same key again within its rotation interval, so this is the one that the server was given.
        using var asked = JsonDocument.Parse(await new HttpClient().GetStringAsync(new Uri(server.WeChat.BaseUri,
            $"/sns/jscode2session?appid={tenant.MiniProgram.AppId}&secret={tenant.MiniProgram.AppSecret}&js_code={tenant.Code("canary")}&grant_type=authorization_code")));
        var sessionKey = asked.RootElement.GetProperty("session_key").GetString()!;
        var kept = string.Join('\n', server.Log.Lines.Concat(texts).Append(await server.DumpAsync()));
        Assert.All([.. codes, .. tokens, sessionKey, tenant.MiniProgram.AppSecret, tenant.ClientSecret, "js_code=", "secret="], canary =>
            Assert.DoesNotContain(canary, kept, StringComparison.Ordinal));
        Assert.DoesNotContain(sessionKey, string.Join('\n', tokens), StringComparison.Ordinal);
    }

    private static void Inject(Tenant tenant, FaultKind fault, int times = 1) =>
        tenant.Server.WeChat.Inject(new SandboxFault { Route = "jscode2session", AppId = tenant.MiniProgram.AppId, Times = times, Fault = fault });
}
