using System.Globalization;
using System.Text.RegularExpressions;

namespace Postern.Server.Configuration;

/// <summary>The value of each key, wherever it stands, and the first thing that is wrong with any.</summary>
/// <remarks>A refused key still reads as its default, so that one pass can read all keys without asking after each.</remarks>
internal sealed partial class SettingsReader(
    AppConf file, string fileName, IReadOnlyDictionary<string, string> environment, string workingDirectory)
{
    private readonly List<string> _warnings = [];

    public string? Refusal { get; private set; }

    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>The value, or null where it is absent or empty: an empty environment variable takes the file's value back.</summary>
    public string? Text(string key)
    {
        var value = environment.TryGetValue(key, out var variable) ? variable : file.Values.GetValueOrDefault(key);
        value = value?.Trim();
        return string.IsNullOrEmpty(value) ? null : value;
    }

    public bool Flag(string key)
    {
        var value = Text(key);
        switch (value?.ToLowerInvariant())
        {
            case null or "false" or "0" or "no" or "off" or "f" or "n":
                return false;
            case "true" or "1" or "yes" or "on" or "t" or "y":
                return true;
            default:
                Refuse(key, "it must be true or false");
                return false;
        }
    }

    public int Number(string key)
    {
        var setting = KnownSettings.Of(key);
        var fallback = int.Parse(setting.Default, CultureInfo.InvariantCulture);
        if (Text(key) is not { } value)
        {
            return fallback;
        }

        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= setting.Most)
        {
            return number;
        }

        Refuse(key, setting.Allowed);
        return fallback;
    }

    public string Choice(string key)
    {
        var setting = KnownSettings.Of(key);
        var value = Text(key)?.ToLowerInvariant() ?? setting.Default;
        if (setting.Choices.Contains(value))
        {
            return value;
        }

        Refuse(key, setting.Allowed);
        return setting.Default;
    }

    public string FilePath(string key) => InWorkingDirectory(key, Text(key) ?? KnownSettings.Of(key).Default);

    /// <summary>Absolute, so that nobody who later changes the current directory finds another file.</summary>
    public string InWorkingDirectory(string key, string path)
    {
        if (!path.Contains('\0'))
        {
            return Path.GetFullPath(path, workingDirectory);
        }

        Refuse(key, "it must be the path of a file");
        return workingDirectory;
    }

    public void Refuse(string key, string allowed) =>
        Refusal ??= $"{Source(key)}{key} = {Shown(Text(key) ?? "(empty)")} is refused: {allowed}.";

    /// <summary>For a value that may hold a password: it is not repeated.</summary>
    public void RefuseWithoutValue(string key, string reason) =>
        Refusal ??= $"{Source(key)}{key} = {(Text(key) is null ? "(empty)" : "(not shown)")} is refused: {reason}.";

    public void Warn(string sentence) => _warnings.Add(sentence);

    /// <summary>A value on one line of reasonable length, without the password a URL may hold.</summary>
    public static string Shown(string value)
    {
        var line = string.Concat(value.Select(c => char.IsControl(c) ? ' ' : c));
        line = UserInfo().Replace(line, "***@");
        return line.Length <= 200 ? line : line[..200] + "…";
    }

    private string Source(string key) =>
        environment.ContainsKey(key) ? "Environment variable " : file.Values.ContainsKey(key) ? $"{fileName}: " : "";

    [GeneratedRegex(@"(?<=://).*@")]
    private static partial Regex UserInfo();
}
