namespace Postern.Server.Configuration;

public enum PosternCommand
{
    Serve,
    ResetAdmin,
    RewrapKeys,
    RotateKeys,
    Import,
    ShowHelp,
    ShowVersion,
}

/// <summary>What to import: one of the two.</summary>
/// <param name="File">The path of Casdoor's export.</param>
/// <param name="Connection">The data source of Casdoor's database; it may hold a password.</param>
/// <param name="Apply">Whether to write; else it is a dry run.</param>
/// <param name="DropSecondFactors">Whether users who have a second factor come without it, so that a password alone signs them in.</param>
/// <param name="TakeKeys">Whether Casdoor's key, application and administrator replace those of an installation that is used.</param>
public sealed record ImportRequest(string? File, string? Connection, bool Apply, bool TakeKeys = false, bool DropSecondFactors = false);

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
          postern import --casdoor FILE [--apply] [--take-keys] [--second-factors refuse|drop] [--config PATH]
                                                bring over what Casdoor exported (init_data.json)
          postern import --casdoor-db CONNECTION [--apply] [--take-keys] [--second-factors refuse|drop] [--config PATH]
                                                the same from Casdoor's MySQL, MariaDB, PostgreSQL or SQLite database
          postern --help
          postern --version

        Settings are read from conf/app.conf in the working directory, or from PATH;
        an environment variable with a key's name overrides that key.

        An import without --apply is a dry run: it writes nothing and reports what it would do.
        CONNECTION is spelled as dataSourceName is; a password may stand in PGPASSWORD or MYSQL_PWD instead.
        An installation that is not used yet takes over Casdoor's signing key, app-built-in's client id and
        secret, and the administrator; where there is none it is made. --take-keys does so in one that is used.
        Second factors are not offered yet. Users who have one are taken, and with --second-factors refuse
        (the default) do not sign in by password; with drop they come without it, and the report names them.
        Exit codes of an import: 0 everything was taken or is there already, 3 something was
        not taken and the report says what, 2 nothing could be done.
        """;

    private const string ImportForm = "import must be followed by --casdoor FILE or --casdoor-db CONNECTION, one of them and in quotes where it has blanks, and may have --apply, --take-keys and --second-factors refuse or drop";

    private static readonly string[] s_configSpellings = ["--config", "-config"];

    public PosternCommand Command { get; private init; }

    public string? ConfigPath { get; private init; }

    /// <summary>With the command <see cref="PosternCommand.Import"/>, and with it alone.</summary>
    public ImportRequest? Import { get; private init; }

    public string? Refusal { get; private init; }

    public static CommandLine Parse(IReadOnlyList<string> arguments)
    {
        var line = new CommandLine();
        var words = new List<string>();
        var isImport = arguments.Contains("import");
        var import = new ImportRequest(null, null, false);
        for (var i = 0; i < arguments.Count; i++)
        {
            var (name, value) = Split(arguments[i]);
            if (name is "--help" or "-help" or "-h")
            {
                return new CommandLine { Command = PosternCommand.ShowHelp };
            }

            if (name is "--version" or "-version")
            {
                return new CommandLine { Command = PosternCommand.ShowVersion };
            }

            if (isImport && name is "--second-factors")
            {
                value ??= ++i < arguments.Count ? arguments[i] : "";
                if (value is not ("refuse" or "drop"))
                {
                    return Refused(ImportForm);
                }

                import = import with { DropSecondFactors = value == "drop" };
                continue;
            }
            if (isImport && name is "--casdoor" or "--casdoor-db" or "--apply" or "--take-keys")
            {
                var asked = name == "--apply" ? import with { Apply = true } : name == "--take-keys" ? import with { TakeKeys = true } : null;
                if (asked is null)
                {
                    value ??= ++i < arguments.Count ? arguments[i] : "";
                    asked = value.Length == 0 || import.File is not null || import.Connection is not null ? null
                        : name == "--casdoor" ? import with { File = value } : import with { Connection = value };
                }
                if (asked is null)
                {
                    return Refused(ImportForm);
                }

                import = asked;
                continue;
            }
            if (!s_configSpellings.Contains(name))
            {
                words.Add(arguments[i]);
                continue;
            }
            value ??= ++i < arguments.Count ? arguments[i] : "";
            if (value.Length == 0 || line.ConfigPath is not null)
            {
                return Refused($"{name} must be given once, with the path of a file");
            }

            line = line with { ConfigPath = value };
        }
        // What else stands there may be a piece of a connection, and a password: it is not repeated.
        if (isImport)
        {
            return words is ["import"] && (import.File ?? import.Connection) is not null ? line with { Command = PosternCommand.Import, Import = import } : Refused(ImportForm);
        }

        return words switch
        {
            [] => line,
            ["reset-admin"] => line with { Command = PosternCommand.ResetAdmin },
            ["keys", "rewrap"] => line with { Command = PosternCommand.RewrapKeys },
            ["keys", "rotate"] => line with { Command = PosternCommand.RotateKeys },
            _ => Refused($"the arguments \"{SettingsReader.Shown(string.Join(' ', words))}\" are not understood; "
                + "allowed are --config PATH, reset-admin, keys rewrap, keys rotate, import, --help and --version"),
        };
    }

    private static (string Name, string? Value) Split(string argument)
    {
        var equals = argument.StartsWith('-') ? argument.IndexOf('=') : -1;
        return equals < 0 ? (argument, null) : (argument[..equals], argument[(equals + 1)..]);
    }

    private static CommandLine Refused(string reason) => new() { Refusal = $"The command line is refused: {reason}." };
}
