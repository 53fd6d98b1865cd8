using Postern.Directory.Statistics;
using Postern.Protocol;
using Postern.WeChat;
using Postern.WeChat.Sandbox;
using Postern.WeChat.Sandbox.Platform;
using Xunit;

namespace Postern.UnitTests.WeChat;

/// <summary>The table of WeChat's error codes, against the sandbox, the statistics and its own rules.</summary>
public sealed class WeChatErrorsTests
{
    public static TheoryData<int> Numbers => [.. WeChatErrors.All.Select(error => error.Number).Where(number => number != WeChatErrors.NoAnswer)];

    public static TheoryData<int> Misconfigurations =>
        [.. WeChatErrors.All.Where(error => error.Kind == WeChatFailureKind.Misconfigured).Select(error => error.Number)];

    [Theory]
    [MemberData(nameof(Numbers))]
    public async Task A_sign_in_that_the_sandbox_refuses_fails_as_the_table_says(int number)
    {
        await using var house = await SandboxedClient.StartAsync();
        house.Next(new FaultKind { ErrCode = number }, times: 2);
        var failure = (await house.SignInAsync()).Failure;

        Assert.Equal((WeChatErrors.Of(number).Kind, number), (failure.Kind, failure.ErrCode));
        Assert.Equal(failure.Kind == WeChatFailureKind.Busy, failure.RetryAfter is not null);
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void The_sandbox_says_what_the_table_says(int number)
    {
        var text = Reply.TextOf(number);
        Assert.True(text == "error" || text.StartsWith(WeChatErrors.Of(number).Name, StringComparison.Ordinal), text);
    }

    [Fact]
    public void A_number_has_one_row_and_a_meaning_in_both_languages()
    {
        Assert.Equal(WeChatErrors.All.Count, WeChatErrors.All.DistinctBy(error => error.Number).Count());
        Assert.All(WeChatErrors.All, error =>
        {
            Assert.EndsWith(".", error.Meaning.English, StringComparison.Ordinal);
            Assert.Contains(error.Meaning.Chinese, letter => letter is >= '一' and <= '鿿');
        });
    }

    [Theory]
    [MemberData(nameof(Misconfigurations))]
    public void Every_misconfiguration_names_what_to_mend_in_both_languages(int number)
    {
        var remedy = WeChatErrors.Of(number).Remedy;
        Assert.NotNull(remedy);
        Assert.All([remedy.English, remedy.Chinese], text => Assert.Contains("mp.weixin.qq.com", text, StringComparison.Ordinal));
        Assert.Contains(remedy.Chinese, letter => letter is >= '一' and <= '鿿');
    }

    [Theory]
    [InlineData(40013, "clientId")]
    [InlineData(40125, "clientSecret")]
    [InlineData(40164, "IP whitelist")]
    [InlineData(40243, "AppSecret")]
    [InlineData(41002, "clientId")]
    [InlineData(41004, "clientSecret")]
    [InlineData(48001, "Interface settings")]
    [InlineData(50002, "Notification centre")]
    [InlineData(89503, "IP whitelist")]
    [InlineData(47001, "rid")]
    public void A_remedy_names_the_place(int number, string place) =>
        Assert.Contains(place, WeChatErrors.Of(number).Advice.English, StringComparison.Ordinal);

    [Fact]
    public void Only_misconfigurations_have_a_remedy() =>
        Assert.All(WeChatErrors.All, error => Assert.Equal(error.Kind == WeChatFailureKind.Misconfigured, error.Remedy is not null));

    [Fact]
    public void A_number_without_a_row_is_called_unknown_and_no_mistake_of_ours()
    {
        Assert.False(WeChatErrors.IsKnown(99999));
        Assert.Contains("not known to us", WeChatErrors.Of(99999).Advice.English, StringComparison.Ordinal);
        Assert.All([0, -1, 45011, 40029, 40013, 47001], number => Assert.True(WeChatErrors.IsKnown(number)));
    }

    [Fact]
    public void Statistics_explain_every_number_by_the_table() => Assert.All(WeChatErrors.All, error =>
    {
        var meaning = FailureReasons.MeaningOf(FailureReasons.Of(error.Number));
        Assert.Equal((error.Advice.English, error.Advice.Chinese), (meaning.English, meaning.Chinese));
    });
}
