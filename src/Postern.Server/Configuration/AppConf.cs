namespace Postern.Server.Configuration;

/// <summary>A file in the INI dialect of beego, which Casdoor's conf/app.conf is written in.</summary>
/// <remarks>
/// A comment is a line of its own: what follows a value belongs to it, so that a password may hold '#' or ';'.
/// Keys are case-insensitive, a later line replaces an earlier one.
/// </remarks>
public sealed class AppConf
{
    private const string DefaultSection = "default";

    // beego's own default where the file names no runmode.
    private const string DefaultRunMode = "prod";

    private readonly Dictionary<string, string> _values = new(StringComparer.OrdinalIgnoreCase);

    private readonly List<string> _keysOfOtherSections = [];

    private AppConf()
    {
    }

    public static AppConf Empty { get; } = new();

    /// <summary>What applies: the keys outside any section, overridden by those of the section that <c>runmode</c> names.</summary>
    public IReadOnlyDictionary<string, string> Values => _values;

    /// <summary>Keys of sections that do not apply, as <c>[section] key</c>.</summary>
    public IReadOnlyList<string> KeysOfOtherSections => _keysOfOtherSections;

    /// <summary>The number of the first line that is no INI; null = all lines are.</summary>
    public int? MalformedLine { get; private init; }

    public static AppConf Parse(string text, IReadOnlyDictionary<string, string> environment)
    {
        var entries = new List<(string Section, string Key, string Value)>();
        var section = DefaultSection;
        var number = 0;
        foreach (var line in text.TrimStart('\uFEFF').AsSpan().EnumerateLines())
        {
            number++;
            var content = line.Trim();
            if (content.IsEmpty || content[0] is '#' or ';')
            {
                continue;
            }

            if (content[0] == '[' && content[^1] == ']')
            {
                section = content[1..^1].Trim().ToString();
                continue;
            }
            var equals = content.IndexOf('=');
            if (equals <= 0)
            {
                return new AppConf { MalformedLine = number };
            }

            var value = Expand(Unquote(content[(equals + 1)..].Trim().ToString()), environment);
            entries.Add((section, content[..equals].TrimEnd().ToString(), value));
        }
        return Apply(entries, environment);
    }

    private static AppConf Apply(List<(string Section, string Key, string Value)> entries, IReadOnlyDictionary<string, string> environment)
    {
        var conf = new AppConf();
        foreach (var (_, key, value) in entries.Where(entry => Is(entry.Section, DefaultSection)))
        {
            conf._values[key] = value;
        }

        var runMode = environment.GetValueOrDefault(ConfigurationKeys.RunMode) ?? conf._values.GetValueOrDefault(ConfigurationKeys.RunMode);
        if (string.IsNullOrEmpty(runMode))
        {
            runMode = DefaultRunMode;
        }

        foreach (var (section, key, value) in entries.Where(entry => !Is(entry.Section, DefaultSection)))
        {
            if (Is(section, runMode))
            {
                conf._values[key] = value;
            }
            else
            {
                conf._keysOfOtherSections.Add($"[{section}] {key}");
            }
        }
        return conf;
    }

    private static bool Is(string section, string name) => section.Equals(name, StringComparison.OrdinalIgnoreCase);

    private static string Unquote(string value) => value.StartsWith('"') ? value.Trim('"') : value;

    /// <summary>beego's <c>${NAME}</c> and <c>${NAME||default}</c>, which must be the whole value.</summary>
    private static string Expand(string value, IReadOnlyDictionary<string, string> environment)
    {
        if (value.Length < 4 || !value.StartsWith("${", StringComparison.Ordinal) || value[^1] != '}')
        {
            return value;
        }

        var parts = value[2..^1].Split("||", 2);
        var found = environment.GetValueOrDefault(parts[0]);
        return !string.IsNullOrEmpty(found) ? found : parts.ElementAtOrDefault(1) ?? "";
    }
}
