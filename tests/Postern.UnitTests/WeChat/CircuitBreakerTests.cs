using System.Globalization;
using Postern.WeChat;
using Postern.WeChat.Sandbox;
using Xunit;

namespace Postern.UnitTests.WeChat;

public sealed class CircuitBreakerTests
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    [Fact]
    public void It_opens_after_the_last_failure_in_a_row_and_not_before()
    {
        var breaker = new CircuitBreaker(new StoppedClock(), 3, Pause);
        Assert.False(breaker.Failed("a"));
        Assert.False(breaker.Failed("a"));
        Assert.Null(breaker.Enter("a"));
        Assert.True(breaker.Failed("a"));
        Assert.Equal(Pause, breaker.Enter("a"));
        Assert.Null(breaker.Enter("b"));
    }

    [Fact]
    public void A_success_between_starts_the_count_again()
    {
        var breaker = new CircuitBreaker(new StoppedClock(), 2, Pause);
        breaker.Failed("a");
        breaker.Succeeded("a");
        Assert.False(breaker.Failed("a"));
        Assert.Null(breaker.Enter("a"));
    }

    [Fact]
    public void Half_open_lets_one_call_through()
    {
        var clock = new StoppedClock();
        var breaker = new CircuitBreaker(clock, 1, Pause);
        breaker.Failed("a");
        clock.Advance(Pause - TimeSpan.FromTicks(1));
        Assert.NotNull(breaker.Enter("a"));
        clock.Advance(TimeSpan.FromTicks(1));
        Assert.Null(breaker.Enter("a"));
        Assert.NotNull(breaker.Enter("a"));
        breaker.Succeeded("a");
        Assert.Null(breaker.Enter("a"));
    }

    [Fact]
    public void A_failed_probe_opens_it_again()
    {
        var clock = new StoppedClock();
        var breaker = new CircuitBreaker(clock, 1, Pause);
        breaker.Failed("a");
        clock.Advance(Pause);
        Assert.Null(breaker.Enter("a"));
        clock.Advance(TimeSpan.FromSeconds(4));
        breaker.Failed("a");
        clock.Advance(TimeSpan.FromSeconds(4));
        Assert.NotNull(breaker.Enter("a"));
    }

    [Fact]
    public void A_probe_without_verdict_does_not_shut_it_for_ever()
    {
        var clock = new StoppedClock();
        var breaker = new CircuitBreaker(clock, 1, Pause);
        breaker.Failed("a");
        clock.Advance(Pause);
        Assert.Null(breaker.Enter("a"));
        clock.Advance(Pause);
        Assert.Null(breaker.Enter("a"));
    }

    [Fact]
    public void It_remembers_a_bounded_number_of_apps()
    {
        var breaker = new CircuitBreaker(new StoppedClock(), 1, Pause);
        for (var i = 0; i < CircuitBreaker.MostApps + 10; i++)
        {
            breaker.Failed(i.ToString(CultureInfo.InvariantCulture));
        }

        Assert.Equal(CircuitBreaker.MostApps, breaker.Count);
    }

    [Fact]
    public async Task An_open_circuit_answers_without_a_call_and_closes_when_WeChat_is_back()
    {
        await using var house = await SandboxedClient.StartAsync(options => options with { FailuresToOpen = 3 });
        house.Next(new FaultKind { Status = 502 }, times: 3);
        for (var i = 0; i < 3; i++)
        {
            await house.SignInAsync();
        }

        var failure = (await house.SignInAsync()).Failure;
        Assert.Equal((WeChatFailureKind.Busy, Pause), (failure.Kind, failure.RetryAfter!.Value));
        Assert.Equal(3, house.Calls);
        house.Clock.Advance(Pause);
        Assert.True((await house.SignInAsync()).Succeeded);
    }

    [Fact]
    public async Task Business_errors_never_open_it()
    {
        await using var house = await SandboxedClient.StartAsync(options => options with { FailuresToOpen = 1 });
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(40029, (await house.SignInAsync("0nobody")).Failure.ErrCode);
        }

        Assert.Equal(3, house.Calls);
    }
}
