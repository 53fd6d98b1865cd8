using Postern.WeChat;
using Postern.WeChat.Sandbox;
using Xunit;

namespace Postern.UnitTests.WeChat;

public sealed class AccessTokenTests
{
    private const string Route = "stable_token";

    private static WeChatApp App => SandboxedClient.App;

    [Fact]
    public async Task A_token_is_asked_for_once_and_kept()
    {
        await using var house = await SandboxedClient.StartAsync();
        var first = await TokenAsync(house);
        house.Clock.Advance(TimeSpan.FromSeconds(7200 - 300 - 61));
        Assert.Equal(first, await TokenAsync(house));
        Assert.Equal(1, house.Sandbox.CallsTo(Route, App.AppId));
    }

    [Fact]
    public async Task It_is_asked_for_again_five_minutes_before_its_end()
    {
        await using var house = await SandboxedClient.StartAsync();
        await TokenAsync(house);
        house.Clock.Advance(TimeSpan.FromSeconds(7200 - 300));
        await TokenAsync(house);
        Assert.Equal(2, house.Sandbox.CallsTo(Route, App.AppId));
    }

    [Fact]
    public async Task Many_callers_share_one_call()
    {
        await using var house = await SandboxedClient.StartAsync();
        house.Next(new FaultKind { DelayMs = 100 }, route: Route);
        var callers = Enumerable.Range(0, 20).Select(_ => TokenAsync(house)).ToList();
        await house.SandboxClock.WaitForTimersAsync(1, SandboxedClient.Ends);
        house.SandboxClock.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Single((await Task.WhenAll(callers)).Distinct());
        Assert.Equal(1, house.Sandbox.CallsTo(Route, App.AppId));
    }

    [Fact]
    public async Task A_caller_who_leaves_does_not_end_the_others_call()
    {
        await using var house = await SandboxedClient.StartAsync();
        house.Next(new FaultKind { DelayMs = 100 }, route: Route);
        using var leaves = new CancellationTokenSource();
        var impatient = house.Client.StableAccessTokenAsync(App, leaves.Token);
        var patient = TokenAsync(house);
        await house.SandboxClock.WaitForTimersAsync(1, SandboxedClient.Ends);
        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        house.SandboxClock.Advance(TimeSpan.FromMilliseconds(100));
        Assert.NotEmpty(await patient);
    }

    [Fact]
    public async Task A_refused_token_is_asked_for_again_but_not_one_that_was_replaced_already()
    {
        await using var house = await SandboxedClient.StartAsync();
        var first = await TokenAsync(house);
        house.Sandbox.AdvanceClock(TimeSpan.FromSeconds(7000));
        var second = (await house.Client.StableAccessTokenAsync(App, SandboxedClient.Ends, first)).Value;
        Assert.NotEqual(first, second);
        Assert.Equal(second, (await house.Client.StableAccessTokenAsync(App, SandboxedClient.Ends, first)).Value);
        Assert.Equal(2, house.Sandbox.CallsTo(Route, App.AppId));
    }

    [Fact]
    public async Task A_new_secret_does_not_get_the_old_ones_token()
    {
        await using var house = await SandboxedClient.StartAsync();
        await TokenAsync(house);
        var result = await house.Client.StableAccessTokenAsync(App with { AppSecret = "wrong" }, SandboxedClient.Ends);
        Assert.Equal((WeChatFailureKind.Misconfigured, 40125), (result.Failure.Kind, result.Failure.ErrCode));
    }

    [Fact]
    public async Task A_refusal_is_not_remembered()
    {
        await using var house = await SandboxedClient.StartAsync();
        house.Next(new FaultKind { ErrCode = 40164 }, route: Route);
        Assert.Equal(40164, (await house.Client.StableAccessTokenAsync(App, SandboxedClient.Ends)).Failure.ErrCode);
        Assert.NotEmpty(await TokenAsync(house));
    }

    [Fact]
    public async Task An_answer_without_a_token_is_busy()
    {
        await using var house = await SandboxedClient.StartAsync();
        house.Next(new FaultKind { Body = FaultBody.NoOpenId }, route: Route);
        Assert.Equal(WeChatFailureKind.Busy, (await house.Client.StableAccessTokenAsync(App, SandboxedClient.Ends)).Failure.Kind);
    }

    private static async Task<string> TokenAsync(SandboxedClient house) =>
        (await house.Client.StableAccessTokenAsync(App, SandboxedClient.Ends)).Value;
}
