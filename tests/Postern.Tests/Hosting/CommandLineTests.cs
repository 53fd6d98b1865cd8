using Postern.Server.Hosting.Configuration;
using Xunit;

namespace Postern.Tests.Hosting;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("", PosternCommand.Serve, null)]
    [InlineData("--config a.conf", PosternCommand.Serve, "a.conf")]
    [InlineData("-config a.conf", PosternCommand.Serve, "a.conf")]
    [InlineData("--config=a=b.conf", PosternCommand.Serve, "a=b.conf")]
    [InlineData("reset-admin", PosternCommand.ResetAdmin, null)]
    [InlineData("reset-admin --config a.conf", PosternCommand.ResetAdmin, "a.conf")]
    [InlineData("--config a.conf keys rewrap", PosternCommand.RewrapKeys, "a.conf")]
    [InlineData("--help", PosternCommand.ShowHelp, null)]
    [InlineData("--version", PosternCommand.ShowVersion, null)]
    public void A_command_line_is_understood(string arguments, PosternCommand command, string? configPath)
    {
        var line = CommandLine.Parse(Words(arguments));
        Assert.Null(line.Refusal);
        Assert.Equal((command, configPath), (line.Command, line.ConfigPath));
    }

    [Theory]
    [InlineData("--config", "--config must be given once")]
    [InlineData("--config=", "--config must be given once")]
    [InlineData("--config a --config b", "--config must be given once")]
    [InlineData("--urls http://*:80", "\"--urls http://*:80\"")]
    [InlineData("keys", "\"keys\"")]
    [InlineData("keys rewrap now", "\"keys rewrap now\"")]
    [InlineData("serve", "\"serve\"")]
    public void An_unknown_argument_is_refused(string arguments, string named) =>
        Assert.Contains(named, CommandLine.Parse(Words(arguments)).Refusal, StringComparison.Ordinal);

    private static string[] Words(string arguments) => arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
