using System.Reflection;
using Postern.Server.Configuration;
using Postern.Storage.Databases;
using Xunit;

namespace Postern.UnitTests.Documentation;

/// <summary>
/// The reference of settings is generated from their declarations. <c>POSTERN_WRITE_DOCS=1</c> makes these tests write the three files
/// instead of comparing them.
/// </summary>
public sealed class ConfigurationPageTests
{
    private const string Start = $"<!-- Settings: generated. {GeneratedText.Command} writes them again. -->\n";
    private const string End = "<!-- End of the settings. -->";
    private const string ConfStart = $"# The lines below are generated: {GeneratedText.Command} writes them again.\n\n";

    [Fact]
    public void The_English_page_has_every_setting_with_its_default() =>
        GeneratedText.Compare("docs/configuration.md", Start, End, "\n" + SettingsTables.English + "\n");

    [Fact]
    public void The_Chinese_page_has_every_setting_with_its_default() =>
        GeneratedText.Compare("docs/zh-CN/configuration.md", Start, End, "\n" + SettingsTables.Chinese + "\n");

    [Fact]
    public void The_sample_file_has_every_setting_with_its_default() =>
        GeneratedText.Compare("conf/app.conf", ConfStart, "", SettingsTables.Conf);

    [Fact]
    public void Every_key_that_the_server_reads_is_declared() =>
        Assert.Equal(
            typeof(ConfigurationKeys).GetFields(BindingFlags.Static | BindingFlags.Public).Select(field => (string)field.GetRawConstantValue()!)
                .Except([ConfigurationKeys.RunMode]).Order(StringComparer.Ordinal),
            KnownSettings.Groups.SelectMany(group => group.Settings).Select(setting => setting.Key).Order(StringComparer.Ordinal));

    [Fact]
    public void An_option_has_the_default_that_is_declared()
    {
        var read = PosternOptionsReader.Read(null, new Dictionary<string, string>(), isDevelopment: true, isDebugBuild: false, Path.GetTempPath()).Options!;
        var declared = typeof(PosternOptions).GetProperties().Where(p => p.Name is not nameof(PosternOptions.IsDevelopment))
            .Where(p => p.PropertyType == typeof(int) || p.PropertyType == typeof(bool) || p.PropertyType.IsEnum).ToList();

        Assert.True(declared.Count > 10);
        Assert.All(declared, option => Assert.Equal((option.Name, option.GetValue(new PosternOptions())), (option.Name, option.GetValue(read))));
    }
}
