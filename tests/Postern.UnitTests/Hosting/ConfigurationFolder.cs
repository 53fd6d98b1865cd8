using Postern.Server.Configuration;
using Postern.Storage.Databases;
using Xunit;

namespace Postern.UnitTests.Hosting;

/// <summary>A working directory of its own for one test.</summary>
internal sealed class ConfigurationFolder : IDisposable
{
    public string Path { get; } = System.IO.Directory.CreateTempSubdirectory("postern-conf-").FullName;

    public void Dispose() => System.IO.Directory.Delete(Path, recursive: true);

    public string In(string relative) => System.IO.Path.Combine(Path, relative);

    public void Write(string relative, string text)
    {
        System.IO.Directory.CreateDirectory(System.IO.Path.GetDirectoryName(In(relative))!);
        File.WriteAllText(In(relative), text);
    }

    public ConfigurationResult Read(
        Dictionary<string, string>? environment = null, bool isDevelopment = true, bool isDebugBuild = true, string? configPath = null) =>
        PosternOptionsReader.Read(configPath, environment ?? [], isDevelopment, isDebugBuild, Path);

    public PosternOptions Options(string conf, bool isDevelopment = true, bool isDebugBuild = true)
    {
        Write("conf/app.conf", conf);
        var result = Read(isDevelopment: isDevelopment, isDebugBuild: isDebugBuild);
        Assert.True(result.IsAccepted, result.Refusal);
        return result.Options;
    }

    public string Refusal(string conf, bool isDevelopment = true)
    {
        Write("conf/app.conf", conf);
        var result = Read(isDevelopment: isDevelopment);
        Assert.False(result.IsAccepted);
        Assert.DoesNotContain('\n', result.Refusal);
        return result.Refusal;
    }
}
