using Postern.Server.Casdoor;

namespace Postern.Server.Hosting.Configuration;

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
            return ConfigurationResult.Refused(refusal);

        var settings = new Settings(file, fileName, environment, workingDirectory);
        WarnOfUnknownKeys(file, fileName, settings);
        if (isDevelopment && !isDebugBuild)
            settings.Warn("This is a Release build: demo data and the WeChat sandbox exist only in Debug builds.");

        var options = ReadOptions(settings, isDevelopment, isDevelopment && isDebugBuild);
        return settings.Refusal is null
            ? ConfigurationResult.Accepted(options with { Warnings = settings.Warnings })
            : ConfigurationResult.Refused(settings.Refusal);
    }

    private static PosternOptions ReadOptions(Settings settings, bool isDevelopment, bool hasSandbox)
    {
        var httpPort = settings.Number(ConfigurationKeys.HttpPort, 8000, ushort.MaxValue,
            "it must be a whole number from 1 to 65535, or 0 for any free port");
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
            MasterKeyFile = settings.FilePath(ConfigurationKeys.MasterKeyFile, "data/master.key"),
            ResourceDirectory = settings.FilePath(ConfigurationKeys.ResourceDirectory, "data/resources"),
            ResourceMegabytes = settings.Number(ConfigurationKeys.ResourceMegabytes, 10, 1000, "it must be a whole number from 0 to 1000"),
            ResourceQuotaMegabytes = settings.Number(ConfigurationKeys.ResourceQuotaMegabytes, 200, int.MaxValue, "it must be a whole number, 0 or more"),
            TrustedProxies = TrustedProxiesSetting.Read(settings),
            RefusedTokenRequestsPerMinute = settings.Number(ConfigurationKeys.RefusedTokenRequestsPerMinute, 120, int.MaxValue,
                "it must be a whole number, 0 or more, where 0 means no limit"),
            RefreshTokenMaxDays = settings.Number(ConfigurationKeys.RefreshTokenMaxDays, 365, 36_500,
                "it must be a whole number from 0 to 36500, where 0 means no limit"),
            AnonymousRowsPerMinute = settings.Number(ConfigurationKeys.AnonymousRowsPerMinute, 60, int.MaxValue,
                "it must be a whole number, 0 or more, where 0 means no limit"),
            WaitingPerClient = settings.Number(ConfigurationKeys.WaitingPerClient, 10_000, 1_000_000, "it must be a whole number from 0 to 1000000"),
            RegisteredClientsPerDay = settings.Number(ConfigurationKeys.RegisteredClientsPerDay, 1_000, 1_000_000, "it must be a whole number from 0 to 1000000"),
            CacheMegabytes = settings.Number(ConfigurationKeys.CacheMegabytes, 32, 1_024, "it must be a whole number from 0 to 1024"),
            MinimumRecordRetentionDays = settings.Number(ConfigurationKeys.MinimumRecordRetentionDays, 30, 36_500,
                "it must be a whole number from 0 to 36500, where 0 means no minimum"),
            TokenClockSkewSeconds = settings.Number(ConfigurationKeys.TokenClockSkewSeconds, 5, 60, "it must be a whole number from 0 to 60"),
            CredentialsInQuery = ReadCredentialsInQuery(settings),
            AllowPrivateTargets = settings.Flag(ConfigurationKeys.AllowPrivateTargets),
            DpopNonceRequired = settings.Flag(ConfigurationKeys.DpopNonceRequired),
            IsDevelopment = isDevelopment,
            HasSandbox = hasSandbox,
        };
    }

    private static CredentialsInQuery ReadCredentialsInQuery(Settings settings)
    {
        var text = settings.Text(ConfigurationKeys.CredentialsInQuery) ?? "accept";
        if (text is not ("accept" or "refuse"))
        {
            settings.Refuse(ConfigurationKeys.CredentialsInQuery, "it must be accept or refuse");
        }

        return text == "refuse" ? CredentialsInQuery.Refuse : CredentialsInQuery.Accept;
    }

    private static string? ReadInitDataFile(Settings settings)
    {
        if (settings.Text(ConfigurationKeys.InitDataFile) is not { } value)
            return null;
        var path = settings.InWorkingDirectory(ConfigurationKeys.InitDataFile, value);
        if (File.Exists(path))
            return path;
        // The first start happens once: with a mistyped name it would go by without the operator's objects.
        if (value != CasdoorsInitDataFile)
            settings.Refuse(ConfigurationKeys.InitDataFile, "it must name a file that exists");
        return null;
    }

    private static void WarnOfUnknownKeys(AppConf file, string fileName, Settings settings)
    {
        var unknown = file.Values.Keys.Where(key => !ConfigurationKeys.IsKnown(key)).Concat(file.KeysOfOtherSections).ToList();
        if (unknown.Count > 0)
            settings.Warn($"{fileName} has keys that Postern does not use: {Settings.Shown(string.Join(", ", unknown))}.");
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
