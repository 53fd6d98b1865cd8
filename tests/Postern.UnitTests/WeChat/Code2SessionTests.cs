using System.Net.Sockets;
using Postern.WeChat;
using Postern.WeChat.Sandbox;
using Xunit;

namespace Postern.UnitTests.WeChat;

public sealed class Code2SessionTests
{
    private static readonly TimeSpan Deadline = WeChatClientOptions.LongestDeadline;

    [Fact]
    public async Task A_good_code_names_its_user()
    {
        await using var house = await SandboxedClient.StartAsync();
        var session = (await house.SignInAsync()).Value;
        Assert.Matches("^o[A-Za-z0-9_-]{27}$", session.OpenId);
        Assert.Matches("^o[A-Za-z0-9_-]{27}$", session.UnionId);
        Assert.Equal(16, Convert.FromBase64String(session.SessionKey).Length);
    }

    [Fact]
    public async Task An_app_without_open_platform_has_no_unionid()
    {
        await using var house = await SandboxedClient.StartAsync();
        var app = new WeChatApp(SandboxApp.Unbound.AppId, SandboxApp.Unbound.AppSecret);
        var result = await house.Client.Code2SessionAsync(app, house.Sandbox.MintCode(app.AppId, "alice"), SandboxedClient.Ends);
        Assert.Null(result.Value.UnionId);
    }

    [Theory]
    [InlineData(40029, WeChatFailureKind.CodeRefused)]
    [InlineData(40163, WeChatFailureKind.CodeRefused)]
    [InlineData(41008, WeChatFailureKind.CodeRefused)]
    [InlineData(40226, WeChatFailureKind.RiskyUser)]
    [InlineData(-1, WeChatFailureKind.Busy)]
    [InlineData(45011, WeChatFailureKind.Busy)]
    [InlineData(44990, WeChatFailureKind.Busy)]
    [InlineData(45009, WeChatFailureKind.Busy)]
    [InlineData(40013, WeChatFailureKind.Misconfigured)]
    [InlineData(40125, WeChatFailureKind.Misconfigured)]
    [InlineData(40164, WeChatFailureKind.Misconfigured)]
    [InlineData(40243, WeChatFailureKind.Misconfigured)]
    [InlineData(41002, WeChatFailureKind.Misconfigured)]
    [InlineData(41004, WeChatFailureKind.Misconfigured)]
    [InlineData(48001, WeChatFailureKind.Misconfigured)]
    [InlineData(50002, WeChatFailureKind.Misconfigured)]
    [InlineData(89503, WeChatFailureKind.Misconfigured)]
    [InlineData(40002, WeChatFailureKind.Misconfigured)]
    [InlineData(47001, WeChatFailureKind.Misconfigured)]
    [InlineData(12345678, WeChatFailureKind.Busy)]
    public async Task WeChats_numbers_become_ours(int errCode, WeChatFailureKind kind)
    {
        await using var house = await SandboxedClient.StartAsync();
        house.Next(new FaultKind { ErrCode = errCode }, times: 2);
        var failure = (await house.SignInAsync()).Failure;
        Assert.Equal((kind, errCode), (failure.Kind, failure.ErrCode));
        Assert.Equal(kind == WeChatFailureKind.Busy, failure.RetryAfter is not null);
        Assert.Matches("rid [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$", failure.Reason);
    }

    [Theory]
    [InlineData(45011, 40)] // The clock stands at second 20.
    [InlineData(44990, 1)]
    [InlineData(45009, 3600)]
    public async Task A_limit_says_when_it_ends(int errCode, int seconds)
    {
        await using var house = await SandboxedClient.StartAsync();
        house.Next(new FaultKind { ErrCode = errCode });
        Assert.Equal(TimeSpan.FromSeconds(seconds), (await house.SignInAsync()).Failure.RetryAfter);
    }

    [Theory]
    [InlineData(FaultBody.Empty)]
    [InlineData(FaultBody.Truncated)]
    [InlineData(FaultBody.Html)]
    [InlineData(FaultBody.Huge)]
    [InlineData(FaultBody.Garbled)]
    [InlineData(FaultBody.Deep)]
    [InlineData(FaultBody.Null)]
    [InlineData(FaultBody.Array)]
    [InlineData(FaultBody.InvalidUtf8)]
    [InlineData(FaultBody.NoOpenId)]
    [InlineData(FaultBody.Duplicated)]
    [InlineData(FaultBody.WrongTypes)]
    [InlineData(FaultBody.StrangeOpenId)]
    [InlineData(FaultBody.StrangeUnionId)]
    public async Task A_body_that_names_no_user_is_busy_and_not_asked_again(FaultBody body)
    {
        await using var house = await SandboxedClient.StartAsync();
        house.Next(new FaultKind { Body = body });
        var failure = (await house.SignInAsync()).Failure;
        Assert.Equal((WeChatFailureKind.Busy, 0), (failure.Kind, failure.ErrCode));
        Assert.NotNull(failure.RetryAfter);
        Assert.Equal(1, house.Calls);
    }

    [Theory]
    [InlineData(FaultBody.Bom)]
    [InlineData(FaultBody.UnknownFields)]
    [InlineData(FaultBody.ErrCodeAsText)]
    [InlineData(FaultBody.Gzip)]
    [InlineData(FaultBody.StrangeLifetime)]
    public async Task A_body_that_is_merely_odd_is_read(FaultBody body)
    {
        await using var house = await SandboxedClient.StartAsync();
        house.Next(new FaultKind { Body = body });
        Assert.True((await house.SignInAsync()).Succeeded);
    }

    [Fact]
    public async Task The_content_type_does_not_matter()
    {
        await using var house = await SandboxedClient.StartAsync();
        house.Next(new FaultKind { ContentType = "image/jpeg" });
        Assert.True((await house.SignInAsync()).Succeeded);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(429)]
    [InlineData(412)]
    [InlineData(302)]
    [InlineData(404)]
    public async Task Another_status_than_200_is_busy_and_not_asked_again(int status)
    {
        await using var house = await SandboxedClient.StartAsync();
        house.Next(new FaultKind { Status = status });
        Assert.Equal(WeChatFailureKind.Busy, (await house.SignInAsync()).Failure.Kind);
        Assert.Equal(1, house.Handler.Sent);
        Assert.Equal(1, house.Calls);
    }

    [Fact]
    public async Task System_busy_is_asked_once_more_with_the_same_code()
    {
        await using var house = await SandboxedClient.StartAsync();
        house.Next(new FaultKind { ErrCode = -1 });
        Assert.True((await house.SignInAsync()).Succeeded);
        Assert.Equal(2, house.Calls);
    }

    [Fact]
    public async Task System_busy_is_asked_no_third_time()
    {
        await using var house = await SandboxedClient.StartAsync();
        house.Next(new FaultKind { ErrCode = -1 }, times: 5);
        Assert.Equal(-1, (await house.SignInAsync()).Failure.ErrCode);
        Assert.Equal(2, house.Calls);
    }

    [Fact]
    public async Task The_second_try_waits_a_moment_by_the_clock()
    {
        await using var house = await SandboxedClient.StartAsync(options => options with { RetryDelay = TimeSpan.FromMilliseconds(200) });
        house.Next(new FaultKind { ErrCode = -1 });
        var call = house.SignInAsync();
        // The first timer is the deadline's; the second is the wait.
        await house.Clock.WaitForTimersAsync(2, SandboxedClient.Ends);
        Assert.Equal(1, house.Calls);
        Assert.False(call.IsCompleted);
        house.Clock.Advance(TimeSpan.FromMilliseconds(250));
        Assert.True((await call).Succeeded);
    }

    [Theory]
    [InlineData(HttpRequestError.ConnectionError)]
    [InlineData(HttpRequestError.NameResolutionError)]
    public async Task A_failure_before_sending_is_tried_once_more(HttpRequestError error)
    {
        await using var house = await SandboxedClient.StartAsync();
        house.Handler.FailWith.Enqueue(new HttpRequestException(error));
        Assert.True((await house.SignInAsync()).Succeeded);
        Assert.Equal(2, house.Handler.Sent);
    }

    [Theory]
    [InlineData(HttpRequestError.ResponseEnded)]
    [InlineData(HttpRequestError.SecureConnectionError)]
    [InlineData(HttpRequestError.Unknown)]
    public async Task Another_failure_is_not_tried_again(HttpRequestError error)
    {
        await using var house = await SandboxedClient.StartAsync();
        house.Handler.FailWith.Enqueue(new HttpRequestException(error));
        Assert.Equal(WeChatFailureKind.Busy, (await house.SignInAsync()).Failure.Kind);
        Assert.Equal(1, house.Handler.Sent);
    }

    [Fact]
    public async Task A_refused_connection_is_busy_after_two_tries()
    {
        using var closed = new TcpListener(System.Net.IPAddress.Loopback, 0);
        closed.Start();
        var address = new Uri($"http://{closed.LocalEndpoint}");
        closed.Stop();
        await using var house = await SandboxedClient.StartAsync(options => options with { Endpoint = address });
        Assert.Equal(WeChatFailureKind.Busy, (await house.SignInAsync()).Failure.Kind);
        Assert.Equal(2, house.Handler.Sent);
    }

    [Theory]
    [InlineData(FaultPoint.Before)]
    [InlineData(FaultPoint.After)]
    [InlineData(FaultPoint.Mid)]
    public async Task A_cut_answer_is_busy_and_the_code_is_not_sent_again(FaultPoint cut)
    {
        await using var house = await SandboxedClient.StartAsync();
        Assert.True((await house.SignInAsync()).Succeeded);
        house.Next(new FaultKind { Cut = cut });
        Assert.Equal(WeChatFailureKind.Busy, (await house.SignInAsync()).Failure.Kind);
        Assert.Equal(2, house.Calls);
    }

    [Theory]
    [InlineData(FaultPoint.Before)]
    [InlineData(FaultPoint.After)]
    public async Task A_code_is_never_tried_again_after_a_time_out(FaultPoint hang)
    {
        await using var house = await SandboxedClient.StartAsync();
        house.Next(new FaultKind { Hang = hang });
        var call = house.SignInAsync();
        await house.Sandbox.WaitForCallsAsync(SandboxedClient.Route, SandboxedClient.App.AppId, 1, SandboxedClient.Ends);
        house.Clock.Advance(Deadline - TimeSpan.FromMilliseconds(1));
        Assert.False(call.IsCompleted);
        house.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(WeChatFailureKind.Busy, (await call).Failure.Kind);
        Assert.Equal(1, house.Calls);
    }

    [Fact]
    public async Task A_dripping_body_meets_the_same_deadline()
    {
        await using var house = await SandboxedClient.StartAsync();
        house.Next(new FaultKind { Drip = true });
        var call = house.SignInAsync();
        await house.Handler.HeadersCame.WaitAsync(SandboxedClient.Ends);
        Assert.False(call.IsCompleted);
        house.Clock.Advance(Deadline);
        Assert.Equal(WeChatFailureKind.Busy, (await call).Failure.Kind);
    }

    [Fact]
    public async Task A_caller_who_leaves_gets_a_cancellation_and_no_failure()
    {
        await using var house = await SandboxedClient.StartAsync();
        house.Next(new FaultKind { Hang = FaultPoint.Before });
        using var leaves = new CancellationTokenSource();
        var call = house.Client.Code2SessionAsync(SandboxedClient.App, house.Code(), leaves.Token);
        await house.Sandbox.WaitForCallsAsync(SandboxedClient.Route, SandboxedClient.App.AppId, 1, SandboxedClient.Ends);
        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Theory]
    [InlineData("", 41008)]
    [InlineData(null, 41008)]
    [InlineData("long", 40029)]
    public async Task A_code_that_cannot_be_one_is_refused_without_a_call(string? code, int errCode)
    {
        await using var house = await SandboxedClient.StartAsync();
        var failure = (await house.Client.Code2SessionAsync(SandboxedClient.App, code == "long" ? new string('0', 257) : code!, SandboxedClient.Ends)).Failure;
        Assert.Equal((WeChatFailureKind.CodeRefused, errCode), (failure.Kind, failure.ErrCode));
        Assert.Equal(0, house.Handler.Sent);
    }

    [Fact]
    public async Task A_code_cannot_smuggle_parameters()
    {
        await using var house = await SandboxedClient.StartAsync();
        var smuggler = "x&appid=" + SandboxApp.Second.AppId + "&js_code=" + house.Code() + "#";
        Assert.Equal(40029, (await house.SignInAsync(smuggler)).Failure.ErrCode);
        Assert.Equal(0, house.Sandbox.CallsTo(SandboxedClient.Route, SandboxApp.Second.AppId));
    }

    [Fact]
    public async Task Nothing_secret_reaches_logs_or_reasons()
    {
        await using var house = await SandboxedClient.StartAsync(options => options with { FailuresToOpen = 2 });
        var said = new List<string>();
        var codes = new List<string>();
        var openId = (await house.SignInAsync()).Value.OpenId;
        FaultKind[] faults =
        [
            new() { ErrCode = -1 }, new() { ErrCode = 40125 }, new() { Status = 502 },
            new() { Cut = FaultPoint.After }, new() { Body = FaultBody.Truncated }, new() { Body = FaultBody.Html },
        ];
        foreach (var fault in faults)
        {
            house.Next(fault, times: 2);
            codes.Add(house.Code());
            said.Add((await house.SignInAsync(codes[^1])).Failure.ToString());
            house.Sandbox.ClearFaults();
        }

        var text = house.Logger.Text + string.Join('\n', said) + SandboxedClient.App;
        Assert.Contains("3001", house.Logger.Text, StringComparison.Ordinal);
        Assert.Contains("3002", house.Logger.Text, StringComparison.Ordinal);
        Assert.All([.. codes, openId, SandboxedClient.App.AppSecret, "js_code=", "?"], secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
    }

    [Fact]
    public void Records_do_not_print_their_secrets()
    {
        var text = new WeChatApp("wx1", "app-secret").ToString() + new WeChatSession("o-person", "o-union", "session-key");
        Assert.Contains("wx1", text, StringComparison.Ordinal);
        Assert.All(["app-secret", "o-person", "o-union", "session-key"], secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    public void A_deadline_outside_its_bounds_is_refused(int seconds)
    {
        using var http = new HttpClient();
        var options = new WeChatClientOptions { Deadline = TimeSpan.FromSeconds(seconds) };
        Assert.Throws<ArgumentOutOfRangeException>(() => new WeChatClient(http, TimeProvider.System, new CapturingLogger<WeChatClient>(), options));
    }
}
