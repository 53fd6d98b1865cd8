namespace Postern.Server.Configuration;

/// <summary>One setting: what the reader takes, and what conf/app.conf and docs/configuration.md say of it.</summary>
/// <param name="Key">The key in conf/app.conf, and the name of the environment variable.</param>
/// <param name="Default">The value without the setting; empty where there is none.</param>
/// <param name="English">What it means, in Markdown.</param>
/// <param name="Chinese">The same in Simplified Chinese.</param>
internal sealed record Setting(string Key, string Default, string English, string Chinese)
{
    /// <summary>The only values that are allowed; empty where others are.</summary>
    public IReadOnlyList<string> Choices { get; private init; } = [];

    /// <summary>The largest number that is allowed; null = the value is no number.</summary>
    public int? Most { get; private init; }

    /// <summary>What conf/app.conf shows where there is no default.</summary>
    public string Example { get; init; } = "";

    public string Allowed => Most switch
    {
        null => $"it must be {string.Join(" or ", Choices)}",
        int.MaxValue => "it must be a whole number, 0 or more",
        _ => $"it must be a whole number from 0 to {Most}",
    };

    public static Setting Number(string key, int fallback, int most, string english, string chinese) =>
        new(key, $"{fallback}", english, chinese) { Most = most };

    public static Setting Choice(string key, string[] choices, string english, string chinese) => new(key, choices[0], english, chinese) { Choices = choices };

    public static Setting Flag(string key, string english, string chinese) => Choice(key, ["false", "true"], english, chinese);
}

/// <summary>Settings under one heading of conf/app.conf and docs/configuration.md.</summary>
internal sealed record SettingsGroup(string English, string Chinese, IReadOnlyList<Setting> Settings);
