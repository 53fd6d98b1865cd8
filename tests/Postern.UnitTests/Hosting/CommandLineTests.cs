using Postern.Server.Configuration;
using Xunit;

namespace Postern.UnitTests.Hosting;

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

    [Theory]
    [InlineData("import --take-keys --casdoor a.json", "a.json", null, false, null, true)]
    [InlineData("import --casdoor a.json", "a.json", null, false, null)]
    [InlineData("import --casdoor a.json --second-factors drop", "a.json", null, false, null, false, true)]
    [InlineData("import --casdoor a.json --second-factors=refuse", "a.json", null, false, null)]
    [InlineData("--config c.conf import --apply --casdoor=a.json", "a.json", null, true, "c.conf")]
    [InlineData("import --casdoor-db postgres://u:p@h/d --apply", null, "postgres://u:p@h/d", true, null)]
    public void An_import_is_understood(string arguments, string? file, string? connection, bool apply, string? configPath, bool takeKeys = false, bool dropSecondFactors = false)
    {
        var line = CommandLine.Parse(Words(arguments));
        Assert.Null(line.Refusal);
        Assert.Equal((PosternCommand.Import, configPath, new ImportRequest(file, connection, apply, takeKeys, dropSecondFactors)), (line.Command, line.ConfigPath, line.Import));
    }

    [Theory]
    [InlineData("import")]
    [InlineData("import --apply")]
    [InlineData("import --casdoor")]
    [InlineData("import --casdoor a --casdoor-db b")]
    [InlineData("import --casdoor-db user=postern password=canary host=h")]
    [InlineData("import canary.json")]
    [InlineData("import --casdoor a --second-factors canary")]
    public void An_import_that_is_not_understood_is_told_its_form_and_repeats_nothing(string arguments)
    {
        var refusal = CommandLine.Parse(Words(arguments)).Refusal;
        Assert.Contains("--casdoor FILE or --casdoor-db CONNECTION", refusal, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", refusal, StringComparison.Ordinal);
    }

    private static string[] Words(string arguments) => arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
