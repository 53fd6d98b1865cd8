using Postern.WeChat;
using Xunit;

namespace Postern.UnitTests.WeChat;

public sealed class RemedyTests
{
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
    public void Every_misconfiguration_names_what_to_mend_in_both_languages(int errCode, string place)
    {
        var remedy = WeChatRemedies.All[errCode];
        Assert.Contains(place, remedy.English, StringComparison.Ordinal);
        Assert.All([remedy.English, remedy.Chinese], text => Assert.Contains("mp.weixin.qq.com", text, StringComparison.Ordinal));
        Assert.Contains(remedy.Chinese, letter => letter is >= '一' and <= '鿿');
    }

    [Fact]
    public void Every_listed_number_is_a_misconfiguration() =>
        Assert.All(WeChatRemedies.All.Keys, errCode => Assert.Equal(WeChatFailureKind.Misconfigured, ErrCodes.KindOf(errCode)));

    [Fact]
    public void A_number_that_stands_in_no_table_is_called_unknown_and_no_mistake_of_ours()
    {
        Assert.True(WeChatRemedies.IsUnknown(99999));
        Assert.Contains("not known to us", WeChatRemedies.For(99999).English, StringComparison.Ordinal);
        Assert.All([0, -1, 45011, 40029, 40013, 47001], errCode => Assert.False(WeChatRemedies.IsUnknown(errCode)));
    }

    [Fact]
    public void A_number_that_is_not_listed_has_a_remedy_too() => Assert.Contains("rid", WeChatRemedies.For(47001).English, StringComparison.Ordinal);
}
