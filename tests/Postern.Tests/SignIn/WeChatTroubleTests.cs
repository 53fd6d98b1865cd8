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
        tenant.Server.WeChat.World.Faults.Add("jscode2session", tenant.MiniProgram.AppId, 1, new Fault { ErrCode = errCode });

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
        tenant.Server.WeChat.World.Faults.Add("jscode2session", tenant.MiniProgram.AppId, 1, new Fault { ErrCode = -1 });

        Assert.Equal(200, (await tenant.SignInAsync(tenant.Code("mei"))).Status);
        Assert.Equal(2, tenant.Server.WeChat.World.CallsOf("jscode2session", tenant.MiniProgram.AppId));
    }

    [Theory]
    [InlineData("empty", null, null)]
    [InlineData("truncated", null, null)]
    [InlineData("html", 502, null)]
    [InlineData("html", null, null)]
    [InlineData("garbled", null, null)]
    [InlineData("huge", null, null)]
    [InlineData("deep", null, null)]
    [InlineData("array", null, null)]
    [InlineData("noopenid", null, null)]
    [InlineData("redirect", null, null)]
    [InlineData(null, 500, null)]
    [InlineData(null, null, "before")]
    [InlineData(null, null, "after")]
    [InlineData(null, null, "middle")]
    public async Task Nonsense_from_WeChat_is_503_creates_nobody_and_is_not_tried_again(string? body, int? status, string? cut)
    {
        var tenant = await (await servers.OnAsync(DatabaseDriver.Sqlite)).NewTenantAsync();
        tenant.Server.WeChat.World.Faults.Add("jscode2session", tenant.MiniProgram.AppId, 5, new Fault { Body = body, Status = status, Cut = cut });

        var answer = await tenant.SignInAsync(tenant.Code("mei"));

        Assert.Equal((503, "temporarily_unavailable"), (answer.Status, answer["error"]));
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Empty(await tenant.UsersAsync());
        Assert.Equal(1, tenant.Server.WeChat.World.CallsOf("jscode2session", tenant.MiniProgram.AppId));
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
        var faults = new Fault?[]
        {
            null, new() { ErrCode = 40125 }, new() { ErrCode = 40029 }, new() { Cut = "before" }, new() { Cut = "after" }, new() { Body = "html", Status = 502 },
            new() { Body = "truncated" }, new() { Body = "redirect" },
        };
        var (codes, texts, tokens) = (new List<string>(), new List<string>(), new List<string>());
        foreach (var fault in faults)
        {
            if (fault is not null)
            {
                server.WeChat.World.Faults.Add("jscode2session", tenant.MiniProgram.AppId, 1, fault);
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

        var sessionKey = server.WeChat.World.SessionKey(tenant.MiniProgram.AppId, "canary");
        var kept = string.Join('\n', server.Log.Lines.Concat(texts).Append(await server.DumpAsync()));
        Assert.All([.. codes, .. tokens, sessionKey, tenant.MiniProgram.AppSecret, tenant.ClientSecret, "js_code=", "secret="], canary =>
            Assert.DoesNotContain(canary, kept, StringComparison.Ordinal));
        Assert.DoesNotContain(sessionKey, string.Join('\n', tokens), StringComparison.Ordinal);
    }
}
