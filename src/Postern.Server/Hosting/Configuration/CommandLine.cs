namespace Postern.Server.Hosting.Configuration;

public enum PosternCommand
{
    Serve,
    ResetAdmin,
    RewrapKeys,
    RotateKeys,
    ShowHelp,
    ShowVersion,
}

/// <summary>What the process was asked to do, or the one sentence that says why it was not understood.</summary>
public sealed record CommandLine
{
    public const string Help =
        """
        Usage:
          postern [--config PATH]               run the server
          postern reset-admin [--config PATH]   give the administrator a new password
          postern keys rewrap [--config PATH]   change the master key; every node must be stopped
          postern keys rotate [--config PATH]   make new signing keys, which sign in an hour
          postern --help
          postern --version

        Settings are read from conf/app.conf in the working directory, or from PATH;
        an environment variable with a key's name overrides that key.
        """;

    private static readonly string[] s_configSpellings = ["--config", "-config"];

    public PosternCommand Command { get; private init; }

    public string? ConfigPath { get; private init; }

    public string? Refusal { get; private init; }

    public static CommandLine Parse(IReadOnlyList<string> arguments)
    {
        var line = new CommandLine();
        var words = new List<string>();
        for (var i = 0; i < arguments.Count; i++)
        {
            var (name, value) = Split(arguments[i]);
            if (name is "--help" or "-help" or "-h")
                return new CommandLine { Command = PosternCommand.ShowHelp };
            if (name is "--version" or "-version")
                return new CommandLine { Command = PosternCommand.ShowVersion };
            if (!s_configSpellings.Contains(name))
            {
                words.Add(arguments[i]);
                continue;
            }
            value ??= ++i < arguments.Count ? arguments[i] : "";
            if (value.Length == 0 || line.ConfigPath is not null)
                return Refused($"{name} must be given once, with the path of a file");
            line = line with { ConfigPath = value };
        }
        return words switch
        {
            [] => line,
            ["reset-admin"] => line with { Command = PosternCommand.ResetAdmin },
            ["keys", "rewrap"] => line with { Command = PosternCommand.RewrapKeys },
            ["keys", "rotate"] => line with { Command = PosternCommand.RotateKeys },
            _ => Refused($"the arguments \"{Settings.Shown(string.Join(' ', words))}\" are not understood; "
                + "allowed are --config PATH, reset-admin, keys rewrap, keys rotate, --help and --version"),
        };
    }

    private static (string Name, string? Value) Split(string argument)
    {
        var equals = argument.StartsWith('-') ? argument.IndexOf('=') : -1;
        return equals < 0 ? (argument, null) : (argument[..equals], argument[(equals + 1)..]);
    }

    private static CommandLine Refused(string reason) => new() { Refusal = $"The command line is refused: {reason}." };
}
