using System.Text.Json;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Postern.WeChat.Sandbox;
using Xunit;

namespace Postern.Tests.SignIn;

public sealed class WeChatTroubleTests(Servers servers)
{
    private static readonly (int ErrCode, int Status, string Error)[] Numbers =
    [
        (40029, 400, "invalid_grant"),
        (40163, 400, "invalid_grant"),
        (41008, 400, "invalid_grant"),
        (40226, 400, "invalid_grant"),
        (45011, 503, "temporarily_unavailable"),
        (44990, 503, "temporarily_unavailable"),
        (45009, 503, "temporarily_unavailable"),
        (40013, 500, "server_error"),
        (40125, 500, "server_error"),
        (40164, 500, "server_error"),
        (40243, 500, "server_error"),
        (48001, 500, "server_error"),
        (50002, 500, "server_error"),
        (89503, 500, "server_error"),
    ];

    private static readonly FaultKind[] Nonsense =
    [
        new() { Body = FaultBody.Empty }, new() { Body = FaultBody.Truncated }, new() { Body = FaultBody.Html }, new() { Body = FaultBody.Garbled },
        new() { Body = FaultBody.Huge }, new() { Body = FaultBody.Deep }, new() { Body = FaultBody.Array }, new() { Body = FaultBody.Null },
        new() { Body = FaultBody.NoOpenId }, new() { Body = FaultBody.StrangeOpenId }, new() { Body = FaultBody.StrangeUnionId },
        new() { Status = 302 }, new() { Status = 500 }, new() { Status = 502 },
        new() { Cut = FaultPoint.Before }, new() { Cut = FaultPoint.After }, new() { Cut = FaultPoint.Mid },
    ];

    public static TheoryData<DatabaseDriver, int, int, string> EachNumber() =>
        [.. Databases.Both.SelectMany(driver => Numbers.Select(n => (driver.Data, n.ErrCode, n.Status, n.Error)))];

    public static TheoryData<DatabaseDriver, int> EachNonsense() =>
        [.. Databases.Both.SelectMany(driver => Enumerable.Range(0, Nonsense.Length).Select(i => (driver.Data, i)))];

    [Theory, MemberData(nameof(EachNumber))]
    public async Task Each_number_of_WeChats_has_its_answer(DatabaseDriver driver, int errCode, int status, string error)
    {
        var tenant = await (await servers.OnAsync(driver)).NewTenantAsync();
        Inject(tenant, new FaultKind { ErrCode = errCode });

        var answer = await tenant.SignInAsync(tenant.Code("mei"));

        Assert.Equal((status, error), (answer.Status, answer["error"]));
        Assert.Equal(status == 503, answer.Headers.RetryAfter is not null);
        Assert.Matches("^[ -~]+$", answer["error_description"]!);
        Assert.Empty(await tenant.UsersAsync());
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_number_that_stands_in_no_table_is_503_to_the_phone_and_named_as_unknown_in_the_log(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var tenant = await server.NewTenantAsync();
        Inject(tenant, new FaultKind { ErrCode = 99999 });

        var answer = await tenant.SignInAsync(tenant.Code("mei"));

        Assert.Equal((503, "temporarily_unavailable"), (answer.Status, answer["error"]));
        Assert.NotNull(answer.Headers.RetryAfter);
        var line = Assert.Single(server.Log.Lines, l => l.Contains("99999", StringComparison.Ordinal));
        Assert.Contains("a number that we do not know", line, StringComparison.Ordinal);
        Assert.Contains("未收录", line, StringComparison.Ordinal);
        Assert.DoesNotContain("busy", line, StringComparison.Ordinal);
        Assert.Empty(await tenant.UsersAsync());
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Busy_is_tried_once_more_with_the_same_code(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewTenantAsync();
        Inject(tenant, new FaultKind { ErrCode = -1 });

        Assert.Equal(200, (await tenant.SignInAsync(tenant.Code("mei"))).Status);
        Assert.Equal(2, tenant.Server.WeChat.CallsTo("jscode2session", tenant.MiniProgram.AppId));
    }

    [Theory, MemberData(nameof(EachNonsense))]
    public async Task Nonsense_from_WeChat_is_503_creates_nobody_and_is_not_tried_again(DatabaseDriver driver, int which)
    {
        var tenant = await (await servers.OnAsync(driver)).NewTenantAsync();
        Inject(tenant, Nonsense[which], 5);

        var answer = await tenant.SignInAsync(tenant.Code("mei"));

        Assert.Equal((503, "temporarily_unavailable"), (answer.Status, answer["error"]));
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Empty(await tenant.UsersAsync());
        Assert.Equal(1, tenant.Server.WeChat.CallsTo("jscode2session", tenant.MiniProgram.AppId));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_WeChat_that_hangs_or_drips_is_503_at_the_deadline_and_others_sign_in_meanwhile(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var (hanging, dripping, healthy) = (await server.NewTenantAsync(), await server.NewTenantAsync(), await server.NewTenantAsync());
        Inject(hanging, new FaultKind { Hang = FaultPoint.After });
        Inject(dripping, new FaultKind { Drip = true });
        var begin = System.Diagnostics.Stopwatch.GetTimestamp();

        var slow = new[] { hanging, dripping }.Select(t => t.SignInAsync(t.Code("mei"))).ToList();
        Assert.Equal(200, (await healthy.SignInAsync(healthy.Code("mei"))).Status);
        Assert.DoesNotContain(slow, s => s.IsCompleted);
        var answers = await Task.WhenAll(slow);

        // The deadline is for the whole answer: a byte a second does not move it. Twice the deadline is far from any noise.
        Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(begin) < TimeSpan.FromSeconds(16));
        Assert.All(answers, a => Assert.Equal((503, "temporarily_unavailable"), (a.Status, a["error"])));
        Assert.Empty((await hanging.UsersAsync()).Concat(await dripping.UsersAsync()));
        Assert.Equal(200, (await hanging.SignInAsync(hanging.Code("mei"))).Status);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_WeChat_that_keeps_failing_for_one_Mini_Program_is_left_alone_for_a_while(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var (broken, healthy) = (await server.NewTenantAsync(), await server.NewTenantAsync());
        Inject(broken, new FaultKind { Cut = FaultPoint.Before }, 1000);

        for (var i = 0; i < 40; i++)
        {
            Assert.Equal((503, true), await broken.SignInAsync(broken.Code("mei")) is var answer ? (answer.Status, answer.Headers.RetryAfter is not null) : default);
        }

        var calls = server.WeChat.CallsTo("jscode2session", broken.MiniProgram.AppId);
        Assert.InRange(calls, 1, 39);
        Assert.Equal(200, (await healthy.SignInAsync(healthy.Code("mei"))).Status);
        server.WeChat.ClearFaults();
        server.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(200, (await broken.SignInAsync(broken.Code("mei"))).Status);
        Assert.Single(await broken.UsersAsync());
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
