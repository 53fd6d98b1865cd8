using System.Net;
using Postern.Storage.Databases;
using Xunit;

namespace Postern.UnitTests.Hosting;

public sealed class PosternOptionsReaderTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Development_needs_no_file()
    {
        var options = _folder.Read().Options!;
        Assert.Equal(8000, options.HttpPort);
        Assert.Equal(DatabaseDriver.Sqlite, options.Driver);
        Assert.Equal($"Data Source={_folder.In("data/postern.db")}", options.ConnectionString);
        Assert.Equal("SQLite data/postern.db", options.DatabaseDisplayName);
        Assert.Equal("http://localhost:8000", options.Origin);
        Assert.Equal("http://localhost:8000", options.OriginFrontend);
        Assert.Equal(new Uri("http://127.0.0.1:8001"), options.WechatEndpoint);
        Assert.Equal(_folder.In("data/master.key"), options.MasterKeyFile);
        Assert.Equal(120, options.RefusedTokenRequestsPerMinute);
        Assert.Null(options.InitDataFile);
        Assert.Empty(options.TrustedProxies);
        Assert.Empty(options.Warnings);
        Assert.False(options.ShowSql);
        Assert.True(options.HasSandbox);
    }

    [Fact]
    public void The_sample_file_changes_no_default()
    {
        var bare = _folder.Read().Options!;
        _folder.Write("conf/app.conf", File.ReadAllText(SampleFile()));
        Assert.Equivalent(bare, _folder.Read().Options, strict: true);
    }

    [Fact]
    public void Every_key_of_the_file_is_taken()
    {
        _folder.Write("init.json", "{}");
        var options = _folder.Options(
            """
            httpport = 0
            origin = https://login.example.com
            originFrontend = https://www.example.com:8443
            showSql = true
            initDataFile = init.json
            wechatEndpoint = https://sh.api.weixin.qq.com
            masterKeyFile = /etc/postern/master.key
            trustedProxies = 10.0.0.5, 192.168.0.0/16 ,fd00::/8,::1
            refusedTokenRequestsPerMinute = 0
            refreshTokenMaxDays = 30
            """, isDevelopment: false);
        Assert.Equal(0, options.HttpPort);
        Assert.Equal("https://login.example.com", options.Origin);
        Assert.Equal("https://www.example.com:8443", options.OriginFrontend);
        Assert.True(options.ShowSql);
        Assert.Equal(_folder.In("init.json"), options.InitDataFile);
        Assert.Equal(new Uri("https://sh.api.weixin.qq.com"), options.WechatEndpoint);
        Assert.Equal("/etc/postern/master.key", options.MasterKeyFile);
        Assert.Equal(
            [IPNetwork.Parse("10.0.0.5/32"), IPNetwork.Parse("192.168.0.0/16"), IPNetwork.Parse("fd00::/8"), IPNetwork.Parse("::1/128")],
            options.TrustedProxies);
        Assert.Equal(0, options.RefusedTokenRequestsPerMinute);
        Assert.Equal(30, options.RefreshTokenMaxDays);
        Assert.False(options.HasSandbox);
        Assert.Empty(options.Warnings);
    }

    [Theory]
    [InlineData("httpport = abc", "httpport = abc ", "0 to 65535")]
    [InlineData("httpport = 65536", "httpport = 65536 ", "0 to 65535")]
    [InlineData("httpport = -1", "httpport = -1 ", "0 to 65535")]
    [InlineData("driverName = mysql", "driverName = mysql ", "sqlite or postgres")]
    [InlineData("driverName = sqlite3", "driverName = sqlite3 ", "sqlite or postgres")]
    [InlineData("showSql = maybe", "showSql = maybe ", "true or false")]
    [InlineData("allowForeignWechatEndpoint = 2", "allowForeignWechatEndpoint = 2 ", "true or false")]
    [InlineData("refusedTokenRequestsPerMinute = -1", "refusedTokenRequestsPerMinute = -1 ", "0 or more")]
    [InlineData("refusedTokenRequestsPerMinute = 1.5", "refusedTokenRequestsPerMinute = 1.5 ", "0 or more")]
    [InlineData("refusedTokenRequestsPerMinute = 99999999999", "refusedTokenRequestsPerMinute = 99999999999 ", "0 or more")]
    [InlineData("refreshTokenMaxDays = 99999", "refreshTokenMaxDays = 99999 ", "0 to 36500")]
    [InlineData("trustedProxies = 10.0.0.1, proxy", "proxy is none", "addresses and networks")]
    [InlineData("trustedProxies = 10.1", "10.1 is none", "addresses and networks")]
    [InlineData("trustedProxies = 10.0.0.1/8", "10.0.0.1/8 is none", "addresses and networks")]
    [InlineData("trustedProxies = 10.0.0.0/33", "10.0.0.0/33 is none", "addresses and networks")]
    [InlineData("initDataFile = none.json", "initDataFile = none.json ", "a file that exists")]
    [InlineData("wechatEndpoint = api.weixin.qq.com", "wechatEndpoint = api.weixin.qq.com ", "absolute http or https")]
    public void A_bad_value_is_refused_with_its_key_value_and_what_is_allowed(string conf, string value, string allowed)
    {
        var refusal = _folder.Refusal(conf);
        Assert.StartsWith("conf/app.conf: ", refusal, StringComparison.Ordinal);
        Assert.Contains(value, refusal, StringComparison.Ordinal);
        Assert.Contains(allowed, refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("YES", true)]
    [InlineData("1", true)]
    [InlineData("no", false)]
    [InlineData("0", false)]
    [InlineData("", false)]
    public void A_boolean_is_spelled_as_beego_takes_it(string value, bool expected) =>
        Assert.Equal(expected, _folder.Options($"showSql = {value}").ShowSql);

    [Fact]
    public void An_environment_variable_overrides_the_file_even_when_it_is_empty()
    {
        _folder.Write("conf/app.conf", "httpport = 9000\norigin = https://a.example.com\nunknown = 1");
        var options = _folder.Read(new() { ["httpport"] = "9001", ["origin"] = "", ["HTTPPORT"] = "1", ["PATH"] = "/bin" }).Options!;
        Assert.Equal(9001, options.HttpPort);
        Assert.Equal("http://localhost:9001", options.Origin);
        Assert.Single(options.Warnings);
    }

    [Fact]
    public void A_refusal_tells_that_the_value_came_from_the_environment() =>
        Assert.StartsWith("Environment variable httpport = x y ", _folder.Read(new() { ["httpport"] = "x\ny" }).Refusal, StringComparison.Ordinal);

    [Fact]
    public void Unknown_keys_are_listed_in_one_warning()
    {
        var options = _folder.Options("appname = casdoor\nrunmode = dev\ncopyrequestbody = true\nredisEndpoint =\norigni = x\n[prod]\nhttpport = 1");
        Assert.Equal(["conf/app.conf has keys that Postern does not use: redisEndpoint, origni, [prod] httpport."], options.Warnings);
    }

    [Fact]
    public void Casdoors_runmode_opens_nothing() =>
        Assert.Contains("origin", _folder.Refusal("runmode = dev", isDevelopment: false), StringComparison.Ordinal);

    [Fact]
    public void A_Release_build_in_Development_says_that_it_has_no_sandbox()
    {
        var options = _folder.Options("", isDebugBuild: false);
        Assert.False(options.HasSandbox);
        Assert.Equal(new Uri("https://api.weixin.qq.com"), options.WechatEndpoint);
        Assert.Contains("only in Debug builds", Assert.Single(options.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void The_init_data_file_that_every_Casdoor_file_names_may_be_missing() =>
        Assert.Null(_folder.Options("initDataFile = \"./init_data.json\"").InitDataFile);

    [Fact]
    public void A_file_that_was_asked_for_must_exist() =>
        Assert.Equal("--config other.conf is refused: there is no such file.", _folder.Read(configPath: "other.conf").Refusal);

    [Fact]
    public void A_folder_is_no_configuration_file() =>
        Assert.StartsWith(". is refused", _folder.Read(configPath: ".").Refusal, StringComparison.Ordinal);

    [Fact]
    public void A_malformed_line_is_refused_without_repeating_it() =>
        Assert.StartsWith("conf/app.conf, line 2, is refused", _folder.Refusal("# a\nhunter2"), StringComparison.Ordinal);

    [Fact]
    public void Another_file_is_read_from_the_working_directory()
    {
        _folder.Write("other.conf", "httpport = 9000");
        Assert.Equal(9000, _folder.Read(configPath: "other.conf").Options!.HttpPort);
    }

    private static string SampleFile()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Postern.slnx")))
        {
            folder = folder.Parent!;
        }

        return Path.Combine(folder.FullName, "conf", "app.conf");
    }
}
