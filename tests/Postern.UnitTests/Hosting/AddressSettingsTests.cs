using Postern.Storage.Databases;
using Xunit;

namespace Postern.UnitTests.Hosting;

public sealed class AddressSettingsTests : IDisposable
{
    private const string Issuer = "origin = https://login.example.com\n";

    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("https://login.example.com")]
    [InlineData("http://localhost:8000")]
    [InlineData("http://192.168.1.5:8000")]
    [InlineData("https://[::1]:8443")]
    public void An_origin_is_taken_verbatim(string origin) =>
        Assert.Equal(origin, _folder.Options($"origin = {origin}", isDevelopment: false).Origin);

    [Theory]
    [InlineData("https://login.example.com/")]
    [InlineData("https://login.example.com/path")]
    [InlineData("https://login.example.com?a=b")]
    [InlineData("https://login.example.com#a")]
    [InlineData("ftp://login.example.com")]
    [InlineData("HTTPS://login.example.com")]
    [InlineData("login.example.com")]
    [InlineData("https://")]
    [InlineData("https://a b")]
    [InlineData("https://login.example.com:99999")]
    [InlineData("https://login.example.com:")]
    public void An_origin_that_is_more_or_less_than_one_is_refused(string origin)
    {
        foreach (var key in new[] { "origin", "originFrontend" })
        {
            var refusal = _folder.Refusal($"{key} = {origin}");
            Assert.StartsWith($"conf/app.conf: {key} = {origin} is refused", refusal, StringComparison.Ordinal);
            Assert.Contains("trailing slash", refusal, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_password_in_an_address_is_not_repeated()
    {
        var refusal = _folder.Refusal("origin = https://admin:hunter2@login.example.com");
        Assert.DoesNotContain("hunter2", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Production_without_an_origin_is_refused() =>
        Assert.StartsWith("origin = (empty) is refused: in Production", _folder.Refusal("", isDevelopment: false), StringComparison.Ordinal);

    [Theory]
    [InlineData("https://api.weixin.qq.com")]
    [InlineData("https://api.weixin.qq.com/")]
    [InlineData("https://api2.weixin.qq.com")]
    [InlineData("https://sz.api.weixin.qq.com")]
    [InlineData("https://hk.api.weixin.qq.com")]
    public void Production_believes_WeChats_hosts(string endpoint) =>
        Assert.Empty(_folder.Options($"{Issuer}wechatEndpoint = {endpoint}", isDevelopment: false).Warnings);

    [Theory]
    [InlineData("http://api.weixin.qq.com")]
    [InlineData("https://api.weixin.qq.com:444")]
    [InlineData("https://api.weixin.qq.com.example.com")]
    [InlineData("https://mp.weixin.qq.com")]
    [InlineData("http://127.0.0.1:8001")]
    public void Production_believes_nobody_else_unless_told_to_and_then_warns(string endpoint)
    {
        var conf = $"{Issuer}wechatEndpoint = {endpoint}\n";
        Assert.Contains("WeChat's own hosts", _folder.Refusal(conf, isDevelopment: false), StringComparison.Ordinal);

        var options = _folder.Options(conf + "allowForeignWechatEndpoint = true", isDevelopment: false);
        Assert.Equal(new Uri(endpoint), options.WechatEndpoint);
        Assert.Contains("can sign in as anyone", Assert.Single(options.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Development_takes_any_endpoint()
    {
        var options = _folder.Options("wechatEndpoint = http://127.0.0.1:9999");
        Assert.Equal(new Uri("http://127.0.0.1:9999"), options.WechatEndpoint);
        Assert.Empty(options.Warnings);
    }

    [Fact]
    public void An_endpoint_with_a_path_is_refused() =>
        Assert.Contains("without user, path", _folder.Refusal("wechatEndpoint = https://proxy.example.com/wechat"), StringComparison.Ordinal);
}
