using Postern.Server.Configuration;
using Xunit;

namespace Postern.UnitTests.Hosting;

public sealed class AppConfTests
{
    private static readonly Dictionary<string, string> s_environment = new() { ["DSN"] = "from-environment" };

    [Theory]
    [InlineData("httpport = 8000", "8000")]
    [InlineData("httpport=8000", "8000")]
    [InlineData("  HTTPPort\t=  8000  ", "8000")]
    [InlineData("httpport = \"8000\"", "8000")]
    [InlineData("\uFEFFhttpport = 8000", "8000")]
    [InlineData("httpport = 1\r\nhttpport = 2", "2")]
    [InlineData("httpport =", "")]
    [InlineData("# a\n; b\n\nhttpport = 8000", "8000")]
    [InlineData("httpport = a=b#c;d", "a=b#c;d")]
    [InlineData("httpport = ${DSN}", "from-environment")]
    [InlineData("httpport = ${NONE||8001}", "8001")]
    [InlineData("httpport = \"${DSN||8001}\"", "from-environment")]
    [InlineData("httpport = ${NONE}", "")]
    [InlineData("[default]\nhttpport = 8000", "8000")]
    [InlineData("httpport = 1\n[prod]\nhttpport = 2\n[test]\nhttpport = 3", "2")]
    [InlineData("runmode = test\nhttpport = 1\n[prod]\nhttpport = 2\n[TEST]\nhttpport = 3", "3")]
    public void A_value_is_read_as_beego_reads_it(string text, string expected) =>
        Assert.Equal(expected, AppConf.Parse(text, s_environment).Values["httpport"]);

    [Fact]
    public void Keys_of_sections_that_do_not_apply_are_known_by_name()
    {
        var conf = AppConf.Parse("[test]\nhttpport = 1", s_environment);
        Assert.Empty(conf.Values);
        Assert.Equal(["[test] httpport"], conf.KeysOfOtherSections);
    }

    [Theory]
    [InlineData("httpport = 1\nnonsense", 2)]
    [InlineData("= 1", 1)]
    [InlineData("\n\n[open", 3)]
    public void A_line_that_is_no_INI_is_found_by_its_number(string text, int line) =>
        Assert.Equal(line, AppConf.Parse(text, s_environment).MalformedLine);
}
