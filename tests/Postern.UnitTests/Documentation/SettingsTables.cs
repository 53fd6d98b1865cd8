using System.Text;
using Postern.Server.Configuration;

namespace Postern.UnitTests.Documentation;

/// <summary>What the declared settings look like in <c>docs/configuration.md</c>, its translation and <c>conf/app.conf</c>.</summary>
internal static class SettingsTables
{
    private const int ConfWidth = 118;

    public static string English { get; } = Markdown("| Setting | Default | Values | Meaning |", "none", "or more", g => g.English, s => s.English);

    public static string Chinese { get; } = Markdown("| 设置项 | 默认值 | 取值 | 含义 |", "无", "或更大", g => g.Chinese, s => s.Chinese);

    public static string Conf { get; } = string.Join('\n', KnownSettings.Groups.Select(group => $"# --- {group.English} ".PadRight(ConfWidth + 2, '-') + "\n\n"
        + string.Join('\n', group.Settings.Select(setting => $"{Comment(setting.English)}# {setting.Key} = {Shown(setting)}".TrimEnd() + "\n"))));

    private static string Markdown(string head, string none, string orMore, Func<SettingsGroup, string> heading, Func<Setting, string> meaning) =>
        string.Join('\n', KnownSettings.Groups.Select(group => $"### {heading(group)}\n\n{head}\n|---|---|---|---|\n" + string.Concat(group.Settings.Select(s =>
            $"| `{s.Key}` | {(s.Default.Length == 0 ? none : $"`{s.Default}`")} | {Values(s, orMore)} | {meaning(s)} |\n"))));

    private static string Values(Setting setting, string orMore) => setting.Most switch
    {
        null => string.Join(", ", setting.Choices.Select(choice => $"`{choice}`")),
        int.MaxValue => $"`0` {orMore}",
        _ => $"`0`–`{setting.Most}`",
    };

    private static string Shown(Setting setting) => setting.Default.Length > 0 ? setting.Default : setting.Example;

    private static string Comment(string markdown)
    {
        var text = new StringBuilder();
        var column = 0;
        foreach (var word in markdown.Replace("`", "", StringComparison.Ordinal).Split(' '))
        {
            var starts = column == 0 || column + 1 + word.Length > ConfWidth;
            text.Append(starts ? (column == 0 ? "# " : "\n# ") : " ").Append(word);
            column = starts ? 2 + word.Length : column + 1 + word.Length;
        }

        return text.Append('\n').ToString();
    }
}
