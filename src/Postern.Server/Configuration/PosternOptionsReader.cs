
using Postern.AuthorizationServer;
using Postern.Storage.Databases;

namespace Postern.Server.Configuration;

/// <summary>Reads and checks every setting once, before anything starts.</summary>
public static class PosternOptionsReader
{
    public const string DefaultFile = "conf/app.conf";

    // Stands in every file that was copied from Casdoor, whose server takes it only if it exists.
    private const string CasdoorsInitDataFile = "./init_data.json";

    public static ConfigurationResult Read(
        string? configPath,
        IReadOnlyDictionary<string, string> environment,
        bool isDevelopment,
        bool isDebugBuild,
        string workingDirectory)
    {
        var fileName = configPath ?? DefaultFile;
        var (file, refusal) = ReadFile(fileName, configPath is not null, environment, workingDirectory);
        if (file is null)
        {
            return ConfigurationResult.Refused(refusal);
        }

        var settings = new SettingsReader(file, fileName, environment, workingDirectory);
        WarnOfUnknownKeys(file, fileName, settings);
        if (isDevelopment && !isDebugBuild)
        {
            settings.Warn("This is a Release build: demo data and the WeChat sandbox exist only in Debug builds.");
        }

        var options = ReadOptions(settings, isDevelopment, isDevelopment && isDebugBuild);
        return settings.Refusal is null
            ? ConfigurationResult.Accepted(options with { Warnings = settings.Warnings })
            : ConfigurationResult.Refused(settings.Refusal);
    }

    private static PosternOptions ReadOptions(SettingsReader settings, bool isDevelopment, bool hasSandbox)
    {
        var httpPort = settings.Number(ConfigurationKeys.HttpPort);
        var database = DatabaseSource.Read(settings);
        var origin = OriginSetting.Read(settings, httpPort, isDevelopment);
        return new PosternOptions
        {
            HttpPort = httpPort,
            Driver = database?.Driver ?? DatabaseDriver.Sqlite,
            ConnectionString = database?.ConnectionString ?? "",
            DatabaseDisplayName = database?.DisplayName ?? "",
            Origin = origin,
            OriginFrontend = OriginSetting.ReadFrontend(settings, origin),
            ShowSql = settings.Flag(ConfigurationKeys.ShowSql),
            InitDataFile = ReadInitDataFile(settings),
            WechatEndpoint = WechatEndpointSetting.Read(settings, isDevelopment, hasSandbox),
            MasterKeyFile = settings.FilePath(ConfigurationKeys.MasterKeyFile),
            ResourceDirectory = settings.FilePath(ConfigurationKeys.ResourceDirectory),
            ResourceMegabytes = settings.Number(ConfigurationKeys.ResourceMegabytes),
            ResourceQuotaMegabytes = settings.Number(ConfigurationKeys.ResourceQuotaMegabytes),
            TrustedProxies = TrustedProxiesSetting.Read(settings),
            RefusedTokenRequestsPerMinute = settings.Number(ConfigurationKeys.RefusedTokenRequestsPerMinute),
            RefreshTokenMaxDays = settings.Number(ConfigurationKeys.RefreshTokenMaxDays),
            AnonymousRowsPerMinute = settings.Number(ConfigurationKeys.AnonymousRowsPerMinute),
            WaitingPerClient = settings.Number(ConfigurationKeys.WaitingPerClient),
            RegisteredClientsPerDay = settings.Number(ConfigurationKeys.RegisteredClientsPerDay),
            CacheMegabytes = settings.Number(ConfigurationKeys.CacheMegabytes),
            MinimumRecordRetentionDays = settings.Number(ConfigurationKeys.MinimumRecordRetentionDays),
            TokenClockSkewSeconds = settings.Number(ConfigurationKeys.TokenClockSkewSeconds),
            CredentialsInQuery = settings.Choice(ConfigurationKeys.CredentialsInQuery) == "refuse" ? CredentialsInQuery.Refuse : CredentialsInQuery.Accept,
            AllowPrivateTargets = settings.Flag(ConfigurationKeys.AllowPrivateTargets),
            DpopNonceRequired = settings.Flag(ConfigurationKeys.DpopNonceRequired),
            IsDevelopment = isDevelopment,
            HasSandbox = hasSandbox,
        };
    }

    private static string? ReadInitDataFile(SettingsReader settings)
    {
        if (settings.Text(ConfigurationKeys.InitDataFile) is not { } value)
        {
            return null;
        }

        var path = settings.InWorkingDirectory(ConfigurationKeys.InitDataFile, value);
        if (File.Exists(path))
        {
            return path;
        }
        // The first start happens once: with a mistyped name it would go by without the operator's objects.
        if (value != CasdoorsInitDataFile)
        {
            settings.Refuse(ConfigurationKeys.InitDataFile, "it must name a file that exists");
        }

        return null;
    }

    private static void WarnOfUnknownKeys(AppConf file, string fileName, SettingsReader settings)
    {
        var unknown = file.Values.Keys.Where(key => !KnownSettings.IsKnown(key)).Concat(file.KeysOfOtherSections).ToList();
        if (unknown.Count > 0)
        {
            settings.Warn($"{fileName} has keys that Postern does not use: {SettingsReader.Shown(string.Join(", ", unknown))}.");
        }
    }

    private static (AppConf? File, string Refusal) ReadFile(
        string name, bool wasAskedFor, IReadOnlyDictionary<string, string> environment, string workingDirectory)
    {
        try
        {
            var file = AppConf.Parse(File.ReadAllText(Path.GetFullPath(name, workingDirectory)), environment);
            return file.MalformedLine is { } line
                ? (null, $"{name}, line {line}, is refused: a line must be key = value, a [section], or a comment that begins with # or ;.")
                : (file, "");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return wasAskedFor ? (null, $"--config {name} is refused: there is no such file.") : (AppConf.Empty, "");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return (null, $"{name} is refused: it must be a file that this user may read.");
        }
    }
}
